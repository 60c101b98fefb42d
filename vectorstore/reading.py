"""What the ledger is asked: articles, passages with their vectors, changes, counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from vectorstore import schema
from vectorstore.values import Dated, Filters, StoredArticle

IN_LIMIT = 900
"""Values in one SQL IN list: under SQLite's oldest limit of 999 variables."""

a, v, p = schema.articles.c, schema.versions.c, schema.passages.c


class LedgerReader:
    """Reads of one archive's database."""

    engine: Engine

    def meta(self, key: str) -> str | None:
        with self.engine.connect() as c:
            return c.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))

    def last_seq(self) -> int:
        with self.engine.connect() as c:
            return c.scalar(select(func.max(a.seq))) or 0

    def missing(self, digests: Sequence[str], model: str) -> list[str]:
        """Those of `digests` that have no vectors of this model yet."""
        t = schema.vectors.c
        have: set[str] = set()
        with self.engine.connect() as c:
            for part in _parts(digests):
                rows = c.execute(select(t.digest).where(t.digest.in_(part), t.model == model))
                have.update(r.digest for r in rows)
        return [d for d in dict.fromkeys(digests) if d not in have]

    def keys(self, source: str) -> dict[str, str]:
        """The key that each path of this source was stored under."""
        with self.engine.connect() as c:
            here = (a.source == source) & a.withdrawn.is_(False)
            rows = c.execute(select(a.path, a.key).where(here))
            return {r.path: r.key for r in rows}

    def ids(self, source: str) -> list[str]:
        """The ids of this source's articles that have not been withdrawn."""
        query = select(a.id).where(a.source == source, a.withdrawn.is_(False))
        with self.engine.connect() as c:
            return list(c.scalars(query))

    def article(self, article: str, version: str | None = None) -> StoredArticle:
        """An article in its current or the given version; KeyError if there is none."""
        found = self.articles([article], version)
        if not found:
            raise KeyError(f"no article {article} (version {version or 'current'})")
        return found[article]

    def articles(self, ids: Sequence[str], version: str | None = None) -> dict[str, StoredArticle]:
        """Several articles by id, with their bodies."""
        want = v.version == (version if version is not None else a.version)
        columns: list[Any] = [schema.articles, v.version.label("shown"), v.headline, v.byline]
        found = {}
        with self.engine.connect() as c:
            for part in _parts(ids):
                query = select(*columns, v.body, v.ingested).join(
                    schema.versions, (v.article == a.id) & want
                )
                found.update({r.id: _stored(r) for r in c.execute(query.where(a.id.in_(part)))})
        return found

    def recent(self, limit: int = 20) -> list[StoredArticle]:
        """The newest articles by published date."""
        query = select(a.id).where(a.withdrawn.is_(False))
        with self.engine.connect() as c:
            ids = list(c.scalars(query.order_by(a.published_at.desc().nulls_last()).limit(limit)))
        found = self.articles(ids)
        return [found[i] for i in ids]

    def candidates(self, ids: Sequence[str], model: str, filters: Filters) -> list[Row[Any]]:
        """The passages among `ids` that are live and admitted, with their vectors.

        A passage is live if its version is its article's current one. Rows have id,
        article, position, start, end, sentences (JSON), passage and vector blobs.
        """
        t = schema.vectors
        query = (
            select(schema.passages, a.published_at, t.c.passage, t.c.sentences.label("int8"))
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .where(a.withdrawn.is_(False), *conditions(filters))
        )
        rows: list[Row[Any]] = []
        with self.engine.connect() as c:
            for part in _parts(ids):
                rows.extend(c.execute(query.where(p.id.in_(part))))
        return rows

    def live(self, ids: Sequence[str]) -> set[str]:
        """Those of these passage ids whose version is current and not withdrawn."""
        query = select(p.id).join(schema.articles, (a.id == p.article) & (a.version == p.version))
        found: set[str] = set()
        with self.engine.connect() as c:
            for part in _parts(ids):
                found.update(c.scalars(query.where(p.id.in_(part), a.withdrawn.is_(False))))
        return found

    def changes(self, after: int, limit: int) -> list[Row[Any]]:
        """The next `limit` articles that changed after a sequence number, oldest first."""
        query = select(a.id, a.seq).where(a.seq > after).order_by(a.seq).limit(limit)
        with self.engine.connect() as c:
            return list(c.execute(query))

    def passages_of(self, ids: Sequence[str], model: str) -> Iterator[Row[Any]]:
        """The live passages of articles with text, date, outlet and passage vector."""
        t = schema.vectors
        text = func.substr(v.body, p.start + 1, p.end - p.start).label("text")
        query = (
            select(p.id, p.article, a.outlet, a.published_day, v.headline, t.c.passage, text)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(schema.versions, (v.article == p.article) & (v.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .order_by(a.seq, p.position)
        )
        with self.engine.connect() as c:
            for part in _parts(ids):
                found: Any = c.execute(query.where(a.id.in_(part), a.withdrawn.is_(False)))
                yield from found

    def behind(self, seq: int) -> int:
        """How many articles changed after a sequence number."""
        with self.engine.connect() as c:
            return c.scalar(select(func.count()).where(a.seq > seq)) or 0

    def is_empty(self) -> bool:
        """Whether no article is live."""
        with self.engine.connect() as c:
            return c.execute(select(a.id).where(a.withdrawn.is_(False)).limit(1)).first() is None

    def outlets(self) -> list[str]:
        """The names of the outlets with live articles, the most frequent first."""
        with self.engine.connect() as c:
            return [name for name, _ in _counts(c, schema.articles.c.outlet)]

    def status(self) -> dict[str, Any]:
        """The counts and dates of `Status`, but what only the indexes know."""
        live = a.withdrawn.is_(False)
        total = select(func.count()).select_from
        with self.engine.connect() as c:
            days = c.execute(
                select(func.min(a.published_day), func.max(a.published_day)).where(live)
            ).one()
            checked = c.scalar(select(func.max(schema.sources.c.last_ended)))
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


def conditions(filters: Filters) -> list[Any]:
    """`Filters` as SQL conditions on the articles table; see `Filters.admits`."""
    found: list[Any] = []
    if filters.outlets:
        found.append(a.outlet.in_(filters.outlets))
    if filters.since is not None:
        found.append(a.published_day >= filters.since.toordinal())
    if filters.until is not None:
        found.append(a.published_day <= filters.until.toordinal())
    if filters.as_of is not None:
        known = a.published_day <= filters.as_of.toordinal()
        found.append(known | a.published_day.is_(None))
    return found


def _stored(r: Any) -> StoredArticle:
    return StoredArticle(
        id=r.id,
        version=r.shown,
        headline=r.headline,
        body=r.body,
        outlet=r.outlet,
        byline=r.byline,
        language=r.language,
        url=r.url,
        source=r.source,
        path=r.path,
        published=Dated(r.published, r.published_found) if r.published else None,
        updated=Dated(r.updated, r.updated_found) if r.updated else None,
        ingested=datetime.fromisoformat(r.ingested),
        current=r.shown == r.version and not r.withdrawn,
    )


def _counts(c: Connection, column: Any) -> tuple[tuple[str, int], ...]:
    count = func.count().label("n")
    query = select(column, count).where(a.withdrawn.is_(False)).group_by(column)
    return tuple((r[0], r[1]) for r in c.execute(query.order_by(count.desc(), column)))


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for i in range(0, len(values), IN_LIMIT):
        yield values[i : i + IN_LIMIT]
