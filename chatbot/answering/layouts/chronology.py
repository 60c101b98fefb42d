"""Timelines, changes and news: dated sentences in the order of their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from chatbot.answering.changes import publication_day
from chatbot.answering.layouts import candidates
from chatbot.answering.quotation import quote
from chatbot.language.phrases import long_date, phrases
from chatbot.reading.candidates import Candidate
from chatbot.understanding.notes import period_text
from chatbot.values import SHORT, Answer, Claim, Length, Query
from vectorstore import Archive, Hit

STEPS: dict[Length, int] = {"short": SHORT, "normal": 8, "long": 16}
"""Steps of a timeline at most, by the length that is wanted."""

NEWS: dict[Length, int] = {"short": SHORT, "normal": 5, "long": 10}

LATEST = 3
"""Articles that are told where a period has none."""

LATELY = 45
"""Days, back from the newest article about a matter, that its news are of."""


def timeline(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The events of a topic, or the steps of a change, in the order of their days."""
    found = _dated(candidates.answer_candidates(archive, query, hits))
    if query.periods:
        first, last = query.periods[0][0], query.periods[-1][1]
        found = [w for w in found if first <= publication_day(w.hit) <= last] or found
    if len(found) < 2:
        return
    for w in candidates.sort_by_day(candidates.diversify(archive, found, STEPS[query.length])):
        yield Answer(claims=(dated_claim(w, query.language),))


def news(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The newest sentences about a topic, the newest first.

    If a period that is named has none, it says so and gives the newest that there are.
    """
    timeless = replace(query, periods=())  # what is of no period is told, too, if none is of it
    found = _dated(candidates.answer_candidates(archive, timeless, hits))
    newest = candidates.sort_by_day(found, newest=True)
    if not newest:
        return
    if query.periods:
        first, last = query.periods[0][0], query.periods[-1][1]
        inside = [w for w in newest if first <= publication_day(w.hit) <= last]
        if not inside:
            texts = phrases(query.language)["requests"]
            period = period_text((first, last), query.language)
            yield Answer(message=texts["nothing_in"].format(period=period))
        newest = inside or newest[:LATEST]
    else:
        since = publication_day(newest[0].hit) - timedelta(LATELY)
        lately = [w for w in newest if publication_day(w.hit) >= since]
        newest = lately if len(lately) >= LATEST else newest[:LATEST]
    for w in candidates.diversify(archive, newest, NEWS[query.length]):
        yield Answer(claims=(dated_claim(w, query.language),))


def _dated(found: Sequence[Candidate]) -> list[Candidate]:
    return [w for w in found if w.hit.article.published]


def dated_claim(candidate: Candidate, language: str) -> Claim:
    """A candidate as a claim after the day of its article."""
    claim = quote(candidate, language, without=("day",))
    return replace(claim, lead=long_date(publication_day(candidate.hit), language))
