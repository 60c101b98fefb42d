"""Promises R3 and R7: one writer at a time, and the same corpus twice.

    python -m benchmarks.races [--races 50] [--again FOLDER ARCHIVE]

R3: two processes ingest the same folder into one new archive at the same moment, again and
again; each says when it held the write lock. R7: what a second ingest of FOLDER into ARCHIVE,
which holds it already, writes and embeds; ARCHIVE is only read if that is nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from benchmarks import crash_worker as worker
from ingest import run
from vectorstore import Archive, ArchiveLocked
from vectorstore.models.embedder import Embedder

CONTENT = ("articles", "versions", "passages", "vectors", "signatures", "bands", "copies")
STORIES = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=50)
    parser.add_argument("--again", nargs=2, type=Path, metavar=("FOLDER", "ARCHIVE"))
    given = parser.parse_args()
    faults = again(*given.again) if given.again else raced(given.races)
    sys.exit(bool(faults))


def raced(times: int) -> int:
    """Race two writers so many times; how often something was wrong."""
    worker.stand_in()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for number in range(times):
        with tempfile.TemporaryDirectory() as folder:
            told = race(Path(folder), delay=(number % 10) * 0.02)
        wrote = [t for t in told if t["new"]]
        outcomes[f"{len(wrote)} wrote"] += 1
        outcomes["overlaps"] += overlap(told)
        for one in told:
            if one["locked"]:
                outcomes["left, saying that another writes"] += 1
                slowest = max(slowest, one["seconds"])
            elif not one["new"]:
                outcomes["waited, and found everything there"] += 1
        print(f"race {number + 1}: {dict(outcomes)}", file=sys.stderr, flush=True)
    for name, count in sorted(outcomes.items()):
        print(f"{count:4} of {times}: {name}")
    print(f"the longest wait before leaving: {slowest:.2f} s")
    return outcomes["overlaps"] + times - outcomes["1 wrote"]


def race(folder: Path, delay: float) -> list[dict[str, Any]]:
    """What each of two writers says who begin `delay` seconds apart."""
    for number in range(STORIES):
        body = f"Report {number} on customs.\n\n" + "The pier took in more ships. " * 30
        (folder / f"{number}.txt").write_text(body)
    begins = time.monotonic() + 0.3
    pipes = [_writer(folder, begins + n * delay) for n in range(2)]
    told = []
    for pid, pipe in pipes:
        with os.fdopen(pipe) as answer:
            told.append(json.loads(answer.readline()))
        os.waitpid(pid, 0)
    return told


def _writer(folder: Path, begins: float) -> tuple[int, int]:
    here, theirs = os.pipe()
    pid = worker_process(lambda: os.write(theirs, json.dumps(_write(folder, begins)).encode()))
    os.close(theirs)
    return pid, here


def worker_process(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def _write(folder: Path, begins: float) -> dict[str, Any]:
    held: list[float] = []
    with _watched(held), Archive.open(folder / "archive", create=True) as archive:
        time.sleep(max(0.0, begins - time.monotonic()))
        start = time.monotonic()
        try:
            new, locked = run(archive, sorted(folder.glob("*.txt"))).new, False
        except ArchiveLocked:
            new, locked = 0, True
        return {"new": new, "locked": locked, "seconds": time.monotonic() - start, "held": held}


@contextmanager
def _watched(held: list[float]) -> Iterator[None]:
    """Note when the write lock was taken and let go."""
    whole = Archive.writing

    @contextmanager
    def writing(self: Archive, *given: Any) -> Iterator[None]:
        with whole(self, *given):
            held.append(time.monotonic())
            yield
            held.append(time.monotonic())

    Archive.writing = writing  # type: ignore[assignment]
    yield


def overlap(told: list[dict[str, Any]]) -> bool:
    """Whether both held the lock at one time."""
    if not all(one["held"] for one in told):
        return False
    (a, b), (c, d) = (one["held"] for one in told)
    return bool(a < d and c < b)


def again(folder: Path, place: Path) -> int:
    """Ingest what is there already; how much was written and embedded."""
    writes: Counter[str] = Counter()
    embedded = 0
    whole = Embedder.embed

    def counted(self: Embedder, texts: Any) -> Any:
        nonlocal embedded
        embedded += len(texts)
        return whole(self, texts)

    Embedder.embed = counted  # type: ignore[method-assign]
    with Archive.open(place) as archive:

        def seen(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            words = statement.split()
            if words[0] in {"INSERT", "UPDATE", "DELETE"}:
                writes[next(w.strip('"') for w in words[1:] if w not in {"INTO", "FROM"})] += 1

        event.listen(archive._ledger.engine, "before_cursor_execute", seen)
        last = archive._ledger.last_seq()
        start = time.monotonic()
        report = run(archive, [folder])
        seconds = time.monotonic() - start
        moved = archive._ledger.last_seq() - last
    print(f"{report.unchanged:,} articles unchanged, {report.new} new, {report.changed} changed")
    print(f"texts embedded: {embedded}")
    print(f"writes to content: {sum(writes[t] for t in CONTENT)}; to others: {dict(writes)}")
    print(f"sequence numbers taken: {moved}; {seconds:.1f} s")
    return embedded + moved + sum(writes[t] for t in CONTENT)


if __name__ == "__main__":
    main()
