"""Articles whose text comes with their feed, always or where their page cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.sources.assemble import from_feed
from ingest.sources.feed_text import LEAST, lacks, spare, taken
from ingest.sources.stored import ALONE, FROM_FEED, alone, store
from ingest.sources.visit import Entry, Item, Seen, Visit
from vectorstore import Page, StoredArticle


def carried(visit: Visit, page: Page, held: StoredArticle | None, entry: Entry) -> Iterator[Item]:
    """The article that the feed carries; what is none is told, and looked at again with it."""
    if body := taken(visit.source, entry):
        made = from_feed(visit.source, entry, body, visit.now)
        yield from store(visit, page, held, entry, made, FROM_FEED)
    else:
        yield visit.problem(entry.url, lacks(entry, LEAST), fatal=False)
        yield Seen(page, "not_articles")


def goes_without(visit: Visit, page: Page, held: StoredArticle | None, entry: Entry) -> bool:
    """Whether the feed's own text stands in for a page that cannot be read: not for one that
    was read before. What the feed gave stays, even after the feed has dropped it."""
    if alone(page) and not entry.digest:
        return True
    return (held is None or alone(page)) and bool(spare(visit.source, entry))


def without_page(
    visit: Visit,
    page: Page,
    held: StoredArticle | None,
    entry: Entry,
    failed: tuple[int, str],
) -> Iterator[Item]:
    """The article as the feed has it, whose page answered with this status, or why it did not."""
    status, reason = failed
    if not entry.digest:
        yield Seen(visit.failed(entry, page, status=status, soon=False))
        return
    yield visit.problem(entry.url, f"{reason}: its text is taken from the feed", fatal=False)
    made = from_feed(visit.source, entry, spare(visit.source, entry), visit.now)
    yield from store(visit, replace(page, status=status), held, entry, made, ALONE)
