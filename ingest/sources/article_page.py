"""One article page: fetched if there is reason to, and read, seen unchanged, or gone."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from ingest.fetch import Busy, FetchError, Reply
from ingest.keys import canonical
from ingest.parsers.html import NO_PAGE
from ingest.sandbox import ParseFailed
from ingest.sources import delivered
from ingest.sources.assemble import from_page, same_text
from ingest.sources.feed_text import comes_with_feed
from ingest.sources.items import Entry, Gone, Item, Read, Seen
from ingest.sources.stored import FROM_FEED, digest_of, is_feed_only, published_of, refused, store
from ingest.sources.visit import TRY_AGAIN, Visit
from ingest.sources.without_page import article_from_feed, feed_replaces_page, without_page
from vectorstore import Article, Page, StoredArticle

GONE = (404, 410)


def wanted(visit: Visit, entry: Entry, page: Page) -> bool:
    """Whether an announced page has to be read: new, announced anew, or due for a check."""
    if page.checked is None:
        return True
    if entry.digest and entry.digest != digest_of(page):
        return True
    return page.next_check is not None and page.next_check <= visit.now


def read(visit: Visit, entry: Entry) -> Iterator[Item]:
    """What became of one article: items to store, in order; one of them has its outcome.

    Raises FetchError where the host could not be asked; then nothing is known, and the next
    run tries again.
    """
    page = visit.page(entry.url)
    stored = _stored_article(visit, page)
    if stored and stored.url and stored.url != entry.url:  # another name of an article we have
        entry = replace(entry, url=stored.url)
        page = visit.page(stored.url)
    if comes_with_feed(visit.source, entry):
        yield from article_from_feed(visit, page, stored, entry)
        return
    try:
        reply = _asked(visit, entry, page)
        yield from _answered(visit, page, stored, entry, reply)
    except Busy:
        raise
    except FetchError as error:
        if visit.stop.is_set() or not feed_replaces_page(visit, page, stored, entry):
            raise
        yield from without_page(visit, page, stored, entry, (0, error.reason))


def _asked(visit: Visit, entry: Entry, page: Page) -> Reply:
    again = page.article and not page.missed
    return visit.client.get(
        entry.url,
        etag=page.etag if again else "",
        last_modified=page.last_modified if again else "",
    )


def _answered(
    visit: Visit, page: Page, stored: StoredArticle | None, entry: Entry, reply: Reply
) -> Iterator[Item]:
    """What came of asking for a page."""
    home = _sent_home(reply)
    if reply.status == 304:
        digest = entry.digest or page.digest
        kept = visit.checked(page, status=page.status, since=published_of(stored))
        yield Seen(replace(kept, digest=digest))
    elif reply.status != 200 or home:
        why = "leads to the front page of its site" if home else f"answers {reply.status}"
        if feed_replaces_page(visit, page, stored, entry):
            yield from without_page(visit, page, stored, entry, (reply.status, why))
        elif home or reply.status in GONE:
            yield from _gone(visit, page, reply, why)
        else:
            yield from refused(visit, entry, reply.status, why)
    elif page.digest.startswith(FROM_FEED) and not is_feed_only(page) and not entry.digest:
        page = replace(page, etag=reply.etag, last_modified=reply.last_modified)
        yield Seen(visit.checked(page, status=200, since=published_of(stored)))
    else:
        yield from _parsed(visit, page, stored, entry, reply)


def _stored_article(visit: Visit, page: Page) -> StoredArticle | None:
    try:
        return visit.archive.article(page.article) if page.article else None
    except KeyError:
        return None


def _body(visit: Visit, article: str) -> str:
    """The text of an article that was read in this run or before, "" if none was."""
    if article in visit.read:
        return visit.read[article].body
    try:
        return visit.archive.article(article).body
    except KeyError:
        return ""


def _sent_home(reply: Reply) -> bool:
    """Whether an article's URL leads to the site's front page, as many sites do with dead ones."""
    asked, got = urlsplit(reply.url), urlsplit(reply.final_url)
    return asked.path not in {"", "/"} and got.path in {"", "/"} and not got.query


def _gone(visit: Visit, page: Page, reply: Reply, why: str) -> Iterator[Item]:
    """A page that is not there: what was never read failed, what we have is withdrawn in time."""
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
    if missed > visit.source.withdrawn_after + 30:
        kept = replace(kept, next_check=None)
    if not page.article:
        yield visit.problem(page.url, why)
        yield Gone(kept, enough)
        return
    left = visit.source.withdrawn_after - missed
    then = "withdrawn" if enough else f"withdrawn after {left} more such checks"
    yield visit.problem(page.url, f"{why}: {then}", fatal=False)
    yield Gone(kept, enough, "not_articles" if enough else "postponed")


def _parsed(
    visit: Visit, page: Page, stored: StoredArticle | None, entry: Entry, reply: Reply
) -> Iterator[Item]:
    page = replace(page, etag=reply.etag, last_modified=reply.last_modified)
    try:
        if delivered.holds_items(reply):
            yield from _items(visit, page, entry, reply)
            return
        parsed = _parse(visit, reply)
    except ParseFailed as error:
        if feed_replaces_page(visit, page, stored, entry):
            yield from without_page(visit, page, stored, entry, (reply.status, str(error)))
        else:
            other = str(error).endswith(NO_PAGE)
            yield from refused(visit, entry, reply.status, str(error), fatal=not other)
        return
    url = canonical(reply.permanent_url) or entry.url
    article, problems = from_page(visit.source, entry, parsed, url, visit.now)
    if not article.body:
        if feed_replaces_page(visit, page, stored, entry):
            yield from without_page(visit, page, stored, entry, (reply.status, "has no text"))
        elif stored:
            reason = "has no text any more: the text that was read before is kept"
            yield from refused(visit, entry, reply.status, reason)
        else:
            yield from refused(visit, entry, reply.status, "has no text", fatal=False)
        return
    if stored and url != page.url and _another(visit, url, stored, article):
        yield from _merged(visit, page, url)
        return
    named = canonical(str(parsed.get("url", "")))
    if named and named != url:
        settled = yield from _named_otherwise(visit, page, entry, article, named)
        if settled:
            return
    yield from store(visit, page, stored, entry, (article, problems))


def _another(visit: Visit, url: str, stored: StoredArticle, article: Article) -> bool:
    """Whether the address that a page leads to for good has another article than this one."""
    other = visit.page(url).article
    return other not in {"", stored.id} and same_text(_body(visit, other), article.body)


def _merged(visit: Visit, page: Page, url: str) -> Iterator[Item]:
    """A page that leads to an article which we have under its own name: one of both is enough."""
    yield visit.problem(page.url, f"is the article at {url} by now: withdrawn here", fatal=False)
    kept = visit.checked(page, status=200, since=None)
    yield Gone(replace(kept, next_check=None), withdraw=True, outcome="duplicates")


def _items(visit: Visit, page: Page, entry: Entry, reply: Reply) -> Iterator[Item]:
    """What an address comes to that answers with news items and not with a page: the first is
    what its entry became, and each of the others is an entry of its own."""
    kept = replace(visit.checked(page, status=200, since=None), digest=entry.digest or page.digest)
    article = ""
    found = list(delivered.entries(visit.sandbox, reply))
    for number, one in enumerate(found):
        if number:
            visit.counting.announce([one.url])
            visit.counting.end()
        for item in delivered.items(visit, one, one.delivered) if one.delivered else ():
            article = article or (item.article.id if isinstance(item, Read) else "")
            yield item
    if not found:
        yield visit.problem(entry.url, "holds no news items", fatal=False)
    outcome = "" if found else "not_articles"
    yield Seen(replace(kept, article=article or page.article), outcome)


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
    yield from store(visit, primary, None, entry, (better, problems))
    yield Seen(replace(alias, article=better.id), "")
    return True
