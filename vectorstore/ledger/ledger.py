"""The ledger: the database of articles, versions, passages and vectors; the one truth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, Row, func, select

from vectorstore.ledger import boilerplate, gated, postgres, schema, stories, tags, withdrawals
from vectorstore.ledger.reader import LedgerReader
from vectorstore.ledger.runs import upsert
from vectorstore.owners import may_change, own_key
from vectorstore.revision import Revision
from vectorstore.values import Article, Passage, Progress, Span, StoredArticle

Outcome = Literal["new", "changed", "updated", "unchanged"]
"""changed: another text, so a new version; updated: the same text is current, and something about
it (its dates, its outlet, a version before it) is new."""

Vectors = tuple[npt.NDArray[np.float16], npt.NDArray[np.int8]]
"""A passage's vector, float16[dim], and its sentences', int8[n, dim]."""

GROUPED_AT_ONCE = 50
"""Articles grouped in one transaction where they were stored before there were stories."""

GROUPED = "grouped"
"""The setting that says that no article is without a story's signature."""

a, v = schema.articles.c, schema.versions.c


class Ledger(LedgerReader):
    """Reads and writes of one archive's database, whose schema is the current one.

    `term` is the writer's own where the database is on a server: what it stores is refused once
    another process has taken over.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.term: str | None = None

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _writes(self) -> Iterator[Connection]:
        """A transaction that writes; raises ArchiveLocked if this writer's term is over."""
        with self.engine.begin() as c:
            if self.term is None:
                yield c
            else:
                with postgres.in_term(c, self.term):
                    yield c

    def set_meta(self, key: str, value: str) -> None:
        with self._writes() as c:
            upsert(c, schema.meta, {"key": key}, {"value": value})

    def compare(self, article: Article) -> Outcome:
        """What `put` would do with this article, without doing it."""
        with self.engine.connect() as c:
            row, article = _owned(c, article)
            return _compare(c, row, article)

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
        are there already. In the same transaction it joins its story. A body that differs
        from the stored one in boilerplate alone is not stored. A revision before the stored one
        becomes one of the article's earlier versions; what its provider withdrew stays out of
        search. One whose identity is another's article is stored under a key of its own.
        """
        with self._writes() as c:
            row, article = _owned(c, article)
            outcome = _compare(c, row, article)
            if outcome == "unchanged":
                return outcome
            if row is not None and article.revision.precedes(withdrawals.stored(row)):
                _put_version(c, article, None)
                return outcome
            values = _columns(article) | {"seq": _next_seq(c), "stale": False}
            if row is not None and outcome == "updated":
                values["version"] = row.version
            if withdrawals.covers(c, article):
                values["withdrawn_at"] = datetime.now(UTC).isoformat()
            upsert(c, schema.articles, {"id": article.id}, values)
            tags.put(c, article)
            if values["version"] == article.version:
                _put_version(c, article, values["seq"] if outcome != "updated" else None)
                _put_passages(c, article.id, article.version, passages, digests)
                _put_vectors(c, vectors, model)
            if row is not None:
                _leave(c, article.id)
            if not values["withdrawn_at"]:
                _join(c, article.id)
        return outcome

    def recut(
        self,
        article: StoredArticle,
        passages: Sequence[Passage],
        digests: Sequence[str],
        vectors: dict[str, Vectors],
        model: str,
    ) -> bool:
        """Replace the passages of an article's current version; False if they are as before.

        Does nothing if the article has changed since it was read.
        """
        with self._writes() as c:
            row = _row(c, article.id)
            if row is None or row.version != article.version or row.withdrawn_at:
                return False
            moved = _put_passages(c, article.id, article.version, passages, digests)
            _put_vectors(c, vectors, model)
            values: dict[str, Any] = {"stale": False} | ({"seq": _next_seq(c)} if moved else {})
            c.execute(schema.articles.update().where(a.id == article.id).values(**values))
        return moved

    def put_vectors(self, vectors: dict[str, Vectors], model: str) -> None:
        """Store another model's vectors of passages, by digest, in one transaction."""
        with self._writes() as c:
            _put_vectors(c, vectors, model)

    def boilerplate(self, outlet: str, body: str) -> tuple[Span, ...]:
        """The paragraphs of a body that are boilerplate of its outlet."""
        with self.engine.connect() as c:
            return boilerplate.spans(c, outlet, body)

    def withdraw(self, article_ids: Iterable[str]) -> int:
        """Take articles out of every search, keeping their text; how many were in."""
        count = 0
        now = datetime.now(UTC).isoformat()
        for article in article_ids:
            with self._writes() as c:
                values = {"withdrawn_at": now, "seq": _next_seq(c), "stale": False}
                change = schema.articles.update().where(a.id == article, a.withdrawn_at.is_(None))
                if c.execute(change.values(**values)).rowcount:
                    _leave(c, article)
                    count += 1
        return count

    def retract(self, article: str, revision: Revision) -> bool:
        """Withdraw an article as its provider says, now and whenever an earlier state of it
        comes; whether it was in any search. Does nothing to a later state."""
        with self._writes() as c:
            withdrawals.note(c, article, revision)
            row = _row(c, article)
            if row is None or row.withdrawn_at or revision.precedes(withdrawals.stored(row)):
                return False
            later = withdrawals.stored(row).precedes(revision)
            said = {"revision": revision.version, "revised": revision.made} if later else {}
            now = datetime.now(UTC).isoformat()
            values = {"withdrawn_at": now, "seq": _next_seq(c), "stale": False, **said}
            c.execute(schema.articles.update().where(a.id == article).values(**values))
            _leave(c, article)
        return True

    def group(self, progress: Progress) -> None:
        """Group the live articles that an earlier Dateline stored; goes on where it stopped.

        Done once: what is stored since is grouped as it is stored.
        """
        if self.meta(GROUPED):
            return
        with self.engine.connect() as c:
            total = stories.count_ungrouped(c)
        done = 0
        while done < total:
            with self._writes() as c:
                found = stories.ungrouped(c, GROUPED_AT_ONCE)
                for article in found:
                    _join(c, article)
            if not found:
                break
            done += len(found)
            progress("Grouping", done, total)
        self.set_meta(GROUPED, "yes")


