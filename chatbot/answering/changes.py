"""Conflicting sentences: changed values, differing reports, and false presuppositions.

A value that other articles give differently is set beside theirs: an older one as what was
before, a newer one as what came since, one of the same days as reported differently. A question
that presupposes an amount or a direction ("raised") which no article supports is answered with
the sentence that contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from chatbot.language.quantities import Quantity, quantities
from chatbot.reading.answer_spans import answer_spans
from chatbot.reading.candidates import Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.values import Kind, Query
from chatbot.verification.polarity import antonym_pairs
from vectorstore import Hit, question_terms, terms

AMENDS = re.compile(
    r"\b(?:amend(?:s|ed|ing|ment)?|replac(?:es|ed|ing)|supersed(?:es|ed|ing)|modif(?:ies|ied|ying)"
    r"|revis(?:es|ed|ing)|chang(?:es|ed|ing)|rais(?:es|ed|ing)|lower(?:s|ed|ing)|cuts?|cutting"
    r"|increas(?:es|ed|ing)|reduc(?:es|ed|ing)|doubl(?:es|ed|ing)|instead of|rather than"
    r"|no longer|down from|up from)\b|개정|변경|대체|수정|인상|인하|낮췄|올렸",
    re.IGNORECASE,
)
"""How a sentence says that it puts one amount in another's place."""

IN_COMMON = 2
"""Words that a sentence and the one that amends it have in common at least."""

LAST_DAY_OF_MONTH = 31
"""The largest plain number that may be a day of a month."""

SAME_DAYS = 3
"""Days within which reports that differ are of the same time."""

SAME_TOPIC_OVERLAP = 0.4
"""Share of words, numbers apart, from which two sentences are about the same amount."""

PREMISE_COVERAGE = 0.6
"""Share of a question's terms that a sentence must have to contradict what it takes for
granted."""

WHY_PREMISE_COVERAGE = 0.3
"""The same where a question asks why something is so."""

PRESUPPOSING: frozenset[Kind] = frozenset({"why", "yes or no"})
"""Kinds of questions that take something for granted, or ask whether it is so."""

TOP_CANDIDATES = 5
"""Sentences among which, the likeliest first, such a one must be."""

AMOUNT_CANDIDATES = 40
"""Sentences, the likeliest first, in which an amount that a question names is looked for."""


def publication_day(hit: Hit) -> date:
    """The day on which a hit's article was published; the first of all days if unknown."""
    published = hit.article.published
    return published.day if published else date.min


def stated_amount(query: Query, candidate: Candidate) -> Quantity | None:
    """The amount that a candidate states for a "how much" question; None if it has none."""
    if "how much" not in query.kinds:
        return None
    text = candidate.sentence.text
    best = next(iter(answer_spans("how much", query.question, text)), None)
    if best is None or best.type_match < 0.8:
        return None
    return next((q for q in quantities(text) if q.start == best.start), None)


def differing_values(
    query: Query, first: Candidate, others: Sequence[Candidate]
) -> list[tuple[str, Candidate]]:
    """Candidates with another value of the first one's amount: (relation, candidate).

    The relation is "before", "since" or "differs". There is at most one of each, the nearest in
    time, and all are of other articles than the first.
    """
    value = stated_amount(query, first)
    if value is None:
        return []
    found: dict[str, Candidate] = {}
    for other in others:
        theirs = stated_amount(query, other)
        if (
            theirs is None
            or theirs.agrees(value)
            or theirs.unit != value.unit
            or other.hit.article.id == first.hit.article.id
            or date.min in (publication_day(other.hit), publication_day(first.hit))
            or not _same_topic(first, other)
        ):
            continue
        kind = _relation(first.hit, other.hit)
        if kind and (kind not in found or _days(first, other) < _days(first, found[kind])):
            found[kind] = other
    return sorted(found.items(), key=lambda kv: publication_day(kv[1].hit))


