"""When a silence is longer than a source's habit: synthetic sources with known habits."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.habit import FACTOR, MIN_ARRIVALS, Quiet, quiet

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
"""A Monday."""


def days(*numbers: int) -> list[datetime]:
    """One arrival on each of these days after START."""
    return [START + timedelta(days=n) for n in numbers]


def at(number: float) -> datetime:
    return START + timedelta(days=number)


def weekdays(weeks: int) -> list[datetime]:
    return [d for d in days(*range(7 * weeks)) if d.weekday() < 5]


def first_warning(arrivals: list[datetime], within: int = 400) -> int | None:
    """Days after the last arrival until the first warning."""
    last = max(arrivals)
    return next((n for n in range(within) if quiet(arrivals, last + timedelta(days=n))), None)


def test_a_daily_paper_is_warned_about_on_the_third_day() -> None:
    paper = days(*range(30)) * 5
    assert first_warning(paper) == 3
    found = quiet(paper, at(33))
    assert found is not None
    assert (found.days, found.usual, found.since) == (4, 1, at(29))
    assert str(found) == "nothing new since 2025-04-01; it used to deliver every day"


def test_a_weekly_bulletin_is_quiet_for_a_week_without_a_warning() -> None:
    for weeks in (8, 12, 40):
        assert first_warning(days(*range(0, 7 * weeks, 7))) == 15
    found = quiet(days(*range(0, 280, 7)), at(300))
    assert str(found).endswith("deliver every Monday")
    assert str(quiet(days(*range(0, 56, 7)), at(80))).endswith("at least every 7 days")


@pytest.mark.parametrize("weeks", [3, 6, 20])
def test_a_ministry_rests_at_weekends(weeks: int) -> None:
    ministry = weekdays(weeks)
    friday = max(ministry)
    assert friday.weekday() == 4
    assert not any(quiet(ministry, friday + timedelta(days=n)) for n in range(4))
    assert first_warning(ministry) == (7 if weeks == 3 else 5)


def test_a_ministry_that_is_known_well_is_warned_about_by_weekdays() -> None:
    found = quiet(weekdays(10), max(weekdays(10)) + timedelta(days=5))
    assert found is not None
    assert found.weekdays == frozenset(range(5))
    assert str(found).endswith("every weekday")


def test_bursts_are_no_habit() -> None:
    assert first_warning(days(0) * 500) is None
    assert first_warning(days(*range(10)) * 20) is None
    bursts = [60 * n + d for n in range(3) for d in range(12)]
    assert first_warning(days(*bursts)) == 50


def test_a_rare_source_is_not_warned_about_early() -> None:
    monthly = days(*range(0, 360, 30))
    assert (first_warning(monthly) or 0) == 61


def test_one_outage_does_not_blunt_the_habit_but_two_holidays_are_habit() -> None:
    once = [d for d in range(80) if not 20 <= d < 30]
    assert first_warning(days(*once)) == 3
    twice = [d for d in once if not 50 <= d < 55]
    assert first_warning(days(*twice)) == 7


def test_without_enough_history_nothing_is_said() -> None:
    assert quiet([], at(100)) is None
    assert quiet(days(*range(MIN_ARRIVALS - 1)), at(100)) is None
    assert quiet(days(0, 7, 14) * 9, at(100)) is None


def test_what_arrives_later_than_now_is_not_known_yet() -> None:
    paper = days(*range(30))
    assert quiet(paper, at(25)) is None
    assert quiet([d for d in paper if d < at(15)] + days(29), at(20)) is not None


def test_days_are_those_of_the_zone() -> None:
    """An evening in Seoul and the next morning there are one day in UTC, two in Seoul."""
    seoul = ZoneInfo("Asia/Seoul")
    evenings = [datetime(2025, 3, 3, 23, tzinfo=seoul) + timedelta(days=n) for n in range(30)]
    now = max(evenings) + timedelta(days=2, hours=2)
    assert quiet(evenings, now, zone=seoul) is not None
    assert quiet(evenings, now) is None


def test_any_steady_habit_is_kept_and_any_end_of_it_is_found() -> None:
    """300 random habits: quiet while they go on, found once they end, whatever the order."""
    chance = random.Random(7)
    for _ in range(300):
        every, count = chance.randint(1, 20), chance.randint(MIN_ARRIVALS, 120)
        steps = [every * n for n in range(count)]
        arrivals = [a + timedelta(hours=chance.uniform(0, 14)) for a in days(*steps)]
        shown = chance.randint(2, len(arrivals))
        now = arrivals[shown - 1] + timedelta(days=chance.uniform(0, every))
        assert quiet(arrivals, now) is None
        chance.shuffle(arrivals)
        found = quiet(arrivals, max(arrivals) + timedelta(days=4 * every + 21))
        assert isinstance(found, Quiet) == (every * (count - 1) >= 14)
        assert quiet(arrivals, max(arrivals) + timedelta(days=FACTOR * every)) is None


def test_false_alarms_of_an_irregular_source_are_rare() -> None:
    """Articles at random (a Poisson process): under 3 % of its natural gaps raise a warning."""
    for rate in (0.3, 1.0, 4.0):
        chance = random.Random(int(rate * 10))
        arrivals, clock, alarms = [], 0.0, 0
        for _ in range(200):
            clock += chance.expovariate(rate)
            if len(arrivals) > 20 and quiet(arrivals, at(clock - 0.001)):
                alarms += 1
            arrivals.append(at(clock))
        assert alarms <= 6


def test_a_weekday_says_its_name() -> None:
    assert date(2025, 3, 3).weekday() == 0
    tuesdays_and_fridays = sorted(days(*range(1, 140, 7)) + days(*range(4, 140, 7)))
    found = quiet(tuesdays_and_fridays, at(165))
    assert str(found).endswith("every Tuesday and Friday")
