"""When a source runs next: intervals, crontab's rules, and the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.sources.declared import Source
from ingest.times import SHORTEST, Times, is_due, last_done
from vectorstore import InputError, Run, SourceState

SPRING = datetime(2025, 3, 8, 12, tzinfo=UTC)
FALL = datetime(2025, 11, 1, 12, tzinfo=UTC)
"""Noon in London before the nights in which New York leaves out 2 to 3 o'clock, and has 1 to 2
twice."""


def source(**given: object) -> Source:
    return Source(name="desk", kind="feed", urls=("http://a.test/",), **given)  # type: ignore[arg-type]


def runs(cron: str, zone: str, start: datetime, count: int) -> list[str]:
    """The next instants in UTC, as `Sun 09 07:30`."""
    times, shown = Times(source(cron=cron, timezone=zone)), []
    for _ in range(count):
        start = times.after(start)
        shown.append(f"{start:%a %d %H:%M}")
    return shown


def test_an_interval_counts_from_the_last_run_and_has_a_shortest() -> None:
    assert Times(source(every=timedelta(hours=2))).after(SPRING) == SPRING + timedelta(hours=2)
    assert Times(source(every=timedelta(0))).after(SPRING) == SPRING + SHORTEST


@pytest.mark.parametrize(
    ("cron", "start", "expected"),
    [
        ("30 1 * * *", SPRING, ["Sun 09 06:30", "Mon 10 05:30", "Tue 11 05:30"]),
        ("30 2 * * *", SPRING, ["Sun 09 07:30", "Mon 10 06:30", "Tue 11 06:30"]),
        ("30 1 * * *", FALL, ["Sun 02 05:30", "Mon 03 06:30", "Tue 04 06:30"]),
        ("30 2 * * *", FALL, ["Sun 02 07:30", "Mon 03 07:30", "Tue 04 07:30"]),
        ("0 * * * *", FALL + timedelta(hours=16, minutes=30), ["Sun 02 05:00", "Sun 02 06:00"]),
        ("0 * * * *", SPRING + timedelta(hours=18, minutes=30), ["Sun 09 07:00", "Sun 09 08:00"]),
    ],
)
def test_a_daily_run_is_one_run_on_the_nights_the_clocks_change(
    cron: str, start: datetime, expected: list[str]
) -> None:
    assert runs(cron, "America/New_York", start, len(expected)) == expected


def test_a_year_of_days_has_a_run_each_in_every_zone() -> None:
    for zone in ("America/New_York", "Europe/London", "Asia/Seoul", "Australia/Lord_Howe"):
        for cron in ("30 1 * * *", "15 2 * * *"):
            times, moment = (
                Times(source(cron=cron, timezone=zone)),
                datetime(2025, 1, 1, tzinfo=UTC),
            )
            days = []
            for _ in range(365):
                moment = times.after(moment)
                days.append(moment.astimezone(times.zone).date())
            assert len(set(days)) == 365
            assert (days[-1] - days[0]).days == 364


def test_weekdays_count_from_sunday_and_either_day_field_is_enough() -> None:
    assert runs("0 6 * * 1", "Asia/Seoul", SPRING, 2) == ["Sun 09 21:00", "Sun 16 21:00"]
    sundays = runs("0 6 * * 0", "UTC", SPRING, 2)
    assert sundays == runs("0 6 * * 7", "UTC", SPRING, 2) == runs("0 6 * * sun", "UTC", SPRING, 2)
    assert sundays == ["Sun 09 06:00", "Sun 16 06:00"]
    assert runs("0 6 * * 5-7", "UTC", SPRING, 3) == ["Sun 09 06:00", "Fri 14 06:00", "Sat 15 06:00"]
    assert runs("0 6 * * 1-5/2", "UTC", SPRING, 3) == [
        "Mon 10 06:00",
        "Wed 12 06:00",
        "Fri 14 06:00",
    ]
    assert runs("0 6 12 * 1", "UTC", SPRING, 3) == ["Mon 10 06:00", "Wed 12 06:00", "Mon 17 06:00"]


@pytest.mark.parametrize(
    "cron", ["99 * * * *", "x * * * *", "* * * * 9", "* * * * 5-1", "*/0 * * * *", "* * * * */0"]
)
def test_a_cron_that_makes_no_sense_is_said(cron: str) -> None:
    with pytest.raises(InputError, match=r"source desk: cron .* makes no sense"):
        Times(source(cron=cron))


def test_a_day_that_never_comes_is_said() -> None:
    with pytest.raises(InputError, match="never comes true"):
        Times(source(cron="0 0 31 2 *"))
    assert runs("0 0 29 2 *", "UTC", SPRING, 1) == ["Tue 29 00:00"]


def state(last: Run | None, success: datetime | None) -> SourceState:
    return SourceState(name="desk", articles=0, last_run=last, last_success=success, last_new=None)


def test_a_source_is_due_once_its_time_has_come_since_it_was_read_to_the_end() -> None:
    hourly, whole = source(), Run(source="desk", started=SPRING, ended=SPRING)
    assert is_due(hourly, None, SPRING)
    assert not is_due(hourly, state(whole, SPRING), SPRING + timedelta(minutes=59))
    assert is_due(hourly, state(whole, SPRING), SPRING + timedelta(hours=1))
    cut = Run(source="desk", started=SPRING, ended=SPRING, interrupted=True)
    assert last_done(state(cut, SPRING)) is None
    assert is_due(hourly, state(cut, SPRING), SPRING)
    ahead = SPRING + timedelta(days=400)
    assert not is_due(hourly, state(whole, ahead), SPRING)
