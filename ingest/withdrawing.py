"""Withdrawals brought into the archive: which article a provider means, and whether it may."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.values import Problem, Withdrawal
from vectorstore import Archive, Article, StoredArticle
from vectorstore.owners import may_change, own_key
from vectorstore.values import id_of


def withdraw(archive: Archive, one: Withdrawal) -> tuple[bool, Problem | None]:
    """Take an article out of search as its provider says; whether it was in any, and why that
    could not be done.

    It means the article that stands under one of its names and that it may change. Where none
    stands, what comes under its first name later stays out.
    """
    meant, others = _meant(archive, one)
    live = [article for article in meant if not article.withdrawn]
    if len(live) > 1:
        return False, _failure(one, f"{len(live)} articles have its name: give its provider")
    if meant:
        return archive.retract((live or meant)[0].id, one.revision), None
    if not one.keys:
        return False, _failure(one, "no article has its name, and it gives no provider")
    if others is None:
        return archive.retract(id_of(one.keys[0]), one.revision), None
    apart = id_of(own_key(one.keys[0], one.issuers))
    if _article(archive, apart):
        return archive.retract(apart, one.revision), None
    return False, _failure(one, f"the article that it names is {_whose(others)}'s: it stays")


def _meant(archive: Archive, one: Withdrawal) -> tuple[list[StoredArticle], StoredArticle | None]:
    """The articles that a provider may mean, and one that it names and may not change.

    The first of its names that an article has is the one that counts.
    """
    refused: StoredArticle | None = None
    for ids in _named(archive, one):
        standing = [article for i in ids if (article := _article(archive, i))]
        own = [s for s in standing if may_change(s, one.source, one.issuers)]
        if own:
            return own, None
        refused = refused or next(iter(standing), None)
    return [], refused


def _named(archive: Archive, one: Withdrawal) -> Iterator[list[str]]:
    for key in one.keys:
        yield [id_of(key)]
    if one.name:
        yield archive.named(one.name)


def _article(archive: Archive, article: str) -> StoredArticle | None:
    try:
        return archive.article(article)
    except KeyError:
        return None


def _failure(one: Withdrawal, reason: str) -> Problem:
    return Problem(one.path, None, f"is {one.status}, but {reason}")


def key_conflict(archive: Archive, article: Article) -> Problem | None:
    """The problem to report of an article whose identity is another's, so that it is stored under
    a key of its own; None where nobody else has it."""
    others = archive.owner(article) if article.issuers else None
    if others is None:
        return None
    reason = f"names itself as an article of {_whose(others)}'s: kept as one of its own"
    return Problem(article.path, None, reason, fatal=False)


def _whose(article: StoredArticle) -> str:
    return article.outlet or article.source
