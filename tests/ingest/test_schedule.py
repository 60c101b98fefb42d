"""The schedule: no overlaps, missed runs once, hung runs ended, whatever the clock does (R12)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.process import Ended
from ingest.schedule import LOCKED, LOCKED_AGAIN, Schedule
from vectorstore import Archive, Run

START = datetime(2025, 3, 8, 12, tzinfo=UTC)
"""Noon before the night in which New York's clocks go forward."""

DECLARED = """
[defaults]
jitter = "10s"
[sources.wire]
url = "http://wire.test/rss"
every = "10m"
[sources.ministry]
url = "http://ministry.test/rss"
every = "1h"
[sources.paper]
url = "http://paper.test/rss"
cron = "30 2 * * *"
timezone = "America/New_York"
[sources.off]
url = "http://off.test/rss"
enabled = false
"""


@dataclass
class Fake:
    """A run in a world whose clock is a number: it ends at `until`, or is ended at its limit."""

    world: World
    names: Sequence[str]
    until: datetime
    code: int = 0
    hung: bool = False
    done: bool = False

    def poll(self) -> Ended | None:
        if self.done or self.world.elapsed >= self.until or self.world.elapsed >= self._limit():
            self.hung = not self.done and self.world.elapsed < self.until
            self._end()
            return Ended(-15 if self.hung else self.code, self.hung)
        return None

    def stop(self) -> Ended:
        self._end()
        return Ended(130)

    def _limit(self) -> datetime:
        return self.began + timedelta(hours=2)

    def __post_init__(self) -> None:
        self.began = self.world.elapsed

    def _end(self) -> None:
        self.done = True
        if self.code in {0, 3} and not self.hung:
            self.world.succeed(self.names)


@dataclass
class World:
    """A wall clock that may jump, a real archive, and a count of all that runs at once.

    `elapsed` is the time that really goes by; `shift` is how far the wall clock is off it.
    """

    archive: Archive
    path: Path
    elapsed: datetime = START
    shift: timedelta = timedelta(0)
    lasts: timedelta = timedelta(minutes=1)
    code: int = 0
    runs: list[Fake] = field(default_factory=list)
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.path.write_text(DECLARED)
        self.schedule = self.open()

    def open(self) -> Schedule:
        return Schedule(self.path, self.archive, launch=self.launch, now=self.now)

    def now(self) -> datetime:
        return self.elapsed + self.shift

    def launch(self, names: Sequence[str]) -> Fake:
        self.runs.append(Fake(self, names, self.elapsed + self.lasts, self.code))
        self.most_at_once = max(self.most_at_once, sum(not r.done for r in self.runs))
        return self.runs[-1]

    def succeed(self, names: Sequence[str]) -> None:
        for name in names:
            self.archive.note_run(Run(source=name, started=self.now(), ended=self.now()))

    def goes_on(self, ticks: int, step: timedelta = timedelta(seconds=30)) -> None:
        for _ in range(ticks):
            self.elapsed += step
            self.schedule.tick()

    def count(self, name: str) -> int:
        return sum(name in run.names for run in self.runs)


@pytest.fixture
def world(empty: Archive, tmp_path: Path) -> World:
    random.seed(12)  # the jitter
    return World(empty, tmp_path / "sources.toml")


def test_sources_run_at_their_times_and_together(world: World) -> None:
    world.goes_on(240)
    assert world.count("wire") in {11, 12}
    assert world.count("ministry") == 2
    assert world.count("paper") == 1
    assert world.count("off") == 0
    assert set(world.runs[0].names) == {"wire", "ministry", "paper"}
    assert world.most_at_once == 1


def test_what_was_read_lately_is_not_read_at_a_new_start(world: World) -> None:
    world.elapsed += timedelta(minutes=30)
    for name, ago in (("wire", 25), ("ministry", 20), ("paper", 60)):
        read = world.elapsed - timedelta(minutes=ago)
        world.archive.note_run(Run(source=name, started=read, ended=read))
    world.goes_on(4)
    assert [run.names for run in world.runs] == [("wire",)]


