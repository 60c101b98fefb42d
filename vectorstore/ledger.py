"""The ledger: the database of articles, versions, passages and vectors; the one truth."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, Row, create_engine, event, func, select

from vectorstore import schema
from vectorstore.migrations import migrate
from vectorstore.values import Article, Dated, Filters, Passage, Status, StoredArticle

Outcome = Literal["new", "changed", "updated", "unchanged"]
"""changed: another text, so a new version; updated: same text, other dates or outlet."""

Vectors = tuple[npt.NDArray[np.float16], npt.NDArray[np.int8]]
"""A passage's vector, float16[dim], and its sentences', int8[n, dim]."""

IN_LIMIT = 900
"""Values in one SQL IN list: under SQLite's oldest limit of 999 variables."""

a, v, p = schema.articles.c, schema.versions.c, schema.passages.c


class Ledger:
    """Reads and writes of one archive's database; `url` is any SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _careful)
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    # -- settings and cursors -------------------------------------------------------

    def meta(self, key: str) -> str | None:
        with self.engine.connect() as c:
            return c.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))

    def set_meta(self, key: str, value: str) -> None:
        with self.engine.begin() as c:
            _upsert(c, schema.meta, {"key": key}, {"value": value})

    def cursor(self, projection: str) -> int:
        """The last sequence number that the named index has taken in; 0 for none."""
        row = schema.projections.c
        with self.engine.connect() as c:
            return c.scalar(select(row.seq).where(row.name == projection)) or 0

    def set_cursor(self, projection: str, seq: int) -> None:
        with self.engine.begin() as c:
            _upsert(c, schema.projections, {"name": projection}, {"seq": seq})

    def last_seq(self) -> int:
        with self.engine.connect() as c:
            return c.scalar(select(func.max(a.seq))) or 0

    # -- writing --------------------------------------------------------------------

    def compare(self, article: Article) -> Outcome:
        """What `put` would do with this article, without doing it."""
        with self.engine.connect() as c:
            return _compare(_row(c, article.id), article)

    def put(
        self,
        article: Article,
        passages: Sequence[Passage],
        digests: Sequence[str],
        vectors: dict[str, Vectors],
        model: str,
    ) -> Outcome:
        """Store an article with its passages and new vectors in one transaction.

        `digests` names each passage's vectors; those in `vectors` are stored, the others
        are there already.
        """
        with self.engine.begin() as c:
            outcome = _compare(_row(c, article.id), article)
            if outcome == "unchanged":
                return outcome
            seq = (c.scalar(select(func.max(a.seq))) or 0) + 1
            _upsert(c, schema.articles, {"id": article.id}, _columns(article) | {"seq": seq})
            held = select(v.version).where(v.article == article.id, v.version == article.version)
            if c.execute(held).first() is None:
                _insert_version(c, article, passages, digests)
            rows = [
                {"digest": d, "model": model, "passage": x.tobytes(), "sentences": s.tobytes()}
                for d, (x, s) in vectors.items()
            ]
            if rows:
                c.execute(schema.vectors.insert(), rows)
        return outcome

    def withdraw(self, article_ids: Iterable[str]) -> int:
        """Take articles out of every search, keeping their text; how many were in."""
        count = 0
        for article in article_ids:
            with self.engine.begin() as c:
                seq = (c.scalar(select(func.max(a.seq))) or 0) + 1
                change = schema.articles.update().where(a.id == article, a.withdrawn.is_(False))
                count += c.execute(change.values(withdrawn=True, seq=seq)).rowcount
        return count

    def note_run(self, source: str, started: str, ended: str, state: dict[str, Any]) -> None:
        """Record when a source was last read, and what came of it."""
        values = {"last_started": started, "last_ended": ended, "state": json.dumps(state)}
        with self.engine.begin() as c:
            _upsert(c, schema.sources, {"name": source}, values)

    # -- reading --------------------------------------------------------------------

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
            rows = c.execute(select(a.path, a.key).where(a.source == source))
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
        query = select(a.id, a.seq, a.withdrawn).where(a.seq > after).order_by(a.seq).limit(limit)
        with self.engine.connect() as c:
            return list(c.execute(query))

    def passages_of(self, ids: Sequence[str], model: str) -> Iterator[Row[Any]]:
        """The live passages of articles with text, date, outlet and passage vector."""
        t = schema.vectors
        query = (
            select(p.id, p.article, p.start, p.end, a.outlet, a.published_day, v.headline, v.body)
            .add_columns(t.c.passage)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(schema.versions, (v.article == p.article) & (v.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .order_by(a.seq, p.position)
        )
        with self.engine.connect() as c:
            for part in _parts(ids):
                yield from c.execute(query.where(a.id.in_(part), a.withdrawn.is_(False)))

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
            ingested = c.scalar(select(func.max(v.ingested)))
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


def _careful(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _row(c: Connection, article: str) -> Row[Any] | None:
    return c.execute(select(schema.articles).where(a.id == article)).first()


def _compare(row: Row[Any] | None, article: Article) -> Outcome:
    if row is None:
        return "new"
    if row.version != article.version:
        return "changed"
    stored = row._mapping
    same = all(stored[name] == value for name, value in _columns(article).items())
    return "unchanged" if same else "updated"


def _columns(article: Article) -> dict[str, Any]:
    published, updated = article.published, article.updated
    return {
        "key": article.key,
        "source": article.source,
        "path": article.path,
        "outlet": article.outlet,
        "language": article.language,
        "url": article.url,
        "published": published and published.iso,
        "published_found": published.found if published else "",
        "published_at": published and published.instant.timestamp(),
        "published_day": published and published.day.toordinal(),
        "updated": updated and updated.iso,
        "updated_found": updated.found if updated else "",
        "version": article.version,
        "withdrawn": False,
    }


def _insert_version(
    c: Connection, article: Article, passages: Sequence[Passage], digests: Sequence[str]
) -> None:
    owner = {"article": article.id, "version": article.version}
    text = {"headline": article.headline, "byline": article.byline, "body": article.body}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    c.execute(schema.versions.insert().values(**owner, **text, ingested=now))
    rows = [
        owner
        | {
            "id": f"{article.id}-{article.version}-{position}",
            "position": position,
            "start": passage.start,
            "end": passage.end,
            "sentences": json.dumps(passage.sentences, separators=(",", ":")),
            "digest": digest,
        }
        for position, (passage, digest) in enumerate(zip(passages, digests, strict=True))
    ]
    if rows:
        c.execute(schema.passages.insert(), rows)


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
        current=r.shown == r.version,
    )


def _upsert(c: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    where = [table.c[name] == value for name, value in key.items()]
    if not c.execute(table.update().where(*where).values(**values)).rowcount:
        c.execute(table.insert().values(**key, **values))


def _counts(c: Connection, column: Any) -> tuple[tuple[str, int], ...]:
    count = func.count().label("n")
    query = select(column, count).where(a.withdrawn.is_(False)).group_by(column)
    return tuple((r[0], r[1]) for r in c.execute(query.order_by(count.desc(), column)))


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for i in range(0, len(values), IN_LIMIT):
        yield values[i : i + IN_LIMIT]


__all__ = ["Ledger", "Outcome", "Status", "Vectors", "conditions"]
