"""Promise R1: ingest is killed 200 times at seeded moments and at every named point.

    python -m benchmarks.crashes [--kills 200] [--seed 1] [--readers 60]

A simulated site (tests/site) lives through ten days; each look at its sources is killed again
and again before it may come to its end. After each kill the archive is held against the file
of what was acknowledged; in the end it must be exactly what the site's script says. Exit
status 1 if anything was lost, doubled, half or mixed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from benchmarks import crash_worker as worker
from benchmarks.processes import SiteProcess, forked, result_of_fork
from tests.site import expect, found
from tests.site.pieces import Script
from tests.site.script import month
from vectorstore import Archive
from vectorstore.durable import digests

DAYS, EVERY, PLAIN = 10, 16, 2

Point = tuple[str, str, int]
"""What is being done, whether it is killed before or after it, and at which time it is done."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    worker.stand_in()
    script = month(DAYS, every=EVERY, plain=PLAIN)
    server = SiteProcess(script)
    with tempfile.TemporaryDirectory() as folder:
        run = Killing(Path(folder), script, server, random.Random(given.seed))  # noqa: S311
        run.all(given.kills)
        run.killed_readers(given.readers)
        run.report()
    server.end()
    sys.exit(bool(run.faults))


class Killing:
    """Kills turns, looks at what is left, and counts."""

    def __init__(
        self, folder: Path, script: Script, server: SiteProcess, chance: random.Random
    ) -> None:
        self.archive, self.log = folder / "archive", folder / "acknowledged"
        self.script, self.server, self.chance = script, server, chance
        self.counts: Counter[str] = Counter()
        self.restarts: list[dict[str, float]] = []
        self.faults: list[str] = []
        self.longest = 3.0
        self.points = set(product(worker.POINTS, ("before", "after"), (1, 2)))

    def all(self, kills: int) -> None:
        ticks = len(self.script.ticks)
        for tick in range(ticks):
            self.server.turn(tick)
            for point in self.ahead(tick):
                with self.aside():
                    self.at_point(tick, point)
            share = kills * (tick + 1) // ticks
            tries = 0
            while self.counts["moments"] < share and tries < 3 * kills:
                tries += 1
                self.at_moment(tick)
            self.whole(tick)
            print(f"tick {tick + 1} of {ticks}: {dict(self.counts)}", file=sys.stderr, flush=True)
        self.compare()

    def ahead(self, tick: int) -> list[Point]:
        """The points not yet killed at that this turn comes by."""
        world = self.world(tick)
        with self.aside():
            passed = result_of_fork(lambda: worker.passed(self.archive, world.as_world()))
        met = [(name, int(nth)) for name, nth in passed] if isinstance(passed, list) else []
        both = ((name, when, nth) for name, nth in met for when in ("before", "after"))
        return [point for point in both if point in self.points]

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Work on a copy, so that what a turn has to do is there for the next kill."""
        archive, log = self.archive, self.log
        with tempfile.TemporaryDirectory() as folder:
            self.archive, self.log = Path(folder) / "archive", Path(folder) / "acknowledged"
            if archive.exists():
                shutil.copytree(archive, self.archive)
                shutil.copy(log, self.log)
            yield
        self.archive, self.log = archive, log

    def at_moment(self, tick: int) -> None:
        """Kill at a random moment within what a turn takes; one that was done is no kill."""
        pid = self.start(tick)
        time.sleep(self.chance.uniform(0, self.longest))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            self.counts["moments"] += 1
            self.look(restart=self.counts["moments"] % 2 == 0)
        else:
            self.longest = max(0.5, self.longest * 0.9)

    def at_point(self, tick: int, point: Point) -> None:
        """Kill at a point, and let the next turn go on from there."""
        _, status = os.waitpid(self.start(tick, point), 0)
        if os.WIFSIGNALED(status):
            self.points.remove(point)
            self.counts["points"] += 1
            self.look(restart=True)
            self.whole(tick)

    def whole(self, tick: int) -> None:
        start = time.monotonic()
        _, status = os.waitpid(self.start(tick), 0)
        self.longest = max(self.longest, time.monotonic() - start)
        if status:
            self.faults.append(f"the turn after the kills ended with {status}")
        self.look(restart=False)

    def world(self, tick: int) -> worker.Elsewhere:
        bases = self.server.bases
        hosts = tuple(base.removeprefix("http://") for base in bases.values())
        return worker.Elsewhere(self.script, self.script.ticks[tick], bases, hosts)

    def start(self, tick: int, point: Point | None = None) -> int:
        world = self.world(tick)

        def work() -> None:
            worker.acknowledge(self.log)
            if point:
                worker.die_at(*point)
            worker.turn(self.archive, world.as_world())

        return forked(work)

    def look(self, *, restart: bool) -> None:
        """Hold the archive against what was acknowledged, in a process that may die of it."""
        found = result_of_fork(lambda: worker.faults(self.archive, self.log))
        self.faults += found if isinstance(found, list) else ["looking at it crashed"]
        if restart and self.archive.exists():
            told = result_of_fork(lambda: worker.restart(self.archive))
            if isinstance(told, dict):
                self.restarts.append(told)
            else:
                self.faults.append("it did not restart")

    def killed_readers(self, times: int) -> None:
        """Readers killed while they search change nothing on disk."""
        before = self.contents()

        def read() -> None:
            while True:
                with Archive.open(self.archive) as archive:
                    for word in ("customs", "talks", "pier", "tariff"):
                        archive.search(word, k=20)

        for _ in range(times):
            pid = forked(read)
            time.sleep(self.chance.uniform(0, 1.0))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.counts["readers"] += 1
        if self.contents() != before:
            self.faults.append("a killed reader changed the archive")

    def contents(self) -> object:
        def digested() -> dict[str, str]:
            with Archive.open(self.archive) as archive:
                seq = str(archive._ledger.last_seq())
            kept = digests(self.archive / "dense") | digests(self.archive / "lexical")
            return {k: v for k, v in kept.items() if k.startswith("seg-")} | {"seq": seq}

        return result_of_fork(digested)

    def compare(self) -> None:
        def lines() -> list[str]:
            with Archive.open(self.archive) as archive:
                wanted = expect.rows(self.script, self.server.bases)
                unindexed = archive.status().unindexed
                told = [f"{unindexed} articles are not indexed"] if unindexed else []
                return told + found.differences(wanted, found.rows(archive, self.script))

        differences = result_of_fork(lines)
        self.faults += differences if isinstance(differences, list) else ["comparing it crashed"]

    def report(self) -> None:
        print(f"killed at a random moment  {self.counts['moments']}")
        print(f"killed at a named point    {self.counts['points']}")
        print(f"that no turn comes by      {len(self.points)} {sorted(self.points) or ''}")
        print(f"readers killed             {self.counts['readers']}")
        lines = self.log.read_text().splitlines()
        different = len({line.split()[0] for line in lines})
        print(f"articles stored            {different}, acknowledged {len(lines)} times")
        times = [told["answered"] for told in self.restarts]
        slowest = max(self.restarts, key=lambda told: told["answered"])
        print(
            f"restart, s                 median {statistics.median(times):.2f}, "
            f"longest {max(times):.2f}, of {len(times)}; over 5 s {sum(t > 5 for t in times)}"
        )
        print("the longest                ", {k: round(v, 2) for k, v in slowest.items()})
        print(f"lost, doubled, half, mixed {len(self.faults)}")
        for fault in self.faults[:20]:
            print(" ", fault)


if __name__ == "__main__":
    main()
