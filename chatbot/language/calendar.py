"""Calendar arithmetic: adding months, whole weeks or quarters, and parts of a period.

Everything takes and returns `date` values or pairs of first and last day. A week begins on
Monday.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Period = tuple[date, date]
"""The first and the last day, both inclusive."""

SHORTEST_MONTH = 28
"""Days; the parts of fewer are shares of them."""


def month_span(year: int, first: int, count: int) -> Period:
    """The first and the last day of so many whole months from a month on."""
    return date(year, first, 1), add_months(date(year, first, 1), count) - timedelta(1)


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    at = day.year * 12 + day.month - 1 + count
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def subtract_units(day: date, count: int, unit: str) -> date:
    """The day so many units before a day; after it if the count is negative."""
    per = {"month": 1, "quarter": 3, "year": 12}
    if unit in per:
        return add_months(day, -count * per[unit])
    return day - timedelta(count * (7 if unit == "week" else 1))


def approximate_period(day: date, unit: str) -> Period:
    """The period that "two weeks ago" may mean: the day itself, or a few days around it."""
    slack = {"day": 0, "week": 3, "month": 10}.get(unit, 45)
    return day - timedelta(slack), day + timedelta(slack)


def whole_unit(today: date, unit: str, count: int) -> Period:
    """The whole week, month, quarter or year that lies so many after the one of today."""
    if unit == "day":
        return (today + timedelta(count),) * 2
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * count)
        return monday, monday + timedelta(6)
    if unit == "year":
        return month_span(today.year + count, 1, 12)
    length = 3 if unit == "quarter" else 1
    first = date(today.year, (today.month - 1) // length * length + 1, 1)
    at = add_months(first, count * length)
    return month_span(at.year, at.month, length)


def part_of_period(period: Period, part: str) -> Period:
    """The part of a period that a word names: "early", "mid", "late", "half 1", "week 2", …."""
    start, end = period
    name, _, which = part.partition(" ")
    days = (end - start).days + 1
    if name == "week":
        first = min(start + timedelta(7 * (int(which) - 1)), end)
        return first, min(first + timedelta(6), end)
    if days > 80:
        return _share_of_months(start, end, name, which)
    if days < SHORTEST_MONTH:
        return _share_of_days(start, days, name, which)
    ends = {"early": (0, 9), "mid": (10, 19), "late": (20, days - 1), "start": (0, 6)}
    ends |= {"end": (days - 7, days - 1), "half": (0, 14) if which == "1" else (15, days - 1)}
    a, b = ends[name]
    return start + timedelta(max(0, a)), min(start + timedelta(b), end)


def _share_of_days(start: date, days: int, name: str, which: str) -> Period:
    """A part of some days, of which it has one at least; "the start" of a week is its first three,
    as "early" is."""
    third, half = -(-days // 3), -(-days // 2)
    first, length = {
        "early": (0, third),
        "mid": ((days - third) // 2, third),
        "late": (days - third, third),
        "start": (0, third),
        "end": (days - third, third),
        "half": (0 if which == "1" else days - half, half),
    }[name]
    return start + timedelta(first), start + timedelta(first + length - 1)


def _share_of_months(start: date, end: date, name: str, which: str) -> Period:
    count = round(((end - start).days + 1) / 30.4)
    third, half, edge = max(1, count // 3), max(1, count // 2), min(2, max(1, count // 3))
    first, length = {
        "early": (0, third),
        "mid": (third, third),
        "late": (count - third, third),
        "start": (0, edge),
        "end": (count - edge, edge),
        "half": (0 if which == "1" else count - half, half),
    }[name]
    return add_months(start, first), min(add_months(start, first + length) - timedelta(1), end)
