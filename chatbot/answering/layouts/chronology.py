"""Timelines, changes and news: dated sentences in the order of their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from chatbot.answering.changes import publication_day
from chatbot.answering.layouts import candidates
from chatbot.answering.quotation import quote
from chatbot.language.phrases import long_date, phrases
from chatbot.language.quantities import quantities
from chatbot.reading.candidates import Candidate
from chatbot.understanding.notes import period_text
from chatbot.values import SHORT, Answer, Claim, Length, Query
from vectorstore import Archive, Hit

STEPS: dict[Length, int] = {"short": SHORT, "normal": 8, "long": 16}
"""Steps of a timeline at most, by the length that is wanted."""

NEWS: dict[Length, int] = {"short": SHORT, "normal": 5, "long": 10}

LATEST = 3
"""Articles that are told where a period has none."""

LIKELY = 0.06
"""How likely the sentence of a change must be, beside the likeliest."""

LATELY = 45
"""Days, back from the newest article about a matter, that its news are of."""


def timeline(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The events of a topic in the order of their days, a sentence for each story."""
    found = _dated(candidates.story_candidates(archive, query, hits))
    if query.periods:
        first, last = query.periods[0][0], query.periods[-1][1]
        found = [w for w in found if first <= publication_day(w.hit) <= last] or found
    yield from _steps(archive, query, found)


def changes(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The likeliest sentences about a change by day; those with amounts, if any have them."""
    ranked = _dated(candidates.read_candidates(archive, query, hits))
    if not ranked:
        return
    least = LIKELY * ranked[0].weight
    likely = candidates.deduplicate([w for w in ranked if w.weight >= least])
    with_amounts = [w for w in likely if any(q.unit for q in quantities(w.sentence.text))]
    yield from _steps(archive, query, with_amounts if len(with_amounts) > 1 else likely)


def news(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The newest sentences about a topic, the newest first.

    If a period that is named has none, it says so and gives the newest that there are.
    """
    newest = candidates.sort_by_day(
        _dated(candidates.story_candidates(archive, query, hits)), newest=True
    )
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


def _steps(archive: Archive, query: Query, ranked: Sequence[Candidate]) -> Iterator[Answer]:
    """The first of the ranked by their days; nothing where that is no course of events."""
    if len(ranked) < 2:
        return
    for w in candidates.sort_by_day(candidates.diversify(archive, ranked, STEPS[query.length])):
        yield Answer(claims=(dated_claim(w, query.language),))


def dated_claim(candidate: Candidate, language: str) -> Claim:
    """A candidate as a claim after the day of its article."""
    claim = quote(candidate, language, without=("day",))
    return replace(claim, lead=long_date(publication_day(candidate.hit), language))
