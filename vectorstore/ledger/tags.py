"""Subjects and places of articles: names that a newsroom gave, and that a search can ask for.

Names are compared whatever their letter case. Among several of a kind any will do; an article
has to have one of each kind that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from vectorstore.ledger import schema

if TYPE_CHECKING:
    from vectorstore.filters import Filters
    from vectorstore.values import Article

KINDS = ("subject", "place")
t, a = schema.tags.c, schema.articles.c


def code(kind: str, name: str) -> str:
    """A kind and a name as one word of the indexes: `place:seoul`."""
    return f"{kind}:{name.casefold()}"


def filter_codes(filters: Filters) -> list[list[str]]:
    """The words of each kind that the filters ask for, for those kinds that they do."""
    named = zip(KINDS, (filters.subjects, filters.places), strict=True)
    return [[code(kind, name) for name in names] for kind, names in named if names]


def put(c: Connection, article: Article) -> None:
    """Store an article's names in place of those it has."""
    c.execute(schema.tags.delete().where(t.article == article.id))
    if rows := _rows(article):
        c.execute(schema.tags.insert(), rows)


def same(c: Connection, article: Article) -> bool:
    """Whether the stored names are the article's."""
    held = select(t.code, t.position, t.name).where(t.article == article.id)
    wanted = {(row["code"], row["position"], row["name"]) for row in _rows(article)}
    return {(r.code, r.position, r.name) for r in c.execute(held)} == wanted


def names_of(c: Connection, ids: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The names of each of some articles, by kind; none for those that have none."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    query = select(t.article, t.code, t.name).where(t.article.in_(ids)).order_by(t.position)
    for row in c.execute(query):
        kinds = found.setdefault(row.article, dict.fromkeys(KINDS, ()))
        kinds[row.code.partition(":")[0]] += (row.name,)
    return found


def conditions(filters: Filters) -> Iterable[Any]:
    """What the filters ask of an article's names, as SQL conditions on the articles table."""
    for words in filter_codes(filters):
        yield a.id.in_(select(t.article).where(t.code.in_(words)))


def counts(c: Connection, kind: str) -> tuple[tuple[str, int], ...]:
    """The names of a kind with how many live articles have each, the most frequent first.

    Of several spellings of a name, the one that sorts first stands for all.
    """
    count = func.count().label("n")
    query = (
        select(func.min(t.name), count)
        .join(schema.articles, a.id == t.article)
        .where(t.code.startswith(f"{kind}:", autoescape=True), a.withdrawn_at.is_(None))
        .group_by(t.code)
        .order_by(count.desc(), t.code)
    )
    return tuple((row[0], row[1]) for row in c.execute(query))


def joined() -> Any:
    """The words of an article's names as a column, one on a line; NULL where it has none."""
    words = func.aggregate_strings(t.code, "\n")
    return select(words).where(t.article == a.id).scalar_subquery().label("tags")


def _rows(article: Article) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for kind, names in zip(KINDS, (article.subjects, article.places), strict=True):
        for name in filter(None, names):
            row = {"article": article.id, "code": code(kind, name), "name": name}
            rows.setdefault(row["code"], row | {"position": len(rows)})
    return list(rows.values())
