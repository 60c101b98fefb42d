"""Time mentions: temporal expressions together with the words that modify them.

What `temporal_expressions` finds is narrowed ("the end of", "말"), joined to a range ("between …
and …", "부터 … 까지"), moved ("the week before", "a year later") or opened on one side ("since",
"until", "after"). The result is a `TimeMention` with its period and its role in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from chatbot.language.calendar import Period, part_of_period, subtract_units, whole_unit
from chatbot.language.temporal_expressions import (
    ReferenceTime,
    TemporalExpression,
    parse_number,
    temporal_expressions,
    with_year,
)
from chatbot.language.temporal_patterns import COUNT, EN, KO, any_of
from chatbot.language.temporal_roles import (
    LEFT_ROLES,
    RIGHT_ROLES,
    UNIT_SIDE,
    Role,
    adjacent_period,
    open_period,
)

LEFT_PART = re.compile(rf"\b(?P<part>{any_of(EN['parts'])})[ -]?(?:of )?(?:the )?$", re.IGNORECASE)
RIGHT_PART = re.compile(rf"^(?:의)? ?(?P<part>{any_of(KO['parts'])})(?![가-힣]*(?:씀|했))")
BETWEEN = re.compile(r"^ ?(?:and|to|until|till|through|up to|–|—|-|~|∼) ?(?:the )?$", re.IGNORECASE)
FROM = re.compile(r"\b(?:between|from)(?: the)? ?$", re.IGNORECASE)
KO_FROM = re.compile(r"^ ?(?:부터|에서|~|∼|-) ?$")
SAME = re.compile(r"\b(?:that|the same) (?P<unit>day|week|month|quarter|year)\b", re.IGNORECASE)
LATER = re.compile(
    rf"\b{COUNT} (?P<unit>day|week|month|year)s? (?P<side>later|after that|earlier|before that)\b"
    r"|\b(?:the )?(?P<next>following|next|previous|preceding) (?P<unit2>day|week|month|year)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A period as the question means it, its role ("in", "since", "as of", …) and its words."""

    period: Period
    role: Role
    words: str
    start: int


def time_mentions(text: str, today: date, *, past: bool = False) -> list[TimeMention]:
    """The time mentions of a text in its order, without events.

    With `past` a date without a year is taken as one that has been.
    """
    future = re.search(rf"\b(?:{EN['future']})\b|{KO['future']}", text, re.IGNORECASE)
    clock = ReferenceTime(today, past=past, future=bool(future))
    dates = _anaphora(
        text,
        _years(text, _parts(text, temporal_expressions(text, clock)), clock),
        today,
    )
    joined, at = [], 0
    while at < len(dates):
        one, two = dates[at], dates[at + 1] if at + 1 < len(dates) else None
        if two and (range_ := _range(text, one, two)):
            joined.append(range_)
            at += 2
        else:
            joined.append(_time_mention(text, one, today))
            at += 1
    return sorted(joined, key=lambda s: s.start)


def _parts(text: str, found: Iterable[TemporalExpression]) -> list[TemporalExpression]:
    """The expressions narrowed by words beside them, without those that are such a word: in "the
    last week of October" there is no "last week"."""
    narrowed = [_part(text, one) for one in found]
    return [
        one
        for one in narrowed
        if not any(o.start <= one.start and one.end < o.end for o in narrowed if o is not one)
    ]


def _part(text: str, expression: TemporalExpression) -> TemporalExpression:
    """Narrowed by a word beside it: "late July", "7월 말", "the end of last year"."""
    if match := LEFT_PART.search(text[: expression.start]):
        part = EN["parts"][match["part"].casefold()]
        return replace(
            expression, start=match.start(), period=part_of_period(expression.period, part)
        )
    if match := RIGHT_PART.match(text[expression.end :]):
        part = KO["parts"][match["part"]]
        return replace(
            expression,
            end=expression.end + match.end(),
            period=part_of_period(expression.period, part),
        )
    return expression


