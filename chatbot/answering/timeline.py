"""A dated timeline of a topic: one quoted sentence for each story, the earliest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chatbot.answering.excerpts import trim
from chatbot.answering.layouts.candidates import answer_candidates
from chatbot.reading.candidates import Candidate
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from chatbot.values import Citation, Claim
from chatbot.verification.claims import holds
from vectorstore import Archive, Filters, StoredArticle

SEARCHED = 60
"""Passages that entries are chosen from."""

ENTRIES = 24
"""Entries of a timeline; more is a list nobody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one article says of the topic, on the day it was published.

    `also` are other articles of the same story.
    """

    day: date
    citation: Citation
    also: tuple[StoredArticle, ...] = ()


def timeline(
    archive: Archive, topic: str, *, filters: Filters | None = None, limit: int = ENTRIES
) -> list[Entry]:
    """Up to `limit` entries about the topic, the earliest first, one for each story.

    Articles without a date are left out. Every quote is checked against its article.
    """
    asked = {"question": topic, "request": "timeline", "length": "long", "filters": filters}
    query = understand(asked, archive)
    hits = archive.search(search_queries(query), k=SEARCHED)
    stories: dict[str, Candidate] = {}
    for w in answer_candidates(archive, query, hits):
        if w.hit.article.published:
            stories.setdefault(w.hit.article.story or w.hit.article.id, w)
    kept = [e for e in map(_entry, list(stories.values())[:limit]) if holds(archive, _claim(e))]
    kept.sort(key=lambda e: (e.day, e.citation.article.id))
    return [_numbered(entry, n) for n, entry in enumerate(kept, start=1)]


def _entry(candidate: Candidate) -> Entry:
    article, (start, end) = (
        candidate.hit.article,
        (candidate.sentence.start, candidate.sentence.end),
    )
    assert article.published is not None  # noqa: S101 (stories without a date are left out)
    start, end = trim(article.body, (start, end))
    quote = article.body[start:end]
    cited = Citation(number=0, article=article, start=start, end=end, quote=quote)
    return Entry(day=article.published.day, citation=cited, also=candidate.hit.also)


def _claim(entry: Entry) -> Claim:
    return Claim(text=f"“{entry.citation.quote}”", citations=(entry.citation,))


def _numbered(entry: Entry, number: int) -> Entry:
    c = entry.citation
    cited = Citation(number=number, article=c.article, start=c.start, end=c.end, quote=c.quote)
    return Entry(day=entry.day, citation=cited, also=entry.also)
