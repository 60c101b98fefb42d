"""One run of one source: what it works with, and when each page is to be checked again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ingest.sources.items import Entry, Gone, Item, Read, Seen
from ingest.sources.poll import Poll
from ingest.values import Problem
from vectorstore import Archive, Article, Page

SOONEST, LATEST = timedelta(hours=6), timedelta(days=7)
"""Bounds of the time between two checks of one page; between them it is half its age, as
most corrections come early."""

TRY_AGAIN = timedelta(days=1)
"""Time until a page that could not be read, or is gone, is tried again."""


@dataclass(slots=True, kw_only=True)
class Visit(Poll):
    """What one run of a source works with besides: the archive, and the pages it knows.

    `announce` is told how many articles are to be fetched; `stop` ends the run early, and
    `stopped` says that it did. `read` has the articles read so far, by id.
    """

    archive: Archive
    pages: dict[str, Page] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    announce: Callable[[int], None] = lambda _count: None
    stopped: bool = False
    read: dict[str, Article] = field(default_factory=dict)
    headlines: dict[str, list[str]] | None = None
    """Ids of the source's articles by their folded headlines; None until they are asked for."""

    def once(self, item: Item) -> Item:
        """The item, as a duplicate if its article was counted in this run."""
        if isinstance(item, Read):
            return replace(item, again=self.counting.again(item.article.id))
        if not isinstance(item, Seen) or item.outcome != "unchanged":
            return item
        again = self.counting.again(item.page.article)
        return replace(item, outcome="duplicates") if again else item

    def note(self, item: Item) -> Iterator[str]:
        """Remember what was found out in this run; the URLs that need no other look in it."""
        found = item.pages if isinstance(item, Read) else ()
        if isinstance(item, Read):
            self.read[item.article.id] = item.article
        elif isinstance(item, Seen | Gone):
            found = (item.page,)
        for page in found:
            self.pages[page.url] = page
            yield page.url

    def page(self, url: str) -> Page:
        """The fetch state of a URL, blank if it was never fetched."""
        return self.pages.get(url) or Page(url=url, source=self.source.name)

    def problem(self, url: str, reason: str, *, fatal: bool = True) -> Problem:
        return Problem(url, None, reason, fatal=fatal)

    def checked(self, page: Page, *, status: int, since: datetime | None) -> Page:
        """The page as checked now, with the time of its next check; `since` is its age's start.

        Without `since`, its age is that of its content.
        """
        changed = page.changed or self.now
        start = since or changed
        age = max(self.now - start, timedelta(0))
        wait = min(max(age / 2, SOONEST), LATEST)
        due: datetime | None = self.now + wait
        if self.source.kind == "pages":
            due = self.now
        elif self.now - max(start, changed) > self.source.recheck:
            due = None
        return replace(page, status=status, checked=self.now, next_check=due, missed=0)

    def failed(self, entry: Entry, page: Page, *, status: int, soon: bool) -> Page:
        """The page as not read: tried again ever more rarely, first after a day.

        With `soon` the first new try is in the next run, and each day has one; after `recheck`
        there is none.
        """
        first = page.changed or self.now
        age = self.now - first
        wait = min(max(age / 2, TRY_AGAIN), LATEST)
        if soon:
            wait = min(max(age, self.source.every), TRY_AGAIN)
        due = self.now + wait if age <= self.source.recheck else None
        digest = entry.digest or page.digest
        changes = {"status": status, "checked": self.now, "changed": first, "digest": digest}
        return replace(page, next_check=due, **changes)  # type: ignore[arg-type]
