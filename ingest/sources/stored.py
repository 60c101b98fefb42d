"""An article that was read, with the states of its pages: what is stored of it, or why nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ingest.keys import key_of
from ingest.sources.items import Entry, Item, Read, Seen
from ingest.sources.moved import Known, abandoned_pages, previous_article, still_announced
from ingest.sources.visit import Visit
from vectorstore import Article, Page, StoredArticle

MOVED = "stood at another address before and is the same article"

FROM_FEED = "feed:"
"""Starts the digest of a page whose text came with the feed: the page itself is only asked
whether it is still there."""
ALONE = "feed:alone:"
"""Starts the digest of one that could never be read: that it is gone says nothing of the article,
and should it come, its text is taken."""


def store(  # noqa: PLR0913, PLR0917
    visit: Visit,
    page: Page,
    stored: StoredArticle | None,
    entry: Entry,
    found: tuple[Article, list[str]],
    origin: str = "",
) -> Iterator[Item]:
    """The article under the key that it has for good, and the states of its pages.

    `origin` is FROM_FEED or ALONE for a text that came with the feed, "" for its page's.
    """
    article, problems = found
    for reason in problems:
        yield visit.problem(entry.url, reason, fatal=False)
    if not article.body or not article.headline:
        missing = "text" if not article.body else "headline"
        yield from refused(visit, entry, page.status, f"has no {missing}", fatal=False)
        return
    known = stored or previous_article(visit, entry, article)
    if stored is None or stored.version != article.version:
        page = replace(page, changed=visit.now)
    kept = _kept(visit, page, entry, article, origin)
    old: list[Page] = []
    if known and not stored:
        if still_announced(visit, known):
            yield Seen(replace(kept, article=known.id, next_check=None), "duplicates")
            return
        visit.counting.remark(MOVED, f"{known.url} is {article.url or entry.url} now")
        old = list(abandoned_pages(visit, known, page.url))
    if known:
        article = _same_article(article, known, visit.source.name)
    pages = [replace(kept, article=article.id)]
    if article.url and article.url != page.url:  # moved for good: it is checked there from now
        pages.append(replace(pages[0], url=key_of(article.url)))
        pages[0] = replace(pages[0], next_check=None)
    yield Read(article, (*old, *pages))


def _kept(visit: Visit, page: Page, entry: Entry, article: Article, origin: str) -> Page:
    """The state of the page of an article that is to be stored."""
    digest = origin + (entry.digest or digest_of(page))
    if origin == ALONE:
        return replace(visit.failed(entry, page, status=page.status, soon=False), digest=digest)
    kept = visit.checked(page, status=0 if origin else 200, since=published_of(article))
    if origin and visit.source.full_text == "feed":
        kept = replace(kept, next_check=None)
    return replace(kept, digest=digest)


def _same_article(article: Article, stored: Known, source: str) -> Article:
    """What was read anew of an article that is stored: it keeps its key, and its first source."""
    key = stored.key
    if stored.source == source:
        return replace(article, key=key)
    return replace(
        article,
        key=key,
        source=stored.source,
        path=stored.path,
        outlet=stored.outlet,
        published=stored.published or article.published,
    )


def refused(
    visit: Visit, entry: Entry, status: int, reason: str, *, fatal: bool = True
) -> Iterator[Item]:
    """A page that cannot be read, or is no article (not `fatal`), reported at each try; what we
    hold of it stays."""
    yield visit.problem(entry.url, reason, fatal=fatal)
    page = visit.failed(entry, visit.page(entry.url), status=status, soon=False)
    yield Seen(page, "" if fatal else "not_articles")


def digest_of(page: Page) -> str:
    """What the page's announcement said, wherever its text came from."""
    return page.digest.removeprefix(ALONE).removeprefix(FROM_FEED)


def is_feed_only(page: Page) -> bool:
    return page.digest.startswith(ALONE)


def published_of(article: Article | StoredArticle | None) -> datetime | None:
    return article.published.instant if article and article.published else None
