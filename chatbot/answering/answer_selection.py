"""Answer sentence selection: which candidates answer a question, in which order, or that none does.

For a question for a fact these are few and the likeliest come first; what happened in a period
is told by date, a sentence for each article.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.answering.changes import contradicting_candidate, publication_day
from chatbot.answering.selection import (
    NEAR_BEST,
    LabelledCandidate,
    deduplicate,
    in_period,
    newest,
    with_changes,
    with_reason,
)
from chatbot.reading.answerability import ABSTENTION_THRESHOLD, answerability
from chatbot.reading.candidates import Candidate, with_context
from chatbot.reading.event_triggers import lacks_event_trigger
from chatbot.reading.office_holders import requested_office
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.type_matching import has_answer_types
from chatbot.values import SHORT, Kind, Length, Query

CLAIM_LIMITS: dict[Kind, int] = {"list": 4, "latest": 4, "what happened": 6, "compare": 4}
CLAIM_LIMIT = 3
"""Claims of an answer at most, by what is asked for; and where that is nothing of these."""

EVENT_SHARE = 0.25
"""How likely, beside the best one, a further sentence must be in a list of what happened, where
each day adds something; NEAR_BEST holds for others."""

LENGTH_SHARES: dict[Length, float] = {"short": 1.0, "normal": 1.0, "long": 0.05}
"""How much of either is enough, by the length that is wanted."""

CONTRADICTION, WHY_CONTRADICTION = 0.02, 0.005
"""The likelihood from which a sentence that contradicts what the question takes for granted is
the answer, and the same where the question asks why that is so: the words of such a question are
less often the article's."""

TRIGGER_CANDIDATES = 5
"""Sentences, the likeliest first, of which one must have a trigger of the event asked about."""

SURE_LIKELIHOOD = 0.6
"""The likelihood from which an answer need not have what is asked for as far as patterns can tell
(an amount in the right unit, a date, a person, a place): those miss some ways to say it."""


def select_answer(query_terms: QueryTerms, ranked: Sequence[Candidate]) -> list[LabelledCandidate]:
    """The sentences of the answer in order with their labels; none if none is likely to answer."""
    query = query_terms.query
    own = in_period(query_terms, ranked, query.within) if query.within else []
    if own and not lacks_event_trigger(query.question, [with_context(w) for w in own]):
        return [("", w) for w in _events(query, own)]
    if not ranked:
        return []
    least = WHY_CONTRADICTION if query.kind == "why" else CONTRADICTION
    if (against := contradicting_candidate(query_terms, ranked)) and against.likelihood >= least:
        return [("otherwise", against)]
    first = [w.sentence.text for w in ranked[:CLAIM_LIMIT]]
    likelihood = _likelihood(query_terms, ranked)
    if likelihood < ABSTENTION_THRESHOLD or (
        likelihood < SURE_LIKELIHOOD and not has_answer_types(query, first)
    ):
        return []
    if query.kind == "what happened":
        return [("", w) for w in _events(query, ranked)]
    most, every = claim_limit(query, CLAIM_LIMITS.get(query.kind, CLAIM_LIMIT)), ranked
    if query.recency == "strong" or requested_office(query.question):
        ranked = newest(ranked)
    chosen = deduplicate(ranked, most, NEAR_BEST * LENGTH_SHARES[query.length])
    if not any(has_answer_types(query, [w.sentence.text]) for w in chosen):
        typed = [w for w in ranked[:CLAIM_LIMIT] if has_answer_types(query, [w.sentence.text])]
        chosen += typed[:1]
    chosen.sort(key=lambda w: not has_answer_types(query, [w.sentence.text]))
    chosen = with_reason(query, chosen, ranked)
    return with_changes(query, chosen, every, most)


def select_unquoted(query: Query, ranked: Sequence[Candidate]) -> list[LabelledCandidate]:
    """For "what else does it say?": the candidates nearest to the question, in the order in which
    they stand in their article. `ranked` has none that was quoted before."""
    chosen = deduplicate(ranked, claim_limit(query, CLAIM_LIMIT), 0.0)
    return [("", w) for w in sorted(chosen, key=lambda w: w.sentence.start)]


def claim_limit(query: Query, normal: int) -> int:
    """Claims of an answer at most, by the length that is wanted: `normal`, or twice as many for a
    long answer, or SHORT for a short one."""
    return {"short": min(SHORT, normal), "long": 2 * normal}.get(query.length, normal)


def _likelihood(query_terms: QueryTerms, ranked: Sequence[Candidate]) -> float:
    """How likely the archive holds the answer; 0 if none of the first candidates tells of the
    event that the question asks about."""
    first = ranked[:TRIGGER_CANDIDATES]
    best_coverage = max(w.sentence_name_coverage for w in first)
    if lacks_event_trigger(
        query_terms.query.question,
        [with_context(w) for w in first if w.sentence_name_coverage == best_coverage],
    ):
        return 0.0
    return answerability(query_terms, ranked)


def _events(query: Query, ranked: Sequence[Candidate]) -> list[Candidate]:
    """What happened, a sentence for each article, by date."""
    found: dict[str, Candidate] = {}
    for candidate in deduplicate(ranked, len(ranked), EVENT_SHARE * LENGTH_SHARES[query.length]):
        found.setdefault(candidate.hit.article.id, candidate)
    most = claim_limit(query, CLAIM_LIMITS["what happened"])
    return sorted(list(found.values())[:most], key=lambda w: publication_day(w.hit))
