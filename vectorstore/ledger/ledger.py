"""The ledger: the database of articles, versions, passages and vectors; the one truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from vectorstore.ledger import boilerplate, postgres, schema, stories, tags, withdrawals
from vectorstore.ledger.comparison import Outcome, compare, owned
from vectorstore.ledger.reader import LedgerReader
from vectorstore.ledger.rows import (
    Vectors,
    article_row,
    columns,
    next_seq,
    put_passages,
    put_vectors,
    put_version,
)
from vectorstore.ledger.runs import upsert
from vectorstore.revision import Revision
from vectorstore.values import Article, Passage, Progress, Span, StoredArticle

GROUPED_AT_ONCE = 50
"""Articles grouped in one transaction where they were stored before there were stories."""

GROUPED = "grouped"
"""The setting that says that no article is without a story's signature."""

a = schema.articles.c


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
            row, article = owned(c, article)
            return compare(c, row, article)

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
            row, article = owned(c, article)
            outcome = compare(c, row, article)
            if outcome == "unchanged":
                return outcome
            if row is not None and article.revision.precedes(withdrawals.stored(row)):
                put_version(c, article, None)
                return outcome
            values = columns(article) | {"seq": next_seq(c), "stale": False}
            if row is not None and outcome == "updated":
                values["version"] = row.version
            if withdrawals.covers(c, article):
                values["withdrawn_at"] = datetime.now(UTC).isoformat()
            upsert(c, schema.articles, {"id": article.id}, values)
            tags.put(c, article)
            if values["version"] == article.version:
                put_version(c, article, values["seq"] if outcome != "updated" else None)
                put_passages(c, article.id, article.version, passages, digests)
                put_vectors(c, vectors, model)
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
            row = article_row(c, article.id)
            if row is None or row.version != article.version or row.withdrawn_at:
                return False
            moved = put_passages(c, article.id, article.version, passages, digests)
            put_vectors(c, vectors, model)
            values: dict[str, Any] = {"stale": False} | ({"seq": next_seq(c)} if moved else {})
            c.execute(schema.articles.update().where(a.id == article.id).values(**values))
        return moved

    def put_vectors(self, vectors: dict[str, Vectors], model: str) -> None:
        """Store another model's vectors of passages, by digest, in one transaction."""
        with self._writes() as c:
            put_vectors(c, vectors, model)

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
                values = {"withdrawn_at": now, "seq": next_seq(c), "stale": False}
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
            row = article_row(c, article)
            if row is None or row.withdrawn_at or revision.precedes(withdrawals.stored(row)):
                return False
            later = withdrawals.stored(row).precedes(revision)
            said = {"revision": revision.version, "revised": revision.made} if later else {}
            now = datetime.now(UTC).isoformat()
            values = {"withdrawn_at": now, "seq": next_seq(c), "stale": False, **said}
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


def _join(c: Connection, article: str) -> None:
    """Story first: boilerplate counts each story once."""
    stories.join(c, article)
    boilerplate.join(c, article)


def _leave(c: Connection, article: str) -> None:
    boilerplate.leave(c, article)
    stories.leave(c, article)
