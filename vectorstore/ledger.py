"""The ledger: the database of articles, versions, passages and vectors; the one truth."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, func, select

from vectorstore import schema
from vectorstore.migrations import migrate
from vectorstore.reading import LedgerReader
from vectorstore.values import Article, Passage

Outcome = Literal["new", "changed", "updated", "unchanged"]
"""changed: another text, so a new version; updated: same text, other dates or outlet."""

Vectors = tuple[npt.NDArray[np.float16], npt.NDArray[np.int8]]
"""A passage's vector, float16[dim], and its sentences', int8[n, dim]."""

a, v = schema.articles.c, schema.versions.c


class Ledger(LedgerReader):
    """Reads and writes of one archive's database; `url` is any SQLAlchemy URL."""

    def __init__(self, url: URL) -> None:
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _careful)
            event.listen(self.engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
        migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    def set_meta(self, key: str, value: str) -> None:
        with self.engine.begin() as c:
            _upsert(c, schema.meta, {"key": key}, {"value": value})

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


def _careful(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so, also around DDL
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


def _upsert(c: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    where = [table.c[name] == value for name, value in key.items()]
    if not c.execute(table.update().where(*where).values(**values)).rowcount:
        c.execute(table.insert().values(**key, **values))
