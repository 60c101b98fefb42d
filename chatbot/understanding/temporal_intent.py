"""Temporal intent of a question: its periods, its as-of day, and its preference for recency.

A period that is named never hides an article, because what happened in July is also told in
August; the search moves up what was published in the period or soon after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from chatbot.language.calendar import Period
from chatbot.language.periods import TimeMention, time_mentions
from chatbot.language.temporal_expressions import ReferenceTime, temporal_expressions
from chatbot.language.temporal_patterns import EN, KO
from chatbot.understanding.event_dates import EventLookup, with_event_periods

NOW = re.compile(rf"\b(?:{EN['now']})|{KO['now']}", re.IGNORECASE)
HISTORY = re.compile(rf"\b(?:{EN['history']})\b|{KO['history']}", re.IGNORECASE)


AS_OF = ("as of", "as of before")
"""Roles of a day that limits what may be known."""


def resolved_time_mentions(
    question: str, today: date, *, past: bool = False, events: EventLookup | None = None
) -> list[TimeMention]:
    """The time mentions of a question in its order; events are looked up with `events`."""
    dates = time_mentions(question, today, past=past)
    if events:
        dates = with_event_periods(question, dates, today, events)
    return sorted(dates, key=lambda s: s.start)


def periods(question: str, today: date) -> list[Period]:
    """The periods that a question names, in its order."""
    return mentioned_periods(resolved_time_mentions(question, today))


def mentioned_periods(mentions: Sequence[TimeMention]) -> list[Period]:
    """The periods of time mentions; an as-of day is a limit and does not count."""
    return [s.period for s in mentions if s.role not in AS_OF]


def asks_for_now(question: str) -> bool:
    """Whether a question asks about the present: "now", "currently", "latest", …."""
    return bool(NOW.search(question))


def recency_preference(
    question: str, named_periods: Sequence[Period]
) -> Literal["strong", "weak", "none"]:
    """How much newer passages are preferred.

    "strong" for a question about now, "none" for one that names a period or asks how
    something was at first, else "weak".
    """
    if asks_for_now(question):
        return "strong"
    return "none" if named_periods or HISTORY.search(question) else "weak"


def as_of_day(question: str, today: date, events: EventLookup | None = None) -> date | None:
    """The as-of day of a question, the last day of what may be known; None if it has none.

    Examples are "as of March 2025" and "what was known on 3 March".
    """
    said = resolved_time_mentions(question, today, past=True, events=events)
    return next((s.period[1] for s in said if s.role in AS_OF), None)


def without_dates(text: str, today: date) -> str:
    """A question without its temporal expressions."""
    for one in reversed(temporal_expressions(text, ReferenceTime(today))):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text
