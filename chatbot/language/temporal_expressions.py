"""Explicit temporal expressions in English and Korean, resolved to first and last days.

Examples are "31 July 2025", "late July", "Q3 2025", "last month", "two weeks ago", "7월 말" and
"작년 상반기". A day or month without a year is the nearest one that has been, or that lies at
most AHEAD days ahead; with a word of the future, at most half a year ahead. The words are data
in `lexicon/temporal_expressions.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from chatbot.language.calendar import (
    Period,
    approximate_period,
    month_span,
    subtract_units,
    whole_unit,
)
from chatbot.language.temporal_patterns import EN, KO, NAMES, PATTERNS

AHEAD, FAR_AHEAD = 31, 183
"""Days: how far ahead of today a day or month without a year may lie."""


@dataclass(frozen=True, slots=True)
class TemporalExpression:
    """A period that a text names, with its span there and whether its year was guessed."""

    start: int
    end: int
    period: Period
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceTime:
    """What a date without a year is resolved against; `year` is one that stands beside it."""

    today: date
    past: bool = False
    future: bool = False
    year: int | None = None


TURNS = {"last": -1, "previous": -1, "next": 1, "following": 1}
DAY_WORDS = {
    "the day before yesterday": (2, 2), "yesterday": (1, 1), "last night": (1, 1),
    "tomorrow": (-1, -1), "그제": (2, 2), "그저께": (2, 2), "어제": (1, 1), "오늘": (0, 0),
    "내일": (-1, -1),
}  # fmt: skip
KO_STEPS = {
    "재작년": ("year", -2), "작년": ("year", -1), "지난해": ("year", -1), "올해": ("year", 0),
    "금년": ("year", 0), "내년": ("year", 1), "지난달": ("month", -1), "저번달": ("month", -1),
    "이번달": ("month", 0), "이달": ("month", 0), "다음달": ("month", 1), "지난주": ("week", -1),
    "저번주": ("week", -1), "이번주": ("week", 0), "금주": ("week", 0), "다음주": ("week", 1),
}  # fmt: skip
KO_UNITS = {
    "일": "day", "주일": "week", "주": "week", "개월": "month", "달": "month", "년": "year",
    "해": "year",
}  # fmt: skip


def temporal_expressions(text: str, clock: ReferenceTime) -> list[TemporalExpression]:
    """All explicit temporal expressions of a text in its order; none overlap."""
    taken: list[TemporalExpression] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            groups = {k: v.casefold() for k, v in match.groupdict().items() if v}
            if period := resolve(groups, clock):
                guessed = not groups.keys() & {"year", "rel", "of_rel", "ko_rel"} and (
                    groups.keys() & {"month", "m", "holiday"} != set()
                )
                start = match.start("at" if "at" in pattern.groupindex else 0)
                taken.append(TemporalExpression(start, match.end(), period, guessed))
    return sorted(taken, key=lambda t: t.start)


def resolve(groups: Mapping[str, str], clock: ReferenceTime) -> Period | None:
    """The period that the groups of a match name; None if there is no such day."""
    try:
        return _relative(groups, clock) or _dated(groups, clock)
    except (ValueError, OverflowError):
        return None


def _relative(groups: Mapping[str, str], clock: ReferenceTime) -> Period | None:
    today = clock.today
    if word := groups.get("day_word") or groups.get("ko_rel", "").replace(" ", ""):
        if "weekend" in word:
            monday = today - timedelta(today.weekday() + (7 if "last" in word else 0))
            return monday + timedelta(5), monday + timedelta(6)
        if word in KO_STEPS and not groups.keys() & {"m", "q", "season", "holiday"}:
            return whole_unit(today, *KO_STEPS[word])
        if word in DAY_WORDS or "day_word" in groups:
            first, last = DAY_WORDS.get(word, (0, 0))
            return today - timedelta(first), today - timedelta(last)
    if weekday := groups.get("weekday"):
        return _weekday(EN["weekdays"].index(weekday), groups.get("rel", ""), today)
    return _counted(groups, today)


def _counted(groups: Mapping[str, str], today: date) -> Period | None:
    if unit := groups.get("past_unit") or KO_UNITS.get(groups.get("ko_past", "")):
        return subtract_units(today, parse_number(groups["n"]), unit), today
    if unit := groups.get("ago") or KO_UNITS.get(groups.get("ko_unit", "")):
        return approximate_period(subtract_units(today, parse_number(groups["n"]), unit), unit)
    if unit := groups.get("unit"):
        turn = groups["rel"].removeprefix("the ")
        if turn in ("past", "earlier this"):
            return (
                subtract_units(today, 1, unit) if turn == "past" else whole_unit(today, unit, 0)[0]
            ), today
        return whole_unit(today, unit, TURNS.get(turn, 0))
    return None


def _dated(groups: Mapping[str, str], clock: ReferenceTime) -> Period | None:
    year = _year(groups, clock)
    if season := groups.get("season"):
        first = {**EN["seasons"], **KO["seasons"]}[season]
        return _nearest(year, clock, lambda y: month_span(y, first, 3))
    if holiday := groups.get("holiday"):
        month, day = {**EN["holidays"], **KO["holidays"]}[holiday]
        return _nearest(year, clock, lambda y: (date(y, month, day),) * 2)
    month = int(groups.get("m") or NAMES.get(groups.get("month", "").rstrip("."), 0))
    if not month:
        return _of_year(groups, year, clock.today.year)
    if day := int(groups.get("day", 0)):
        last = max(day, int(groups.get("day2", day)))
        return _nearest(year, clock, lambda y: (date(y, month, day), date(y, month, last)))
    return _nearest(year, clock, lambda y: month_span(y, month, 1))


def _of_year(groups: Mapping[str, str], year: int | None, this: int) -> Period | None:
    """A quarter, a half, or all of a year."""
    quarter = int(groups.get("q") or EN["ordinals"].get(groups.get("ordinal", ""), 0))
    if quarter:
        return month_span(year or this, 3 * (quarter if quarter > 0 else 4) - 2, 3)
    if half := groups.get("half"):
        return month_span(year or this, 6 * int(half) - 5, 6)
    return month_span(year, 1, 12) if year else None


def _year(groups: Mapping[str, str], clock: ReferenceTime) -> int | None:
    if year := groups.get("year"):
        return int(year)
    if word := groups.get("ko_rel", "").replace(" ", ""):
        return clock.today.year + KO_STEPS[word][1]
    if turn := groups.get("of_rel", "").removeprefix("the "):
        return clock.today.year + TURNS.get(turn, 0)
    turn = groups.get("rel", "").removeprefix("the ")
    if turn and (month := NAMES.get(groups.get("month", ""))):
        passed = month < clock.today.month or (month == clock.today.month and turn == "this")
        if turn == "next":
            return clock.today.year + (1 if passed or month == clock.today.month else 0)
        return clock.today.year - (0 if passed or turn == "this" else 1)
    return clock.today.year + TURNS.get(turn, 0) if turn else clock.year


def _nearest(year: int | None, clock: ReferenceTime, at: Any) -> Period:
    if year is not None:
        period: Period = at(year)
        return period
    ahead = 0 if clock.past else FAR_AHEAD if clock.future else AHEAD
    for guess in (clock.today.year + 1, clock.today.year, clock.today.year - 1):
        try:
            period = at(guess)
        except ValueError:
            continue
        if (period[0] - clock.today).days <= ahead:
            return period
    raise ValueError("there is no such day")


def _weekday(index: int, turn: str, today: date) -> Period:
    away = (today.weekday() - index) % 7
    if turn == "next":
        away -= 7
    elif turn == "this":
        away = today.weekday() - index
    elif turn == "last" and away == 0:
        away = 7
    return (today - timedelta(away),) * 2


def parse_number(word: str) -> int:
    """A count in digits or in words; 0 if it is no known number."""
    if word.isdecimal():
        return min(int(word), 10_000)
    return int({**EN["numbers"], **KO["numbers"]}.get(word, 0))


def with_year(
    expression: TemporalExpression, text: str, clock: ReferenceTime, year: int
) -> TemporalExpression:
    """The same expression with a year that was named beside it."""
    again = temporal_expressions(
        "in " + text[expression.start : expression.end], replace(clock, year=year)
    )
    return replace(expression, period=again[0].period) if again else expression