def _row(c: Connection, article: str) -> Row[Any] | None:
    return c.execute(select(schema.articles).where(a.id == article)).first()


def _owned(c: Connection, article: Article) -> tuple[Row[Any] | None, Article]:
    """What is stored under an article's key, and the article; under its own key, and without the
    address, where that is an article of others."""
    row: Any = _row(c, article.id)
    if row is None or may_change(row, article.source, article.issuers):
        return row, article
    key = own_key(article.key, article.issuers)
    url = "" if article.url == article.key else article.url
    article = replace(article, key=key, url=url)
    return _row(c, article.id), article


def _compare(c: Connection, row: Row[Any] | None, article: Article) -> Outcome:
    if row is None:
        return "new"
    state = withdrawals.stored(row)
    if article.revision.precedes(state):
        return "unchanged" if _known(c, article) else "updated"
    if article.revision and article.revision == state and article.version != row.version:
        # Two texts of one revision: the one that came later stays
        return "unchanged" if _known(c, article) else "changed"
    held = (v.article == row.id) & (v.version == row.version)
    text = c.execute(select(v.headline, v.byline, v.body, v.partial).where(held)).one()
    part = article.partial and not text.partial and not row.withdrawn_at
    if part and gated.fuller(text.body, article.body):
        return "unchanged"
    if row.version != article.version and (
        row.withdrawn_at  # its passages may have no vectors of the model of now
        or text.partial != article.partial
        or not _reads_the_same(c, text, article)
    ):
        return "changed"
    stored = row._mapping
    columns = _columns(article) | {"version": row.version}
    if row.withdrawn_at and withdrawals.covers(c, article):
        columns["withdrawn_at"] = row.withdrawn_at
    same = all(stored[name] == value for name, value in columns.items())
    same = same and text.partial == article.partial
    return "unchanged" if same and tags.same(c, article) else "updated"


def _known(c: Connection, article: Article) -> bool:
    """Whether an article's text is one of its versions, current or not."""
    own = (v.article == article.id) & (v.version == article.version)
    return c.execute(select(v.version).where(own)).first() is not None


def _reads_the_same(c: Connection, stored: Any, article: Article) -> bool:
    """Whether the stored version differs from an article in its outlet's boilerplate alone."""
    if (stored.headline, stored.byline) != (article.headline, article.byline):
        return False
    outlet = article.outlet or article.source
    return boilerplate.same_but_for_it(c, outlet, stored.body, article.body)


def _join(c: Connection, article: str) -> None:
    """Story first: boilerplate counts each story once."""
    stories.join(c, article)
    boilerplate.join(c, article)


def _leave(c: Connection, article: str) -> None:
    boilerplate.leave(c, article)
    stories.leave(c, article)


def _next_seq(c: Connection) -> int:
    return (c.scalar(select(func.max(a.seq))) or 0) + 1


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
        "dateline": article.dateline,
        "revision": article.revision.version,
        "revised": article.revision.made,
        "withdrawn_at": None,
    }


def _put_version(c: Connection, article: Article, seq: int | None) -> None:
    """Store a version unless it is there; with `seq`, it becomes the current one now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    own = (v.article == article.id) & (v.version == article.version)
    if c.execute(select(v.version).where(own)).first() is None:
        text = {"headline": article.headline, "byline": article.byline, "body": article.body}
        owner = {"article": article.id, "version": article.version, "partial": article.partial}
        c.execute(schema.versions.insert().values(**owner, **text, ingested=now, since=now))
    else:
        c.execute(schema.versions.update().where(own).values(partial=article.partial))
    if seq is not None:
        c.execute(schema.versions.update().where(own).values(since=now, seq=seq))


def _put_passages(
    c: Connection,
    article: str,
    version: str,
    passages: Sequence[Passage],
    digests: Sequence[str],
) -> bool:
    """Store a version's passages in place of those it has; False if they are the same."""
    rows = [
        {
            "id": f"{article}-{version}-{position}",
            "article": article,
            "version": version,
            "position": position,
            "start": passage.start,
            "end": passage.end,
            "sentences": json.dumps(passage.sentences, separators=(",", ":")),
            "digest": digest,
        }
        for position, (passage, digest) in enumerate(zip(passages, digests, strict=True))
    ]
    p = schema.passages.c
    own = (p.article == article) & (p.version == version)
    held = c.execute(select(schema.passages).where(own).order_by(p.position))
    if [dict(row._mapping) for row in held] == rows:
        return False
    c.execute(schema.passages.delete().where(own))
    if rows:
        c.execute(schema.passages.insert(), rows)
    return True


def _put_vectors(c: Connection, vectors: dict[str, Vectors], model: str) -> None:
    rows = [
        {"digest": d, "model": model, "passage": x.tobytes(), "sentences": s.tobytes()}
        for d, (x, s) in vectors.items()
    ]
    if rows:
        c.execute(schema.vectors.insert(), rows)
