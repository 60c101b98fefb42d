"""A dated timeline of a topic: what was reported when, each entry a quoted sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chatbot.values import Citation, Claim
from chatbot.verify import holds
from vectorstore import Archive, Filters, Hit, StoredArticle

SEARCHED = 60
"""Passages that entries are chosen from."""

ENTRIES = 24
"""Entries of a timeline; more is a list nobody reads."""

NEAR = 0.75
"""Share of the best passage's cosine that a passage must reach to be about the topic."""


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
    hits = [h for h in archive.search(topic, k=SEARCHED, filters=filters) if h.article.published]
    least = NEAR * max((h.dense for h in hits), default=0.0)
    found: dict[str, tuple[Hit, tuple[int, int]]] = {}
    for hit in hits:
        if hit.dense >= least and hit.sentences and len(found) < limit:
            best = max(hit.sentences, key=lambda s: s.score)
            found.setdefault(hit.article.story or hit.article.id, (hit, (best.start, best.end)))
    entries = [_entry(hit, span) for hit, span in found.values()]
    kept = [e for e in entries if holds(archive, _claim(e))]
    kept.sort(key=lambda e: (e.day, e.citation.article.id))
    return [_numbered(entry, n) for n, entry in enumerate(kept, start=1)]


def _entry(hit: Hit, span: tuple[int, int]) -> Entry:
    article, (start, end) = hit.article, span
    assert article.published is not None  # noqa: S101 (hits without a date are left out)
    quote = article.body[start:end]
    cited = Citation(number=0, article=article, start=start, end=end, quote=quote)
    return Entry(day=article.published.day, citation=cited, also=hit.also)


def _claim(entry: Entry) -> Claim:
    return Claim(text=f"“{entry.citation.quote}”", citations=(entry.citation,))


def _numbered(entry: Entry, number: int) -> Entry:
    c = entry.citation
    cited = Citation(number=number, article=c.article, start=c.start, end=c.end, quote=c.quote)
    return Entry(day=entry.day, citation=cited, also=entry.also)
