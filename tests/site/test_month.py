"""A month of the simulated world through Dateline: the archive ends exactly as the script says.

Shortened to nine days here; the whole month, with hundreds of articles, is marked slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.collect import SourceReport, collect
from ingest.fetch import Client
from ingest.sandbox import Sandbox
from tests.site import driver, expect, found, polite
from tests.site.pieces import Script
from tests.site.script import FULL, OFTEN, SELDOM, SHORT, month
from tests.site.server import World
from vectorstore import Archive, Progress, Run, no_progress

INTERRUPTED = 5
"""The tick at which somebody presses Ctrl-C; it is repeated a minute later."""


@dataclass(slots=True)
class Lived:
    """The world after its last tick, and what Dateline made of it."""

    world: World
    archive: Archive
    client: Client
    sandbox: Sandbox
    reports: list[list[SourceReport]] = field(default_factory=list)

    @property
    def script(self) -> Script:
        return self.world.script

    def run(self, tick: datetime, progress: Progress = no_progress) -> list[SourceReport]:
        """One run of all sources at this time."""
        self.world.turn(tick)
        return collect(
            self.archive,
            driver.sources(self.world, tick),
            settings=driver.settings(self.world),
            client=self.client,
            sandbox=self.sandbox,
            now=lambda: tick,
            progress=progress,
        )

    def runs(self, source: str) -> list[Run]:
        """The source's runs, oldest first."""
        return self.archive.runs(source, limit=1000)[::-1]


def interrupted(after: int) -> Progress:
    """A progress that presses Ctrl-C when it was called so often."""
    calls = 0

    def progress(_stage: str, _done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    return progress


def live_through(lived: Lived) -> None:
    """Every tick of the script, one of them interrupted."""
    for number, tick in enumerate(lived.script.ticks):
        if number == INTERRUPTED:
            asked = len(lived.world.log)
            with suppress(KeyboardInterrupt):
                lived.reports.append(lived.run(tick, interrupted(after=4)))
            lived.world.lost(asked)
        lived.reports.append(lived.run(real(number, tick)))


def real(number: int, tick: datetime) -> datetime:
    """When the run of a tick that came to its end began."""
    return tick + timedelta(minutes=number == INTERRUPTED)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("short", id="short", marks=pytest.mark.long),
        pytest.param("full", marks=pytest.mark.slow),
    ],
)
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lived]:
    """The world lived through once; tests look at what is left."""
    short = request.param == "short"
    script = month(SHORT, every=SELDOM, plain=1) if short else month(FULL, every=OFTEN, plain=8)
    folder: Path = tmp_path_factory.mktemp(request.param) / "archive"
    with (
        World(script) as world,
        Archive.open(folder, create=True) as archive,
        driver.client(world) as client,
        Sandbox() as sandbox,
    ):
        made = Lived(world, archive, client, sandbox)
        live_through(made)
        yield made


def shown(lines: list[str]) -> str:
    return "\n".join([f"{len(lines)} differences:", *lines[:40]])


def test_the_archive_is_as_the_script_says(lived: Lived) -> None:
    expected = expect.rows(lived.script, lived.world.bases)
    lines = found.differences(expected, found.rows(lived.archive, lived.script))
    assert not lines, shown(lines)


def test_all_requests_were_polite(lived: Lived) -> None:
    lines = polite.faults(lived.script, lived.world.log, gap=driver.GAP)
    assert not lines, shown(lines)
    assert lived.world.canary == 0
    assert {a.agent for a in lived.world.log if f"(+{driver.CONTACT})" not in a.agent} == set()


def test_no_page_is_looked_at_without_reason(lived: Lived) -> None:
    """Pages are looked at ever more rarely, and when they are announced anew; single URLs are
    tried in every run."""
    lines = polite.too_often(lived.script, lived.world.log, ignore=["notes"])
    assert not lines, shown(lines)
    old = [a for a in lived.world.log if a.outlet == "wire" and a.target == "/rss.xml"]
    assert sum(a.status == 301 for a in old) == 1


def test_each_run_is_recorded(lived: Lived) -> None:
    lines = []
    for source in lived.script.outlets:
        runs = {run.started: run for run in lived.runs(source)}
        for number, tick in enumerate(lived.script.ticks):
            when = real(number, tick)
            if not expect.declared(lived.script, source, tick):
                continue
            run = runs.get(when)
            if run is None:
                lines.append(f"{source}, {when}: no run is recorded")
            elif run.ended is None:
                lines.append(f"{source}, {when}: the run has no end")
            elif expect.fails(lived.script, source, tick) and not run.error:
                lines.append(f"{source}, {when}: the run should have failed: {run}")
            elif expect.works(lived.script, source, tick) and run.error:
                lines.append(f"{source}, {when}: failed: {run.error}")
        if len(runs) > len(lived.script.ticks) + 1:
            lines.append(f"{source}: {len(runs)} runs")
    assert not lines, shown(lines)