def amending_candidate(first: Candidate, ranked: Sequence[Candidate]) -> Candidate | None:
    """The newest later candidate that amends an amount of the first one; None if there is none.

    It says that it amends, has the number that it replaces, and shares words with the first.
    """
    numbers = _numbers(first.sentence.text)
    later = [
        w
        for w in ranked[:AMOUNT_CANDIDATES]
        if publication_day(w.hit) > publication_day(first.hit) > date.min
        and AMENDS.search(w.sentence.text)
        and numbers & _numbers(w.sentence.text)
        and len(_numbers(w.sentence.text)) > 1
        and len({t for t in first.terms & w.terms if t.isalpha()}) >= IN_COMMON
    ]
    return max(later, key=lambda w: publication_day(w.hit), default=None)


def _numbers(text: str) -> frozenset[str]:
    """The numbers of a text but years and days of a month."""
    found = re.findall(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])", text)
    return frozenset(
        n
        for n in found
        if "." in n or "," in n or (not 0 < int(n) <= LAST_DAY_OF_MONTH and len(n) != 4)
    )


def contradicting_candidate(
    query_terms: QueryTerms, ranked: Sequence[Candidate]
) -> Candidate | None:
    """The candidate that contradicts what the question presupposes; None if there is none.

    Only a question that asks why, or whether, is taken to presuppose something: of others on the
    questions of docs/answers.md four were contradicted, each wrongly.
    """
    if PRESUPPOSING.isdisjoint(query_terms.query.kinds):
        return None
    return _contradicting_amount(query_terms, ranked) or _contradicting_direction(
        query_terms, ranked
    )


def _contradicting_amount(query_terms: QueryTerms, ranked: Sequence[Candidate]) -> Candidate | None:
    """A sentence about the question's matter with another amount than the question's, which
    none has. "Why …" takes for granted what it says, so fewer common words will do there."""
    amounts = frozenset(t for q in quantities(query_terms.query.text) for t in terms(q.text))
    why = "why" in query_terms.query.kinds
    near = [
        (place, w)
        for place, w in enumerate(ranked[:AMOUNT_CANDIDATES])
        if query_terms.coverage(w.context_terms, amounts)
        >= (WHY_PREMISE_COVERAGE if why else PREMISE_COVERAGE)
    ]
    for claimed in query_terms.amounts:
        quantified = [(place, w, quantities(w.sentence.text)) for place, w in near]
        if any(claimed.agrees(q) for _, _, found in quantified for q in found):
            continue
        for place, candidate, found in quantified:
            other = any(q.unit == claimed.unit and _same_magnitude(q, claimed) for q in found)
            if other and (place < TOP_CANDIDATES or not why):
                return candidate
    return None


def _contradicting_direction(
    query_terms: QueryTerms, ranked: Sequence[Candidate]
) -> Candidate | None:
    """A sentence with the question's names that says "lowered" where the question says "raised",
    and no other does."""
    question = query_terms.query.text
    near = [
        w
        for w in ranked[:AMOUNT_CANDIDATES]
        if query_terms.coverage(query_terms.matched(w.terms)) >= PREMISE_COVERAGE
        and w.sentence_name_coverage == 1
    ]
    for candidate in near[:3]:
        turned = list(antonym_pairs(question, candidate.sentence.text))
        said = {t for word, _ in turned for t in question_terms(word)}
        if turned and not any(said & w.terms for w in near[:6]):
            return candidate
    return None


def _same_magnitude(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers are of one order, so that they may be about the same."""
    a, b = one.values[0], other.values[0]
    return a > 0 and b > 0 and 0.05 <= a / b <= 20


def _relation(first: Hit, other: Hit) -> str:
    apart = (publication_day(other) - publication_day(first)).days
    if abs(apart) > SAME_DAYS:
        return "since" if apart > 0 else "before"
    return "differs" if other.article.outlet != first.article.outlet else ""


def _days(one: Candidate, other: Candidate) -> int:
    return abs((publication_day(one.hit) - publication_day(other.hit)).days)


def _same_topic(one: Candidate, other: Candidate) -> bool:
    a, b = (frozenset(t for t in w.terms if not t[0].isdigit()) for w in (one, other))
    return len(a & b) >= SAME_TOPIC_OVERLAP * max(1, min(len(a), len(b)))
