"""Positions, reactions and opinions: what people say of a matter, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.answering.layouts import candidates
from chatbot.answering.layouts.speakers import REPORTING_VERB, reports_speaker, requested_speaker
from chatbot.language.phrases import phrases
from chatbot.reading.answerability import ABSTENTION_THRESHOLD, answerability
from chatbot.reading.candidates import Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.values import Answer, Length, Query
from vectorstore import Archive, Hit

SAID: dict[Length, int] = {"short": 2, "normal": 5, "long": 10}
"""Sentences at most, by the length that is wanted."""

LIKELY = 0.1
"""How likely a sentence must be, beside the likeliest that tells what somebody says."""

AHEAD = 2.0
"""How much likelier than any that reports speech a sentence must be to come before them."""

TOLD = 0.6
"""The likelihood from which what seems to ask for an opinion is told as a fact by the articles
("Is the government going to freeze rents?"), and answered so."""

EXPECTS = re.compile(
    r"\b(?:expect(?:s|ed|ation)?|forecast(?:s)?|predict(?:s|ed)?|estimat(?:es|ed)|likely|unlikely"
    r"|should|could|may|might|will|hope(?:s|d)?|fear(?:s|ed)?|believes?|think(?:s)?|plan(?:s|ned)?"
    r"|would|analysts?|economists?|experts?)\b|전망|예상|예측|것으로 보|가능성|우려|기대",
    re.IGNORECASE,
)
"""How an expectation is told."""


def positions(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """What is said of a matter and by whom, the likeliest first.

    Where somebody in particular is asked about, only their words are taken if there are any. It
    yields nothing if the archive is not likely to hold any.
    """
    ranked, likelihood = _read(archive, query, hits)
    who = requested_speaker(query.question)
    if who and query.request == "positions":
        query_terms = QueryTerms(archive, query)
        ranked = [w for w in ranked if reports_speaker(query_terms, w, who)] or ranked
    if likelihood >= ABSTENTION_THRESHOLD:
        yield from _shown(archive, query, _spoken(ranked))


def opinions(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """What people expect or think of a matter; or a message that nobody is reported to."""
    texts = phrases(query.language)["requests"]
    about = {w.hit.article.id for w in candidates.story_candidates(archive, query, hits)}
    near = [h for h in hits if h.article.id in about] or hits
    ranked, likelihood = _read(archive, query, near)
    if likelihood >= TOLD:
        return
    expecting = [w for w in ranked if EXPECTS.search(w.sentence.text)]
    found = _spoken(expecting) or expecting[:1]
    if not found:
        yield Answer(abstained=True, message=texts["opinion_none"])
        return
    yield Answer(message=texts["opinion"])
    yield from _shown(archive, query, found)


def _read(archive: Archive, query: Query, hits: Sequence[Hit]) -> tuple[list[Candidate], float]:
    """The sentences that can stand alone, and how likely what was read holds an answer."""
    query_terms = QueryTerms(archive, query)
    ranked = score_candidates(archive, query_terms, hits, candidates.READ)
    own = [w for w in ranked if candidates.stands_alone(w.sentence.text)]
    return [w for w in own if w.name_coverage == 1] or own, answerability(query_terms, ranked)


def _spoken(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The sentences that report what somebody says, none twice; first the likeliest of all if it
    is far likelier to answer, however it tells it."""
    spoken = [w for w in ranked if REPORTING_VERB.search(w.sentence.text) or "“" in w.sentence.text]
    if not spoken:
        return []
    best = max(w.weight for w in spoken)
    likely = [w for w in spoken if w.weight >= LIKELY * best]
    first = [w for w in ranked[:1] if w.weight >= AHEAD * best]
    return candidates.deduplicate([*first, *likely])


def _shown(archive: Archive, query: Query, found: Sequence[Candidate]) -> Iterator[Answer]:
    for claim in candidates.candidate_claims(
        query, candidates.diversify(archive, found, SAID[query.length])
    ):
        yield Answer(claims=(claim,))
