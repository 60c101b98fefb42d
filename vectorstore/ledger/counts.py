"""What the ledger holds in numbers: counts, dates and names for `Archive.status`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from vectorstore.ledger import schema, tags

a, v, p, r = schema.articles.c, schema.versions.c, schema.passages.c, schema.runs.c


class LedgerCounts:
    """Counts over one archive's database."""

    engine: Engine

    def last_seq(self) -> int:
        with self.engine.connect() as c:
            return c.scalar(select(func.max(a.seq))) or 0

    def behind(self, seq: int) -> int:
        """How many articles changed after a sequence number."""
        with self.engine.connect() as c:
            return c.scalar(select(func.count()).where(a.seq > seq)) or 0

    def is_empty(self) -> bool:
        """Whether no article is live."""
        with self.engine.connect() as c:
            return c.execute(select(a.id).where(a.withdrawn_at.is_(None)).limit(1)).first() is None

    def outlets(self) -> list[str]:
        """The names of the outlets with live articles, the most frequent first."""
        with self.engine.connect() as c:
            return [name for name, _ in _counts(c, schema.articles.c.outlet)]

    def tags(self, kind: str) -> tuple[tuple[str, int], ...]:
        """The subjects or places of live articles with their counts; see `tags.counts`."""
        with self.engine.connect() as c:
            return tags.counts(c, kind)

    def status(self) -> dict[str, Any]:
        """The counts and dates of `Status`, but what only the indexes know."""
        live = a.withdrawn_at.is_(None)
        total = select(func.count()).select_from
        with self.engine.connect() as c:
            days = c.execute(
                select(func.min(a.published_day), func.max(a.published_day)).where(live)
            ).one()
            checked = c.scalar(select(func.max(r.ended)).where(r.error == ""))
            ingested = checked or c.scalar(select(func.max(v.ingested)))
            joined = schema.passages.join(
                schema.articles, (a.id == p.article) & (a.version == p.version)
            )
            return {
                "articles": c.scalar(total(schema.articles).where(live)),
                "versions": c.scalar(total(schema.versions)),
                "passages": c.scalar(total(joined).where(live)),
                "outlets": _counts(c, a.outlet),
                "languages": _counts(c, a.language),
                "first_published": days[0] and datetime.fromordinal(days[0]).date(),
                "last_published": days[1] and datetime.fromordinal(days[1]).date(),
                "last_ingested": ingested and datetime.fromisoformat(ingested),
            }

    def stories(self) -> dict[str, int]:
        """How many live articles each story has."""
        with self.engine.connect() as c:
            query = select(a.story, func.count()).where(a.story != "", a.withdrawn_at.is_(None))
            return {row[0]: row[1] for row in c.execute(query.group_by(a.story))}


def _counts(c: Connection, column: Any) -> tuple[tuple[str, int], ...]:
    count = func.count().label("n")
    query = select(column, count).where(a.withdrawn_at.is_(None)).group_by(column)
    return tuple((r[0], r[1]) for r in c.execute(query.order_by(count.desc(), column)))