def test_a_run_that_was_cut_off_goes_on_at_the_next_start(world: World) -> None:
    run = Run(source="ministry", started=START, ended=START, interrupted=True)
    world.archive.note_run(run)
    world.archive.note_run(replace(run, source="wire", interrupted=False))
    world.goes_on(3)
    assert world.count("ministry") == 1
    assert world.count("wire") == 0


def test_a_laptop_that_slept_catches_up_once(world: World) -> None:
    world.goes_on(20)
    before = len(world.runs)
    world.elapsed += timedelta(days=4)
    world.goes_on(4)
    assert len(world.runs) == before + 1
    assert set(world.runs[-1].names) == {"wire", "ministry", "paper"}


def test_a_clock_set_back_makes_nobody_wait(world: World) -> None:
    world.goes_on(20)
    before = world.count("wire")
    world.shift -= timedelta(days=30)
    world.goes_on(120)
    assert world.count("wire") - before in {5, 6}
    assert world.most_at_once == 1


def test_a_clock_that_jumps_ahead_and_back_again_costs_one_run(world: World) -> None:
    world.goes_on(20)
    before = len(world.runs)
    world.shift += timedelta(days=365)
    world.goes_on(4)
    world.shift -= timedelta(days=365)
    world.goes_on(16)
    assert len(world.runs) <= before + 2
    world.goes_on(60)
    assert world.count("wire") >= 4


def test_a_hung_run_is_ended_and_recorded_and_the_next_trigger_tries_again(world: World) -> None:
    world.lasts = timedelta(days=9)
    world.goes_on(2)
    world.lasts = timedelta(minutes=1)
    world.goes_on(250)
    assert world.runs[0].hung
    (failed,) = [run for run in world.archive.runs("wire") if run.error]
    assert failed.error == "took longer than 2 h and was ended"
    assert not failed.ok
    assert len(world.runs) > 1
    assert world.archive.runs("wire")[0].ok


def test_a_process_that_fails_is_recorded_for_the_sources_it_left_out(world: World) -> None:
    world.code = 1
    world.goes_on(2)
    world.archive.note_run(Run(source="wire", started=world.now(), ended=world.now(), new=3))
    world.archive.note_run(Run(source="paper", started=world.now()))
    world.goes_on(3)
    for name in ("ministry", "paper"):
        (run,) = world.archive.runs(name)
        assert "ended with code 1" in run.error
        assert run.ended is not None
    (run,) = world.archive.runs("wire")
    assert (run.ok, run.new) == (True, 3)


def test_beside_another_collector_it_waits_and_records_nothing(world: World) -> None:
    world.code = LOCKED
    world.goes_on(4)
    assert world.archive.runs() == []
    world.code = 0
    world.goes_on(int(LOCKED_AGAIN.total_seconds() / 30) + 2)
    assert world.count("ministry") == 2
    assert world.archive.runs("ministry")[0].ok


def test_a_process_that_cannot_be_started_is_recorded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_names: Sequence[str]) -> Fake:
        raise OSError("out of processes")

    monkeypatch.setattr(world.schedule, "_launch", broken)
    world.goes_on(2)
    assert "out of processes" in world.archive.runs("wire")[0].error


