"""Positions, reactions and opinions: what people say of a matter, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.answering.layouts import candidates
from chatbot.answering.layouts.speakers import reports_speaker, requested_speaker
from chatbot.language.phrases import phrases
from chatbot.reading.candidates import Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.values import Answer, Length, Query
from vectorstore import Archive, Hit

SENTENCES: dict[Length, int] = {"short": 2, "normal": 5, "long": 10}
"""Sentences at most, by the length that is wanted."""

EXPECTS = re.compile(
    r"\b(?:expect(?:s|ed|ation)?|forecast(?:s)?|predict(?:s|ed)?|estimat(?:es|ed)|likely|unlikely"
    r"|should|could|may|might|will|hope(?:s|d)?|fear(?:s|ed)?|believes?|think(?:s)?|plan(?:s|ned)?"
    r"|would|analysts?|economists?|experts?)\b|전망|예상|예측|것으로 보|가능성|우려|기대",
    re.IGNORECASE,
)
"""How an expectation is told."""


def positions(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """What is said of a matter and by whom, the likeliest first.

    Where somebody in particular is asked about, only their words are taken if there are any.
    """
    found = candidates.answer_candidates(archive, query, hits)
    who = requested_speaker(query.question)
    if who and query.request == "positions":
        query_terms = QueryTerms(archive, query)
        found = [w for w in found if reports_speaker(query_terms, w, who)] or found
    yield from _shown(archive, query, found)


def opinions(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """What people expect or think of a matter; or a message that nobody is reported to."""
    texts = phrases(query.language)["requests"]
    found = candidates.answer_candidates(archive, query, hits)
    found = [w for w in found if EXPECTS.search(w.sentence.text)] or found[:1]
    if not found:
        yield Answer(abstained=True, message=texts["opinion_none"])
        return
    yield Answer(message=texts["opinion"])
    yield from _shown(archive, query, found)


def _shown(archive: Archive, query: Query, found: Sequence[Candidate]) -> Iterator[Answer]:
    chosen = candidates.diversify(archive, found, SENTENCES[query.length])
    for claim in candidates.candidate_claims(query, chosen):
        yield Answer(claims=(claim,))
