"""How fresh sources are, and what is warned about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ingest.freshness import Freshness, freshness
from ingest.sources.declared import Source
from vectorstore import Run, SourceState

NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)


@dataclass
class Ledger:
    """What an archive knows of sources, and when their articles came in."""

    states: list[SourceState] = field(default_factory=list)
    came: dict[str, list[datetime]] = field(default_factory=dict)

    def sources(self) -> list[SourceState]:
        return self.states

    def arrivals(self, name: str) -> list[datetime]:
        return self.came.get(name, [])


def source(name: str = "desk", **given: object) -> Source:
    return Source(name=name, kind="feed", urls=("http://a.test/",), **given)  # type: ignore[arg-type]


def of(
    declared: Source, *, success: timedelta | None, came: Sequence[float] = (), **run: object
) -> Freshness:
    """How this source does, last read that long ago; `came` are days ago."""
    done = NOW - success if success is not None else None
    last = Run(source="desk", started=done or NOW, ended=done or NOW, **run)  # type: ignore[arg-type]
    state = SourceState(name="desk", articles=9, last_run=last, last_success=done, last_new=None)
    ledger = Ledger([state], {"desk": [NOW - timedelta(days=d) for d in came]})
    (found,) = freshness(ledger, [declared], NOW)  # type: ignore[arg-type]
    return found


def test_all_is_well() -> None:
    found = of(source(), success=timedelta(minutes=5), came=[0.1, 0.5, 1.5, *range(2, 30)])
    assert (found.new, found.warning) == (2, "")


def test_a_failed_run_is_warned_about_whatever_else() -> None:
    found = of(source(), success=timedelta(days=9), error="answers 404")
    assert found.warning == "the last run failed: answers 404"


def test_a_source_that_nobody_reads_any_more_is_warned_about() -> None:
    assert of(source(), success=timedelta(hours=2)).warning == ""
    assert "not read since 2025-06-02 08:00 UTC" in of(source(), success=timedelta(hours=4)).warning
    daily = source(cron="0 6 * * *", timezone="Asia/Seoul")
    assert of(daily, success=timedelta(hours=30)).warning == ""
    assert "is the schedule running?" in of(daily, success=timedelta(days=3)).warning


def test_a_quiet_source_is_warned_about_as_of_its_last_success() -> None:
    days = list(range(5, 40))
    found = of(source(), success=timedelta(minutes=1), came=days)
    assert found.warning == "nothing new since 2025-05-28; it used to deliver every day"
    asked_last = of(source(every=timedelta(days=30)), success=timedelta(days=4), came=days)
    assert asked_last.warning == ""


def test_what_is_off_or_never_read_or_makes_no_sense() -> None:
    assert of(source(enabled=False), success=timedelta(days=99)).warning == ""
    assert of(source(), success=None).warning == "never read yet"
    assert "makes no sense" in of(source(cron="99 * * * *"), success=timedelta(0)).warning


def test_declared_sources_come_first_then_the_others_without_warnings() -> None:
    state = SourceState(
        name="file:///a", articles=1, last_run=None, last_success=None, last_new=None
    )
    ledger = Ledger([state])
    found = freshness(ledger, [source("z"), source("b")], NOW)  # type: ignore[arg-type]
    assert [one.name for one in found] == ["z", "b", "file:///a"]
    assert [one.warning for one in found] == ["never read yet", "never read yet", ""]
