"""Lists and counts: one line for each item that the articles tell, near-duplicates once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.answering.changes import publication_day
from chatbot.answering.layouts import candidates
from chatbot.answering.selection import mentions_period
from chatbot.language.phrases import phrases
from chatbot.language.quantities import quantities
from chatbot.reading.candidates import Candidate
from chatbot.reading.type_matching import LEAD_THRESHOLD
from chatbot.values import SHORT, Answer, Length, Query
from vectorstore import Archive, Hit, terms

ITEMS: dict[Length, int] = {"short": SHORT, "normal": 12, "long": 40}
"""Items that are shown, by the length that is wanted."""

SAME = 0.85
"""Share of common terms from which two items are one; of permits that differ in a name and a
number only, most words are the same."""

BESIDE = 1.0
"""Log odds of the reader that an item may lie below the likeliest: of many that are told alike,
none stands out."""

TELLS_NUMBER = 3
"""Items, the likeliest first, of which none may tell the number that is asked for."""

BY_SIZE = re.compile(
    r"\b(?:by (?:size|amount|value)|largest|biggest|highest|with (?:the )?amounts?)\b"
    r"|금액 ?순|큰 순"
)


def list_answer(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """The items in the order of their days, or by size where the largest are asked for."""
    found = item_candidates(archive, query, hits)
    if len(found) > 1:
        yield from _shown(query, found)


def count_answer(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """How many items the articles report, and the items.

    It yields nothing where an article tells the number itself.
    """
    found = item_candidates(archive, query, hits)
    if len(found) < 2 or any(w.type_match >= LEAD_THRESHOLD for w in found[:TELLS_NUMBER]):
        return
    texts = phrases(query.language)["requests"]
    yield Answer(message=texts["counted"].format(n=len(found)))
    yield from _shown(query, found)


def item_candidates(archive: Archive, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
    """The candidates that each tell an item, the likeliest first."""
    found = [
        *_with_siblings(
            candidates.answer_candidates(archive, query, hits, beside=BESIDE, overlap=SAME)
        )
    ]
    if query.periods:
        period = query.periods[0][0], query.periods[-1][1]
        inside = [w for w in found if period[0] <= publication_day(w.hit) <= period[1]]
        found = [w for w in inside or found if mentions_period(w.sentence.text, period)]
    return candidates.deduplicate(found, SAME)


def _with_siblings(ranked: Sequence[Candidate]) -> Iterator[Candidate]:
    """The sentences, and those of near-copies of their articles that say the same of others:
    permits that differ in a name and a number are ten permits, not one."""
    for w in ranked:
        yield w
        known = {_particulars(w.sentence.text)}
        for article in w.hit.also:
            span = candidates.most_similar_sentence(article.body, w.terms)
            text = article.body[slice(*span)]
            if (own := _particulars(text)) not in known and _similarity(text, w.terms):
                known.add(own)
                sentence = replace(w.sentence, text=text, start=span[0], end=span[1])
                hit = replace(w.hit, article=article, start=span[0], end=span[1])
                yield replace(
                    w,
                    hit=replace(hit, sentences=(sentence,)),
                    sentence=sentence,
                    terms=frozenset(terms(text)),
                )


def _similarity(text: str, wanted: frozenset[str]) -> bool:
    return len(wanted & {*terms(text)}) >= SIBLING * len(wanted)


def _particulars(text: str) -> frozenset[str]:
    """The numbers and the capitalised words of a sentence behind its first."""
    return frozenset(re.findall(r"(?<=\s)[A-Z\d][\w.,'’-]*\w", text))


SIBLING = 0.5
"""Share of a sentence's terms that the like of it in a near-copy has."""


def _shown(query: Query, found: Sequence[Candidate]) -> Iterator[Answer]:
    most = ITEMS[query.length]
    shown = candidates.sort_by_day(found[:most])
    if BY_SIZE.search(query.question):
        shown = sorted(shown, key=_size, reverse=True)
    for claim in candidates.candidate_claims(query, shown):
        yield Answer(claims=(claim,))
    if len(found) > most:
        texts = phrases(query.language)["requests"]
        yield Answer(notice=texts["shown"].format(shown=most, n=len(found)))


def _size(candidate: Candidate) -> float:
    """The largest amount of money, or else number, of a sentence."""
    found = [q for q in quantities(candidate.sentence.text) if q.values]
    money = [q for q in found if q.unit]
    return max((q.values[-1] for q in money or found), default=0.0)
