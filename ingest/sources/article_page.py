"""One article page: fetched if there is reason to, and read, seen unchanged, or gone."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ingest.fetch import FetchError, Reply
from ingest.keys import canonical
from ingest.sandbox import ParseFailed
from ingest.sources import delivered
from ingest.sources.assemble import from_feed, from_page, same_text
from ingest.sources.visit import TRY_AGAIN, Entry, Gone, Item, Read, Seen, Visit, key_of
from vectorstore import Article, Page, StoredArticle

GONE = (404, 410)
FROM_FEED = "feed:"
"""Starts the digest of a page whose text came with the feed: the page itself is only asked
whether it is still there."""


def wanted(visit: Visit, entry: Entry, page: Page) -> bool:
    """Whether an announced page has to be read: new, announced anew, or due for a check."""
    if page.checked is None:
        return True
    if entry.digest and entry.digest != page.digest.removeprefix(FROM_FEED):
        return True
    return page.next_check is not None and page.next_check <= visit.now


def read(visit: Visit, entry: Entry) -> Iterator[Item]:
    """What became of one article: items to store, in order.

    Raises FetchError where the host could not be asked; then nothing is known, and the next
    run tries again.
    """
    page = visit.page(entry.url)
    held = _held(visit, page)
    if held and held.url and held.url != entry.url:  # another name of an article we have
        entry = replace(entry, url=held.url)
        page = visit.page(held.url)
    if _comes_with_feed(visit, entry):
        yield from _store(visit, page, held, entry, from_feed(visit.source, entry, visit.now))
        return
    again = page.article and not page.missed
    reply = visit.client.get(
        entry.url,
        etag=page.etag if again else "",
        last_modified=page.last_modified if again else "",
    )
    if reply.status == 304:
        digest = entry.digest or page.digest
        kept = visit.checked(page, status=page.status, since=_published(held))
        yield Seen(replace(kept, digest=digest))
    elif reply.status in GONE or _sent_home(reply):
        yield _gone(visit, page, reply)
    elif reply.status != 200:
        yield from refused(visit, entry, reply.status, f"answers {reply.status}")
    elif page.digest.startswith(FROM_FEED) and not entry.digest:
        page = replace(page, etag=reply.etag, last_modified=reply.last_modified)
        yield Seen(visit.checked(page, status=200, since=_published(held)))
    else:
        yield from _parsed(visit, page, held, entry, reply)


def _held(visit: Visit, page: Page) -> StoredArticle | None:
    try:
        return visit.archive.article(page.article) if page.article else None
    except KeyError:
        return None


def _published(article: Article | StoredArticle | None) -> datetime | None:
    return article.published.instant if article and article.published else None


def _body(visit: Visit, article: str) -> str:
    """The text of an article that was read in this run or before, "" if none was."""
    if article in visit.bodies:
        return visit.bodies[article]
    try:
        return visit.archive.article(article).body
    except KeyError:
        return ""


def _comes_with_feed(visit: Visit, entry: Entry) -> bool:
    return bool(entry.body) and visit.source.full_text != "page"


def _sent_home(reply: Reply) -> bool:
    """Whether an article's URL leads to the site's front page, as many sites do with dead ones."""
    asked, got = urlsplit(reply.url), urlsplit(reply.final_url)
    return asked.path not in {"", "/"} and got.path in {"", "/"} and not got.query


def _gone(visit: Visit, page: Page, reply: Reply) -> Gone:
    missed = page.missed + 1
    wait = max(visit.source.every, timedelta(hours=1))
    enough = missed >= visit.source.withdrawn_after
    kept = replace(
        page,
        status=reply.status if reply.status in GONE else 404,
        checked=visit.now,
        missed=missed,
        next_check=visit.now + (TRY_AGAIN if enough else wait),
    )
    long_gone = missed > visit.source.withdrawn_after + 30
    return Gone(replace(kept, next_check=None) if long_gone else kept, enough)


def refused(visit: Visit, entry: Entry, status: int, reason: str) -> Iterator[Item]:
    """A page that cannot be read, reported at each try; what we hold of it stays."""
    yield visit.problem(entry.url, reason)
    page = visit.failed(entry, visit.page(entry.url), status=status, soon=False)
    yield Seen(page, unchanged=False)


def _parsed(
    visit: Visit, page: Page, held: StoredArticle | None, entry: Entry, reply: Reply
) -> Iterator[Item]:
    page = replace(page, etag=reply.etag, last_modified=reply.last_modified)
    try:
        if delivered.holds_items(reply):
            yield from _items(visit, page, entry, reply)
            return
        parsed = _parse(visit, reply)
    except ParseFailed as error:
        yield from refused(visit, entry, reply.status, str(error))
        return
    url = canonical(reply.permanent_url) or entry.url
    article, problems = from_page(visit.source, entry, parsed, url, visit.now)
    if not article.body:
        if held:
            reason = "has no text any more: the text that was read before is kept"
            yield from refused(visit, entry, reply.status, reason)
        else:
            yield from refused(visit, entry, reply.status, "has no text")
        return
    named = canonical(str(parsed.get("url", "")))
    if named and named != url:
        settled = yield from _named_otherwise(visit, page, entry, article, named)
        if settled:
            return
    yield from _store(visit, page, held, entry, (article, problems))


def _items(visit: Visit, page: Page, entry: Entry, reply: Reply) -> Iterator[Item]:
    """What an address comes to that answers with news items and not with a page."""
    kept = replace(visit.checked(page, status=200, since=None), digest=entry.digest or page.digest)
    article = ""
    for one in delivered.entries(visit.sandbox, reply):
        for item in delivered.items(visit, one, one.delivered) if one.delivered else ():
            article = article or (item.article.id if isinstance(item, Read) else "")
            yield item
    yield Seen(replace(kept, article=article or page.article), unchanged=False)


def _parse(visit: Visit, reply: Reply) -> dict[str, Any]:
    parsed: dict[str, Any] = visit.sandbox.parse(
        "page", reply.body, url=reply.final_url, content_type=reply.content_type
    )
    return parsed


def _named_otherwise(
    visit: Visit, page: Page, entry: Entry, article: Article, named: str
) -> Generator[Item, None, bool]:
    """A page that says its article stands at another URL (AMP, print, a parameter).

    That URL is read instead, if it is the same article. Returns whether that settled it.
    """
    alias = replace(visit.checked(page, status=200, since=None), next_check=None)
    alias = replace(alias, digest=entry.digest)
    identity = replace(article, key=named).id
    if known := _body(visit, identity):
        if not same_text(known, article.body):
            return False
        yield Seen(replace(alias, article=identity))
        return True
    try:
        reply = visit.client.get(named)
        parsed = _parse(visit, reply) if reply.status == 200 else {}
    except (FetchError, ParseFailed):
        parsed = {}
    better, problems = from_page(visit.source, entry, parsed, named, visit.now)
    if not same_text(better.body, article.body):
        return False
    primary = visit.page(named)
    primary = replace(primary, etag=reply.etag, last_modified=reply.last_modified)
    yield from _store(visit, primary, None, entry, (better, problems))
    yield Seen(replace(alias, article=better.id))
    return True


def _store(
    visit: Visit,
    page: Page,
    held: StoredArticle | None,
    entry: Entry,
    found: tuple[Article, list[str]],
) -> Iterator[Item]:
    """The article under the key that it has for good, and the states of its pages."""
    article, problems = found
    for reason in problems:
        yield visit.problem(entry.url, reason, fatal=False)
    if not article.body or not article.headline:
        missing = "text" if not article.body else "headline"
        yield from refused(visit, entry, page.status, f"has no {missing}")
        return
    since = _published(article)
    if held is None or held.version != article.version:
        page = replace(page, changed=visit.now)
    status = 0 if _comes_with_feed(visit, entry) else 200
    digest = entry.digest or page.digest
    if _comes_with_feed(visit, entry):
        digest = FROM_FEED + digest.removeprefix(FROM_FEED)
    kept = replace(visit.checked(page, status=status, since=since), digest=digest)
    if held:
        article = _same_article(article, held, visit.source.name)
    pages = [replace(kept, article=article.id)]
    if article.url and article.url != page.url:  # moved for good: it is checked there from now
        pages.append(replace(pages[0], url=key_of(article.url)))
        pages[0] = replace(pages[0], next_check=None)
    yield Read(article, tuple(pages))


def _same_article(article: Article, held: StoredArticle, source: str) -> Article:
    """What was read anew of an article that is held: it keeps its key, and its first source."""
    key = held.key
    if held.source == source:
        return replace(article, key=key)
    return replace(
        article,
        key=key,
        source=held.source,
        path=held.path,
        outlet=held.outlet,
        published=held.published or article.published,
    )