def test_the_file_may_come_change_break_and_go(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.path.unlink()
    world.goes_on(3)
    assert world.runs == []
    world.path.write_text(DECLARED)
    world.goes_on(6)
    first = dict(world.schedule.upcoming())
    assert set(first) == {"wire", "ministry", "paper"}
    world.path.write_text(DECLARED.replace("false", "true").replace('every = "1h"', 'every = "2h"'))
    world.goes_on(1)
    then = dict(world.schedule.upcoming())
    assert set(then) == {*first, "off"}
    assert then["ministry"] - first["ministry"] >= timedelta(minutes=59)
    assert (then["wire"], then["paper"]) == (first["wire"], first["paper"])
    world.path.write_text("[sources.wire")
    world.goes_on(1)
    assert "is not TOML" in caplog.text
    assert set(world.schedule.upcoming()) == set(then)
    read = len(world.runs)
    world.goes_on(180)
    assert len(world.runs) == read, "a process could not read the file either"
    world.path.write_text(DECLARED.replace("30 2", "99 2"))
    world.goes_on(1)
    assert len(world.runs) == read + 1, "what was due meanwhile"
    assert "source paper: cron '99 2 * * *' makes no sense" in caplog.text
    assert set(world.schedule.upcoming()) == {"wire", "ministry"}
    world.path.unlink()
    world.goes_on(1)
    assert not world.schedule.upcoming()


def test_one_archive_has_one_schedule(world: World) -> None:
    world.goes_on(1)
    other = world.open()
    for _ in range(5):
        world.goes_on(1)
        other.tick()
        assert not other.upcoming()
    assert other.once() == LOCKED
    world.schedule.stop()
    other.tick()
    assert other.upcoming()
    other.stop()


def test_once_runs_what_is_due_and_says_how_it_went(world: World) -> None:
    world.lasts, world.code = timedelta(0), 3
    assert world.schedule.once() == 3
    assert set(world.runs[0].names) == {"wire", "ministry", "paper"}
    assert world.schedule.once() == 0
    assert len(world.runs) == 1
    world.schedule.stop()


def test_a_stop_ends_the_run_and_is_no_failure(world: World) -> None:
    world.goes_on(3)
    assert world.schedule.running
    world.schedule.stop()
    assert world.runs[-1].done
    assert not world.schedule.running
    assert not [run for run in world.archive.runs() if run.error]


def test_a_thousand_ticks_of_everything(world: World) -> None:
    """R12: hangs, failures, jumps of the clock, sleeps and both nights; never two at once."""
    chance, done = random.Random(12), Counter[str]()
    for tick in range(1000):
        step = timedelta(seconds=chance.choice((1, 30, 30, 30, 600)))
        kind = chance.random()
        if kind < 0.01:
            world.shift += timedelta(hours=chance.choice((-24, -1, 1, 24)))
            done["jump"] += 1
        elif kind < 0.02:
            step += timedelta(hours=chance.randint(1, 40))
            done["sleep"] += 1
        elif kind < 0.03:
            world.path.write_text(DECLARED + f"# {tick}\n")
            done["edit"] += 1
        world.code = chance.choice((0, 0, 0, 1, 3, LOCKED, -9))
        minutes = chance.choice((0, 1, 5, 30, 100_000))
        world.lasts = timedelta(minutes=minutes)
        before = len(world.runs)
        world.goes_on(1, step)
        assert len(world.runs) - before <= 1
        done["hang"] += len(world.runs) > before and minutes == 100_000
    assert world.most_at_once == 1
    assert done["hang"] - sum(r.hung for r in world.runs) in {0, int(not world.runs[-1].done)}
    assert min(done[what] for what in ("jump", "sleep", "edit", "hang")) > 3
    real = world.elapsed - START
    assert world.count("wire") <= real / timedelta(minutes=5) + done["jump"] + 1
    assert world.count("wire") > world.count("ministry") > 24
    assert world.count("paper") >= real.days / 2


@pytest.mark.parametrize(
    "noon", [START, datetime(2025, 11, 1, 12, tzinfo=UTC)], ids=["spring", "fall"]
)
def test_a_nightly_run_is_one_run_when_the_clocks_change(world: World, noon: datetime) -> None:
    world.elapsed = noon
    world.path.write_text(DECLARED.replace("30 2", "30 1"))
    world.succeed(["paper", "wire", "ministry"])
    world.schedule = world.open()
    world.goes_on(2 * 60 * 24 // 4, timedelta(minutes=2))
    assert world.count("paper") == 1
    world.goes_on(60 * 24 // 2, timedelta(minutes=2))
    assert world.count("paper") == 2
