"""Time in questions: periods that are named, and whether the newest word is wanted.

A named period never hides an article, because what happened in July is also told in
August; it moves what was published in it, or soon after, upwards.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import exp
from typing import Literal

from chatbot.values import Query
from chatbot.wording import phrases
from vectorstore import Hit

Period = tuple[date, date]

MONTH_NAMES = [m.lower() for m in phrases("en")["months"]]
MONTH = "(?P<month>" + "|".join(f"{m}|{m[:3]}" for m in MONTH_NAMES) + r")\.?"
YEAR = r"(?P<year>20\d\d)"
NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>20\d\d)-(?P<m>\d\d?)-(?P<day>\d\d?)\b",
        rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)? {MONTH},? {YEAR}",
        rf"\b{MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? {YEAR}",
        rf"\b{MONTH},? (?:of )?{YEAR}",
        rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)? (?:of )?{MONTH}\b",
        rf"\b{MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?\b",
        rf"{YEAR}년 (?P<m>\d\d?)월(?: (?P<day>\d\d?)일)?",
        r"(?P<m>\d\d?)월 (?P<day>\d\d?)일",
        rf"\b{YEAR}(?:\b|년)",
    )
)
"""From the most exact form to a bare year; the first that fits is taken. A day without a
year is the one nearest to today, or the last one where only the past can be meant."""

RELATIVE = (
    (re.compile(r"\b(?:today|tonight)\b|오늘", re.IGNORECASE), 0, 0),
    (re.compile(r"\byesterday\b|어제", re.IGNORECASE), 1, 1),
    (re.compile(r"\bthis week\b|이번 ?주", re.IGNORECASE), 6, 0),
    (re.compile(r"\blast week\b|지난 ?주", re.IGNORECASE), 13, 1),
    (re.compile(r"\bthis month\b|이번 ?달", re.IGNORECASE), 30, 0),
    (re.compile(r"\blast month\b|지난 ?달", re.IGNORECASE), 60, 1),
)
"""Words, and how many days before today the period begins and ends."""

NOW = re.compile(
    r"\b(?:now|currently|current|today|these days|at present|at the moment|latest|newest"
    r"|most recent|so far|right now)\b|지금|현재|최근|요즘|최신",
    re.IGNORECASE,
)

AS_OF = re.compile(r"\bas (?:of|at)\b|\bknown\b[^.?!]*?\b(?:on|by|in)\b", re.IGNORECASE)
AS_OF_KO = re.compile(r"(?:일|월|년) ?(?:기준|현재|당시|시점)")
"""What makes of a named period the end of what may be known."""

AFTER = 14
"""Days after a period in which it is still reported on."""

HALF_A_YEAR = 183

FADE = 45.0
"""Days in which the weight of being near, in time, falls to a third."""

NAMED_WEIGHT, YEAR_WEIGHT, NOW_WEIGHT, PLAIN_WEIGHT = 0.2, 0.05, 0.2, 0.03
"""What time adds to a fused score of 0 to 1: for a named period, a bare year, a question
about now, and any other question. Chosen on eval/gold."""


def periods(question: str, today: date, *, past: bool = False) -> list[Period]:
    """The periods that a question names, in its order; none where it names none."""
    for pattern in NAMED:
        if found := [p for m in pattern.finditer(question) if (p := _period(m, today, past))]:
            return found
    return [
        (today - timedelta(days=first), today - timedelta(days=last))
        for pattern, first, last in RELATIVE
        if pattern.search(question)
    ]


def asks_for_now(question: str) -> bool:
    """Whether the newest word is wanted: "now", "currently", "latest", and so on."""
    return bool(NOW.search(question))


def recency_of(question: str, today: date) -> Literal["strong", "weak", "none"]:
    """How much newer passages are preferred: none of it where the question names a period."""
    if periods(question, today):
        return "none"
    return "strong" if asks_for_now(question) else "weak"


def said_as_of(question: str, today: date) -> date | None:
    """The last day of what may be known: "as of March 2025", "what was known on 3 March"."""
    if cue := AS_OF.search(question):
        named = periods(question[cue.start() :], today, past=True)
        return named[0][1] if named else None
    if cue := AS_OF_KO.search(question):
        named = periods(question[: cue.end()], today, past=True)
        return named[-1][1] if named else None
    return None


def timely(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in the order that their dates ask for, with that in their scores."""
    named = periods(query.question, query.today)
    days = [h.article.published.day for h in hits if h.article.published]
    newest = max(days, default=query.today)
    scored = [replace(h, score=h.score + _weight(query, named, h, newest)) for h in hits]
    return sorted(scored, key=lambda h: -h.score)


def _weight(query: Query, named: Sequence[Period], hit: Hit, newest: date) -> float:
    if hit.article.published is None:
        return 0.0
    day = hit.article.published.day
    if named:
        wide = all((end - start).days > 300 for start, end in named)
        near = max(_nearness(day, period) for period in named)
        return (YEAR_WEIGHT if wide else NAMED_WEIGHT) * near
    weight = NOW_WEIGHT if asks_for_now(query.question) else PLAIN_WEIGHT
    return weight * exp(-(newest - day).days / FADE)


def _nearness(day: date, period: Period) -> float:
    start, end = period[0], period[1] + timedelta(days=AFTER)
    away = max((start - day).days, (day - end).days, 0)
    return exp(-away / FADE)


def _period(match: re.Match[str], today: date, past: bool) -> Period | None:
    found = match.groupdict()
    year = int(found.get("year") or today.year)
    name = (found.get("month") or "").lower()[:3]
    number = found.get("m") or next(
        (i for i, m in enumerate(MONTH_NAMES, 1) if name and m.startswith(name)), None
    )
    if number is None:
        return date(year, 1, 1), date(year, 12, 31)
    month, day = int(number), found.get("day")
    try:
        if day:
            exact = date(year, month, int(day))
            ahead = 0 if past else HALF_A_YEAR
            if "year" not in found and (exact - today).days > ahead:
                exact = date(year - 1, month, int(day))
            return exact, exact
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None