def test_the_runs_add_up(lived: Lived) -> None:
    expected = expect.rows(lived.script, lived.world.bases).values()
    lines = []
    for source in lived.script.outlets:
        own = [row for row in expected if row.source == source]
        runs = lived.runs(source)
        counts: dict[str, tuple[int, int]] = {
            "new": (len(own), sum(r.new for r in runs)),
            "changed": (sum(row.versions - 1 for row in own), sum(r.changed for r in runs)),
        }
        gone = sum(not row.live for row in own)
        if sum(r.withdrawn for r in runs) < gone:
            lines.append(f"{source}: {gone} are gone, {sum(r.withdrawn for r in runs)} noticed")
        for name, (want, have) in counts.items():
            if want != have:
                lines.append(f"{source}: {name} expected {want}, found {have}")
    assert not lines, shown(lines)


def test_every_entry_of_every_run_has_one_outcome(lived: Lived) -> None:
    lines = [
        f"{source}, {run.started}: {run}"
        for source in lived.script.outlets
        for run in lived.runs(source)
        if run.ended and run.accounted != run.announced + run.checked
    ]
    assert not lines, shown(lines)
    assert sum(run.announced for run in lived.runs("herald")) > 20


def test_what_failed_is_said(lived: Lived) -> None:
    lines = []
    for piece in lived.script.pieces:
        if piece.never:
            target = (piece.links or (piece.path,))[0]
            said = [r for run in lived.runs(piece.outlet) for r in run.reasons if target in r]
            if not said:
                lines.append(f"{piece.name} ({piece.never}): no run gives a reason")
    assert not lines, shown(lines)
    impossible = [r for run in lived.runs("herald") for r in run.reasons if "1970" in r]
    assert impossible, "the impossible date is not reported"


def test_what_recurs_in_an_outlet_is_left_out(lived: Lived) -> None:
    """At the end no passage has the paragraph that an outlet puts into everything."""
    lines = []
    for outlet in lived.script.outlets.values():
        if outlet.promo:
            hits = lived.archive.search(outlet.promo, k=100)
            assert len(hits) > 20, "this asks about most of what there is"
            lines += [
                f"{hit.article.url}: {hit.text[-120:]!r}"
                for hit in hits
                if outlet.promo in hit.text
            ]
    assert not lines, shown(lines)


def test_everything_live_is_searchable(lived: Lived) -> None:
    """Among the first ten, as RELIABILITY.md asks: the articles are made of the same sentences."""
    assert lived.archive.status().unindexed == 0
    expected = expect.rows(lived.script, lived.world.bases).values()
    lines = []
    for row in list(expected)[::7]:
        if row.live:
            hits = lived.archive.search(row.body.split("\n\n")[0], k=10)
            seen = {a.key for hit in hits for a in (hit.article, *hit.also)}
            if row.key not in seen and not any(row.story):
                lines.append(f"{row.key}: not found by its own words, but {sorted(seen)}")
    assert not lines, shown(lines)


def test_the_dead_source_is_seen_to_be_dead(lived: Lived) -> None:
    states = {state.name: state for state in lived.archive.sources()}
    dead = states["dead"]
    assert dead.last_success is not None
    assert dead.last_success < lived.script.dead["dead"]
    assert dead.last_run is not None
    assert not dead.last_run.ok
    assert dead.articles == 3
    for name, state in states.items():
        if name != "dead":
            assert state.last_success is not None, name
            assert state.last_success >= lived.script.ticks[-1], name


def test_the_last_tick_again_changes_nothing(lived: Lived) -> None:
    before = found.rows(lived.archive, lived.script)
    last, asked = lived.archive._ledger.last_seq(), len(lived.world.log)
    reports = lived.run(lived.script.ticks[-1])
    counts = [(r.run.new, r.run.changed, r.run.updated, r.run.withdrawn) for r in reports]
    assert set(counts) <= {(0, 0, 0, 0)}
    assert found.rows(lived.archive, lived.script) == before
    assert lived.archive._ledger.last_seq() == last
    again = [a for a in lived.world.log[asked:] if a.status == 200 and a.outlet not in UNVALIDATED]
    assert [a.target for a in again if a.target != polite.ROBOTS] == []


UNVALIDATED: set[str] = {"gazette"}
"""Outlets that give no validators, so that nothing can answer 304."""
