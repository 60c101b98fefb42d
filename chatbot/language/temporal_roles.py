"""Roles of dates: the words beside a date that say how it is meant ("since", "before", "까지").

A role makes another period of the one that is named: one that is open on one side, or one that
lies beside it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal, cast

from chatbot.language.calendar import Period, subtract_units
from chatbot.language.temporal_expressions import parse_number
from chatbot.language.temporal_patterns import COUNT

Role = Literal["in", "since", "until", "before", "after", "as of", "as of before"]
"""How a date is meant; "as of" and "as of before" limit what may have been known."""

UNIT_SIDE = re.compile(
    rf"\b(?:(?:(?:the )?{COUNT} )?(?P<unit>day|week|month|year)s?|just|shortly|right"
    r"|immediately|soon) (?P<side>before|after|preceding|following|prior to|ahead of"
    r"|leading up to)(?: the)? ?$",
    re.IGNORECASE,
)
LEFT_ROLES: dict[Role, re.Pattern[str]] = {
    role: re.compile(pattern + r"(?: the)?(?: (?:day|date) of)? ?$", re.IGNORECASE)
    for role, pattern in cast(
        "tuple[tuple[Role, str], ...]",
        (
            ("as of before", r"\bknown\b[^.?!]*?\b(?:before|prior to|ahead of)"),
            ("as of", r"\bas (?:of|at)|\bknown\b[^.?!]*?\b(?:on|by|in|at|as of|until)"),
            ("since", r"\b(?:since|from|starting|beginning|ever since)"),
            ("until", r"\b(?:until|till|through|by|up to|no later than)"),
            ("before", r"\b(?:before|prior to|ahead of|leading up to|earlier than)"),
            ("after", r"\b(?:after|following|later than|in the wake of)"),
        ),
    )
}
RIGHT_ROLES: dict[Role, re.Pattern[str]] = {
    role: re.compile(pattern)
    for role, pattern in cast(
        "tuple[tuple[Role, str], ...]",
        (
            ("as of", r"^ ?(?:에 ?)?(?:기준|현재|당시|시점)"),
            ("since", r"^ ?(?:부터|이래|이후)"),
            ("until", r"^ ?까지"),
            ("before", r"^ ?(?:이전|전에)"),
            ("after", r"^ ?(?:뒤|후에)"),
        ),
    )
}

BEFORE_DAYS = 30
"""Days that "before X" reaches back."""

AFTER_DAYS = 90
"""Days that "after X" reaches on."""


def adjacent_period(match: re.Match[str], period: Period) -> Period:
    """The period beside another one: "the week before", "two days after", "shortly after".

    The other one itself where the calendar does not reach so far.
    """
    unit = (match["unit"] or "week").casefold()
    count = parse_number((match["n"] or "1").casefold()) or 1
    try:
        if match["side"].casefold() in ("after", "following"):
            return period[1] + timedelta(1), subtract_units(period[1], -count, unit)
        return subtract_units(period[0], count, unit), period[0] - timedelta(1)
    except (ValueError, OverflowError):
        return period


def open_period(role: Role, period: Period, today: date) -> Period:
    """The period that a role such as "since" or "before" makes of a period; that one itself
    where the calendar does not reach so far."""
    start, end = period
    try:
        if role == "since":
            return start, max(today, start)
        if role in ("before", "as of before"):
            return start - timedelta(BEFORE_DAYS), start - timedelta(1)
        if role == "after":
            return end, max(end, min(today, end + timedelta(AFTER_DAYS)))
    except OverflowError:
        return period
    return period
