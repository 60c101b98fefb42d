"""What storing an article would change: a comparison with what the ledger has of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from vectorstore.ledger import boilerplate, gated, schema, tags, withdrawals
from vectorstore.ledger.rows import article_row, columns
from vectorstore.owners import may_change, own_key
from vectorstore.values import Article

Outcome = Literal["new", "changed", "updated", "unchanged"]
"""changed: another text, so a new version; updated: the same text is current, and something about
it (its dates, its outlet, a version before it) is new."""

v = schema.versions.c


def owned(c: Connection, article: Article) -> tuple[Row[Any] | None, Article]:
    """What is stored under an article's key, and the article; under its own key, and without the
    address, where that is an article of others."""
    row: Any = article_row(c, article.id)
    if row is None or may_change(row, article.source, article.issuers):
        return row, article
    key = own_key(article.key, article.issuers)
    url = "" if article.url == article.key else article.url
    article = replace(article, key=key, url=url)
    return article_row(c, article.id), article


def compare(c: Connection, row: Row[Any] | None, article: Article) -> Outcome:
    """What storing an article changes, of which `row` is what is stored; see `owned`."""
    if row is None:
        return "new"
    state = withdrawals.stored(row)
    if article.revision.precedes(state):
        return "unchanged" if _known(c, article) else "updated"
    if article.revision and article.revision == state and article.version != row.version:
        # Two texts of one revision: the one that came later stays
        return "unchanged" if _known(c, article) else "changed"
    current = (v.article == row.id) & (v.version == row.version)
    text = c.execute(select(v.headline, v.byline, v.body, v.partial).where(current)).one()
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
    values = columns(article) | {"version": row.version}
    if row.withdrawn_at and withdrawals.covers(c, article):
        values["withdrawn_at"] = row.withdrawn_at
    same = all(stored[name] == value for name, value in values.items())
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
