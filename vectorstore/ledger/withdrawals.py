"""What providers have withdrawn, kept so that an earlier state that comes later stays out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from vectorstore.ledger import schema
from vectorstore.ledger.runs import upsert
from vectorstore.revision import Revision
from vectorstore.values import Article

w, a = schema.withdrawals.c, schema.articles.c


def note(c: Connection, article: str, revision: Revision) -> None:
    """Keep that an article is withdrawn as of this revision, if no later one is known."""
    held = _held(c, article)
    if held is None or not revision.precedes(held):
        said = {"revision": revision.version, "revised": revision.made}
        now = datetime.now(UTC).isoformat(timespec="seconds")
        upsert(c, schema.withdrawals, {"article": article}, said | {"since": now})


def covers(c: Connection, article: Article) -> bool:
    """Whether an article is withdrawn by its provider: no later state of it has come."""
    held = _held(c, article.id)
    return held is not None and not held.precedes(article.revision)


def stored(row: Any) -> Revision:
    """The revision of a row of the articles table."""
    return Revision(row.revision, row.revised)


def _held(c: Connection, article: str) -> Revision | None:
    row = c.execute(select(w.revision, w.revised).where(w.article == article)).first()
    return None if row is None else stored(row)
