"""What the ledger is asked of passages: their texts and vectors, and which are live.

A passage is live if its version is its article's current one, and the article is not withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Row, func, select

from vectorstore.filters import Filters
from vectorstore.ledger import schema, tags
from vectorstore.ledger.queries import batches

a, v, p = schema.articles.c, schema.versions.c, schema.passages.c


class LedgerPassages:
    """Reads of the passages in one archive's database."""

    engine: Engine

    def missing(self, digests: Sequence[str], model: str) -> list[str]:
        """Those of `digests` that have no vectors of this model yet."""
        t = schema.vectors.c
        have: set[str] = set()
        with self.engine.connect() as c:
            for batch in batches(digests):
                rows = c.execute(select(t.digest).where(t.digest.in_(batch), t.model == model))
                have.update(r.digest for r in rows)
        return [d for d in dict.fromkeys(digests) if d not in have]

    def candidates(self, ids: Sequence[str], model: str, filters: Filters) -> list[Row[Any]]:
        """The passages among `ids` that are live and admitted, with their vectors.

        Rows have id, article, position, start, end, sentences (JSON), story, outlet, published_at,
        published_day, and the vector blobs passage and int8.
        """
        # Filtered here: SQLite would take an index of outlets or days rather than the ids
        t = schema.vectors
        about = (a.story, a.outlet, a.language, a.published_at, a.published_day)
        query = (
            select(schema.passages, *about, t.c.passage, t.c.sentences.label("int8"))
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .where(a.withdrawn_at.is_(None))
        )
        rows: list[Row[Any]] = []
        with self.engine.connect() as c:
            for batch in batches(ids):
                rows.extend(c.execute(query.where(p.id.in_(batch))))
            if named := [*tags.conditions(filters)]:
                about_them = list({row.article for row in rows})
                own = select(a.id).where(*named)
                admitted = {
                    i
                    for batch in batches(about_them)
                    for i in c.scalars(own.where(a.id.in_(batch)))
                }
                rows = [row for row in rows if row.article in admitted]
        return [row for row in rows if _admits(filters, row)] if filters else rows

    def unembedded(self, model: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Up to `limit` live passages without a model's vectors, each digest once: digest, text,
        headline, and the sentences' spans in the text as JSON."""
        text = func.substr(v.body, p.start + 1, p.end - p.start)
        query = _without_vectors(select(p.digest, text, v.headline, p.sentences, p.start), model)
        found: dict[str, tuple[str, str, str, str]] = {}
        with self.engine.connect() as c:
            for digest, body, headline, spans, start in c.execute(query.limit(limit)):
                moved = [[a - start, b - start] for a, b in json.loads(spans)]
                found[digest] = (digest, body, headline, json.dumps(moved))
        return list(found.values())

    def count_unembedded(self, model: str) -> int:
        """How many live passages are without a model's vectors."""
        with self.engine.connect() as c:
            return c.scalar(_without_vectors(select(func.count()), model)) or 0

    def passages_in(self, articles: Sequence[str]) -> list[str]:
        """The ids of the current passages of articles, in order."""
        query = (
            select(p.id)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .where(a.id.in_(articles))
        )
        with self.engine.connect() as c:
            return list(c.scalars(query.order_by(p.article, p.position)))

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of passages by id."""
        text = func.substr(v.body, p.start + 1, p.end - p.start)
        own = (v.article == p.article) & (v.version == p.version)
        query = select(p.id, text).join(schema.versions, own)
        with self.engine.connect() as c:
            return {
                row[0]: row[1]
                for batch in batches(ids)
                for row in c.execute(query.where(p.id.in_(batch)))
            }

    def live(self, ids: Sequence[str]) -> set[str]:
        """Those of these passage ids whose version is current and not withdrawn."""
        query = select(p.id).join(schema.articles, (a.id == p.article) & (a.version == p.version))
        found: set[str] = set()
        with self.engine.connect() as c:
            for batch in batches(ids):
                found.update(c.scalars(query.where(p.id.in_(batch), a.withdrawn_at.is_(None))))
        return found

    def passages_of(self, ids: Sequence[str], model: str) -> Iterator[Row[Any]]:
        """The live passages of articles with text, date, outlet, language, the words of their
        subjects and places (one on a line) and passage vector."""
        t = schema.vectors
        text = func.substr(v.body, p.start + 1, p.end - p.start).label("text")
        about = (a.outlet, a.language, a.published_day, tags.joined())
        query = (
            select(p.id, p.article, *about, v.headline, v.byline, t.c.passage, text)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(schema.versions, (v.article == p.article) & (v.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .order_by(a.seq, p.position)
        )
        with self.engine.connect() as c:
            for batch in batches(ids):
                found: Any = c.execute(query.where(a.id.in_(batch), a.withdrawn_at.is_(None)))
                yield from found


def _without_vectors(query: Any, model: str) -> Any:
    """The live passages that a model has no vectors of."""
    t = schema.vectors
    return (
        query.select_from(schema.passages)
        .join(schema.articles, (a.id == p.article) & (a.version == p.version))
        .join(schema.versions, (v.article == p.article) & (v.version == p.version))
        .outerjoin(t, (t.c.digest == p.digest) & (t.c.model == model))
        .where(a.withdrawn_at.is_(None), t.c.digest.is_(None))
    )


def _admits(filters: Filters, row: Any) -> bool:
    day = date.fromordinal(row.published_day) if row.published_day else None
    return filters.admits(day, row.outlet, row.language, row.article)
