"""Selection of the candidates that are quoted, and their order.

Duplicates are left out; a period that is named restricts them, and a question about now prefers
the newest. The reason beside an announcement is added, and so are values that differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.changes import amending_candidate, differing_values, publication_day
from chatbot.language.calendar import Period
from chatbot.language.dates import PartialDate, dates
from chatbot.reading.candidates import Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.understanding.generic_terms import without_generic_terms
from chatbot.values import Query
from vectorstore import question_terms

NEAR_BEST = 0.45
"""A further sentence must be this likely, beside the best one."""

NOW_SHARE = 0.15
"""The same for a question about now, where a newer sentence tells more than a likelier one."""

TOPIC_COVERAGE = 0.6
"""Share of a question's words, by rarity, that a passage of the period it names has at least."""

DUPLICATE_OVERLAP = 0.6
"""Share of common terms from which two sentences say the same."""

REASON_DISTANCE = 300
"""Characters at most between a sentence that announces and the one that says why."""

LabelledCandidate = tuple[str, Candidate]
"""A sentence, and the label that it stands under: "", "otherwise", "before", …"""


def in_period(
    query_terms: QueryTerms, ranked: Sequence[Candidate], period: Period
) -> list[Candidate]:
    """The candidates of a period's articles that are about the topic and not of another time."""
    text = query_terms.query.text
    asking = {*question_terms(text)} - {*question_terms(without_generic_terms(text))}
    first, last = period
    return [
        w
        for w in ranked
        if first <= publication_day(w.hit) <= last
        and w.name_coverage == 1
        and query_terms.coverage(w.context_terms, asking) >= TOPIC_COVERAGE
        and mentions_period(w.sentence.text, period)
    ]


def mentions_period(text: str, period: Period) -> bool:
    """Whether a sentence names no month, or one of the period."""
    named_days = [d for d in dates(text) if d.month]
    return not named_days or any(_falls_in(d, period) for d in named_days)


def _falls_in(day: PartialDate, period: Period) -> bool:
    """Whether a date lies in a period as far as it is told; without a year, in any of its years."""
    first, last = period
    if day.exact:
        return first <= day.exact <= last
    years = [day.year] if day.year else range(first.year, last.year + 1)
    months = [(year, day.month or 0) for year in years]
    return any((first.year, first.month) <= m <= (last.year, last.month) for m in months)


def with_changes(
    query: Query, chosen: Sequence[Candidate], ranked: Sequence[Candidate], most: int
) -> list[LabelledCandidate]:
    """The chosen candidates with labels, and those with another value of the amount.

    If a later candidate amends the first, it comes first itself.
    """
    first = chosen[0]
    if not query.periods and (now := amending_candidate(first, ranked)):
        others: list[LabelledCandidate] = [("", w) for w in chosen[1:] if w is not now]
        return [("", now), ("before", first), *others][:most]
    likely = [w for w in ranked if w.weight >= NEAR_BEST * ranked[0].weight]
    differing = differing_values(query, first, likely)
    labelled = {id(w) for _, w in differing}
    rest: list[LabelledCandidate] = [("", w) for w in chosen[1:] if id(w) not in labelled]
    return [("", first), *differing, *rest][:most]


def with_reason(
    query: Query, chosen: Sequence[Candidate], ranked: Sequence[Candidate]
) -> list[Candidate]:
    """The chosen candidates, with the reason that is asked for next to the announcement.

    It is looked for in the same article, near the first candidate.
    """
    first, *rest = chosen
    if query.kind not in ("why", "how") or first.type_match == 1:
        return list(chosen)
    beside = [
        w
        for w in ranked
        if w.type_match == 1
        and w.hit.article.id == first.hit.article.id
        and _apart(w, first) <= REASON_DISTANCE
    ]
    nearest = min(beside, key=lambda w: _apart(w, first), default=None)
    return [first, *([nearest] if nearest else []), *(w for w in rest if w is not nearest)]


def _apart(one: Candidate, other: Candidate) -> int:
    """Characters between two sentences of an article."""
    a, b = sorted((one.sentence, other.sentence), key=lambda s: s.start)
    return b.start - a.end


def newest(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that answer about as well as the best, newest first, for questions about now."""
    best = ranked[0]
    same = [
        w
        for w in ranked
        if w.weight >= NOW_SHARE * best.weight
        and w.likelihood >= NOW_SHARE * best.likelihood
        and w.type_match >= best.type_match
    ]
    latest = sorted(same, key=lambda w: publication_day(w.hit), reverse=True)
    return [replace(w, weight=best.weight) for w in latest]


def deduplicate(ranked: Sequence[Candidate], most: int, share: float) -> list[Candidate]:
    """The likeliest candidates that do not repeat one another, at most `most`."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == most or candidate.weight < share * ranked[0].weight:
            break
        if all(term_overlap(candidate, other) < DUPLICATE_OVERLAP for other in chosen):
            chosen.append(candidate)
    return chosen


def term_overlap(one: Candidate, other: Candidate) -> float:
    """The share of the shorter sentence's terms that both sentences have."""
    return len(one.terms & other.terms) / max(1, min(len(one.terms), len(other.terms)))
