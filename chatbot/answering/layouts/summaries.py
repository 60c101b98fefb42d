"""Summaries under headings: the latest, how it came about, what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.answering.changes import publication_day
from chatbot.answering.layouts import candidates
from chatbot.language.phrases import phrases
from chatbot.reading.candidates import Candidate
from chatbot.values import Answer, Length, Query
from vectorstore import Archive, Hit

SENTENCES: dict[Length, int] = {"short": 2, "normal": 6, "long": 14}
"""Sentences at most, by the length that is wanted."""


SHARE = 0.5
"""How much of what other answers ask of a sentence is enough: of those read for a summary most
belong in it (0.68 of the first five beside 0.51 of other requests, on those for fitting)."""

OF_ARTICLE = 2
"""Sentences of one article at most."""


def summary(archive: Archive, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
    """A topic in a few sentences: the latest, then the course of events, then what was said."""
    likely = candidates.answer_candidates(archive, query, hits, share=SHARE)
    found, told = list[Candidate](), Counter[str]()
    for w in likely:
        told[w.hit.article.id] += 1
        if w.hit.article.published and told[w.hit.article.id] <= OF_ARTICLE:
            found.append(w)
    if query.periods:
        first, last = query.periods[0][0], query.periods[-1][1]
        found = [w for w in found if first <= publication_day(w.hit) <= last] or found
    chosen = candidates.diversify(archive, found, SENTENCES[query.length])
    latest = candidates.sort_by_day(chosen, newest=True)[:1]
    rest = [w for w in candidates.sort_by_day(chosen) if w not in latest]
    said = [w for w in rest if "“" in w.sentence.text or '"' in w.sentence.text]
    yield from _group(query, "latest", latest)
    yield from _group(query, "course", [w for w in rest if w not in said])
    yield from _group(query, "said", said)


def _group(query: Query, name: str, chosen: Sequence[Candidate]) -> Iterator[Answer]:
    heading = phrases(query.language)["requests"][name]
    for claim in candidates.candidate_claims(query, chosen):
        yield Answer(claims=(replace(claim, heading=heading),))
