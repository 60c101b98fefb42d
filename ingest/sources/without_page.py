"""Articles whose text comes with their feed, always or where their page cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.sources.assemble import from_feed
from ingest.sources.feed_text import LEAST, fallback_body, feed_body, rejection
from ingest.sources.items import Entry, Item, Seen
from ingest.sources.stored import ALONE, FROM_FEED, is_feed_only, store
from ingest.sources.visit import Visit
from vectorstore import Page, StoredArticle


def article_from_feed(
    visit: Visit, page: Page, stored: StoredArticle | None, entry: Entry
) -> Iterator[Item]:
    """The article that the feed carries; a text that is none is reported each time it comes."""
    if body := feed_body(visit.source, entry):
        made = from_feed(visit.source, entry, body, visit.now)
        yield from store(visit, page, stored, entry, made, FROM_FEED)
    else:
        yield visit.problem(entry.url, rejection(entry, LEAST), fatal=False)
        yield Seen(page, "not_articles")


def feed_replaces_page(
    visit: Visit, page: Page, stored: StoredArticle | None, entry: Entry
) -> bool:
    """Whether the feed's own text stands in for a page that cannot be read: not for one that
    was read before. What the feed gave stays, even after the feed has dropped it."""
    if is_feed_only(page) and not entry.digest:
        return True
    return (stored is None or is_feed_only(page)) and bool(fallback_body(visit.source, entry))


def without_page(
    visit: Visit,
    page: Page,
    stored: StoredArticle | None,
    entry: Entry,
    failed: tuple[int, str],
) -> Iterator[Item]:
    """The article as the feed has it, whose page answered with this status, or why it did not."""
    status, reason = failed
    if not entry.digest:
        yield Seen(visit.failed(entry, page, status=status, soon=False))
        return
    yield visit.problem(entry.url, f"{reason}: its text is taken from the feed", fatal=False)
    made = from_feed(visit.source, entry, fallback_body(visit.source, entry), visit.now)
    yield from store(visit, replace(page, status=status), stored, entry, made, ALONE)