def _years(
    text: str, dates: list[TemporalExpression], clock: ReferenceTime
) -> list[TemporalExpression]:
    """Guessed years become the year of the date that follows at once, or that came before."""
    done: list[TemporalExpression] = []
    for at, expression in enumerate(dates):
        if expression.guessed:
            after = dates[at + 1] if at + 1 < len(dates) else None
            close = after and len(text[expression.end : after.start]) <= 14
            if after and close and not after.guessed:
                year = after.period[0].year
                same = with_year(expression, text, clock, year)
                early = same.period[0] > after.period[1]
                dated = with_year(expression, text, clock, year - 1) if early else same
                done.append(_part(text, dated))
                continue
            if before := [d for d in done if not d.guessed]:
                year = before[-1].period[1].year
                done.append(_part(text, with_year(expression, text, clock, year)))
                continue
        done.append(expression)
    return done


def _anaphora(text: str, dates: list[TemporalExpression], today: date) -> list[TemporalExpression]:
    """With "that month" and "a year later", which count from the date before them."""
    for match in [*SAME.finditer(text), *LATER.finditer(text)]:
        before = [d for d in dates if d.end <= match.start()]
        if not before or any(d.start < match.end() and match.start() < d.end for d in dates):
            continue
        try:
            period = _counted_from(match, before[-1].period)
        except (ValueError, OverflowError):  # before the calendar begins, or after its end
            continue
        dates = [*dates, _part(text, TemporalExpression(match.start(), match.end(), period))]
    return sorted(dates, key=lambda d: d.start)


def _counted_from(match: re.Match[str], period: Period) -> Period:
    """The period that a match of SAME or LATER makes of the one before it."""
    groups = {k: v.casefold() for k, v in match.groupdict().items() if v}
    start, end = period
    if not groups.keys() & {"next", "side"}:
        return whole_unit(start, groups["unit"], 0)
    unit = groups.get("unit2") or groups["unit"]
    count = parse_number(groups.get("n", "1")) or 1
    if (groups.get("next") or groups["side"]) in ("following", "next", "later", "after that"):
        count = -count
    return subtract_units(start, count, unit), subtract_units(end, count, unit)


def _range(text: str, one: TemporalExpression, two: TemporalExpression) -> TimeMention | None:
    """ "between X and Y", "from X to Y", "X – Y", "X부터 Y까지" as one period."""
    gap = text[one.end : two.start]
    korean = KO_FROM.match(gap) and text[two.end :].lstrip().startswith(("까지", "사이"))
    begun = FROM.search(text[: one.start])
    dash = gap.strip() in "–—-~∼" and gap.strip()
    if not korean and not (BETWEEN.match(gap) and (begun or dash or "throug" in gap)):
        return None
    period = one.period[0], two.period[1]
    if period[1] < period[0]:
        return None
    start = begun.start() if begun else one.start
    return TimeMention(period, "in", text[start : two.end], start)


def _time_mention(text: str, expression: TemporalExpression, today: date) -> TimeMention:
    """A date with the word that says how it is meant."""
    left, right = text[: expression.start], text[expression.end :]
    if match := UNIT_SIDE.search(left):
        return TimeMention(
            adjacent_period(match, expression.period),
            "in",
            text[match.start() : expression.end],
            match.start(),
        )
    for role, pattern in LEFT_ROLES.items():
        if match := pattern.search(left):
            said = text[match.start() : expression.end]
            return TimeMention(
                open_period(role, expression.period, today), role, said, expression.start
            )
    for role, pattern in RIGHT_ROLES.items():
        if match := pattern.match(right):
            said = text[expression.start : expression.end + match.end()]
            return TimeMention(
                open_period(role, expression.period, today), role, said, expression.start
            )
    return TimeMention(
        expression.period, "in", text[expression.start : expression.end], expression.start
    )
