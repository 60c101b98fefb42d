"""A digest of a period, for a question that names a time and no topic.

"What happened in July 2025?" has no words to search by, so the articles of the period are
ranked by their headlines: one stands for the period if its words recur there. A long period is
cut into equal slices, so that the digest runs through all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import log, sqrt

from chatbot.answering.provenance import PER_ORIGIN
from chatbot.language.calendar import Period
from chatbot.values import Query
from vectorstore import Archive, Filters, Hit, SearchQuery, StoredArticle, terms

ENTRIES = 6
"""Entries that a digest usually has, and parts into which a long period is cut."""

SLICES, LONG = 3, 60
"""Parts into which a period of at most so many days is cut."""

CROWDED_WEIGHT = 0.3
"""What an article is worth from whose outlet PER_ORIGIN are chosen: no more would be shown."""

BROWSED = 60
"""Articles of a slice whose headlines are read, the newest first."""

PASSAGES = 3
"""Passages of an article among which its first is looked for."""

LATELY = 7
"""Days, back from the newest article, that "the latest" is about."""

BACKGROUND_ARTICLES = 150
"""Articles before and after a period whose headlines its own are held against."""

FEW_ARTICLES = 10
"""Articles of a period of which one may stand whose words do not recur."""

COVERED_WEIGHT = 0.4
"""What a word is still worth once an entry has it."""


def digest(archive: Archive, query: Query) -> list[Hit]:
    """One passage of each article that stands for the query's period, by day."""
    most = ENTRIES * (2 if query.length == "long" else 1)
    period = _period(archive, query)
    if period is None:
        return []
    slices = [_browsed(archive, query.filters, s) for s in _slices(period)]
    articles = [a for one in slices for a in one]
    weights = _word_weights(articles, _background(archive, query.filters, period))
    chosen: list[StoredArticle] = []
    while len(chosen) < most and any(slices):
        for one in slices:
            if one and len(chosen) < most:
                outlets = Counter(a.outlet for a in chosen)
                best = max(one, key=lambda a: (_score(a, weights, outlets), a.id))
                chosen.append(best)
                for each in slices:
                    each[:] = [a for a in each if not _same(a, best)]
                for term in _words(best):
                    weights[term] = weights.get(term, 0.0) * COVERED_WEIGHT
    return _passages(archive, chosen)


def _period(archive: Archive, query: Query) -> Period | None:
    """The question's period within the filters; where it names none, the archive's last days,
    or for a summary all of them."""
    if query.periods:
        first = max(d for d in (query.periods[0][0], query.filters.since) if d)
        last = min(d for d in (query.periods[-1][1], query.filters.until) if d)
        return (first, last) if first <= last else None
    newest, oldest = (archive.browse(query.filters, limit=1, oldest=old) for old in (False, True))
    day = newest[0].published.day if newest and newest[0].published else None
    if day and query.request in ("summary", "timeline") and oldest[0].published:
        return oldest[0].published.day, day
    return (day - timedelta(LATELY - 1), day) if day else None


def _slices(period: Period) -> list[Period]:
    first, last = period
    days = max(1, (last - first).days + 1)
    count = min(ENTRIES if days > LONG else SLICES, days)
    marks = [first + timedelta(days * i // count) for i in range(count)]
    ends = [mark - timedelta(1) for mark in marks[1:]] + [max(first, last)]
    return list(zip(marks, ends, strict=True))


def _browsed(archive: Archive, filters: Filters, period: Period) -> list[StoredArticle]:
    own = replace(filters, since=period[0], until=period[1])
    return [a for a in archive.browse(own, limit=BROWSED) if a.headline]


def _words(article: StoredArticle) -> frozenset[str]:
    return frozenset(terms(article.headline))


def _background(archive: Archive, filters: Filters, period: Period) -> list[StoredArticle]:
    """Articles of just before and just after a period."""
    before = replace(filters, since=None, until=period[0] - timedelta(1))
    after = replace(filters, since=period[1] + timedelta(1), until=None)
    return [
        *archive.browse(before, limit=BACKGROUND_ARTICLES),
        *archive.browse(after, limit=BACKGROUND_ARTICLES, oldest=True),
    ]


def _word_weights(
    articles: Sequence[StoredArticle], beside: Sequence[StoredArticle]
) -> dict[str, float]:
    """What a headline's word is worth: how often headlines of the period have it, and how much
    oftener than those beside it. "Announces" is always there."""
    counts = Counter(t for a in articles for t in _words(a))
    usual = Counter(t for a in beside for t in _words(a))
    least = 1 / (len(beside) + 1)
    return {
        t: log(1 + n) * max(0.0, log((n / len(articles)) / (usual[t] / (len(beside) + 1) + least)))
        for t, n in counts.items()
        if n > 1 or len(articles) < FEW_ARTICLES
    }


def _score(
    article: StoredArticle, weights: Mapping[str, float], outlets: Mapping[str, int]
) -> float:
    words = _words(article)
    crowded = CROWDED_WEIGHT if outlets[article.outlet] >= PER_ORIGIN else 1.0
    return crowded * sum(weights.get(t, 0.0) for t in words) / sqrt(len(words) + 4)


def _same(one: StoredArticle, other: StoredArticle) -> bool:
    return one.id == other.id or bool(one.story and one.story == other.story)


def _passages(archive: Archive, chosen: Sequence[StoredArticle]) -> list[Hit]:
    """The first of the passages of each article that say what its headline does."""
    queries = [SearchQuery(text=a.headline, filters=Filters(articles=(a.id,))) for a in chosen]
    first: dict[str, Hit] = {}
    for hit in archive.search(queries, k=PASSAGES * len(queries)):
        known = first.setdefault(hit.article.id, hit)
        if hit.start < known.start:
            first[hit.article.id] = hit
    return sorted(
        first.values(), key=lambda h: h.article.published.iso if h.article.published else ""
    )
