"""One run of one source: what it may use, what it knows, and what it yields."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ingest.fetch import Client, Reply
from ingest.keys import canonical
from ingest.parsers.news import NewsItem
from ingest.sandbox import Sandbox
from ingest.sources.counting import Counting
from ingest.sources.declared import Source
from ingest.values import Problem, Withdrawal
from vectorstore import Archive, Article, DatelineError, Page

SOONEST, LATEST = timedelta(hours=6), timedelta(days=7)
"""Bounds of the time between two checks of one page; between them it is half its age, as
most corrections come early."""

TRY_AGAIN = timedelta(days=1)
"""Time until a page that could not be read, or is gone, is tried again."""

KEPT = 1_000
"""Validators and ids kept of one source: an index may name 50,000 sitemaps; few change."""


class SourceFailed(DatelineError):
    """A source as a whole gave nothing: what it said, or why it could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as a feed, sitemap or list announces it. Dates are as written; `body` is
    the whole text where the source clearly carries it; `text` is the longest that it has, which
    may be a summary. `guid` names the article in its source, "" if nothing does but its URL."""

    url: str
    headline: str = ""
    byline: str = ""
    published: str = ""
    updated: str = ""
    summary: str = ""
    body: str = ""
    text: str = ""
    language: str = ""
    outlet: str = ""
    guid: str = ""
    delivered: NewsItem | None = None
    """The item itself, where the source's document is of items and not of links to them."""

    @property
    def digest(self) -> str:
        """16 hex digits that change when the announcement does; "" if it says nothing."""
        said = (self.headline, self.published, self.updated, self.summary, self.body)
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16] if any(said) else ""


@dataclass(frozen=True, slots=True)
class Read:
    """An article that was read, and the fetch state to keep once it is stored."""

    article: Article
    pages: tuple[Page, ...] = ()
    again: bool = False
    """Whether the run has had this article before, at another address."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that gave no article to store: its fetch state, and what its entry became; ""
    where that is counted otherwise, a failure by its problem."""

    page: Page
    outcome: str = "unchanged"


@dataclass(frozen=True, slots=True)
class Gone:
    """A page that answers 404 or 410; `withdraw` once it has done so often enough. `outcome`
    is as of `Seen`."""

    page: Page
    withdraw: bool
    outcome: str = ""


Item = Read | Seen | Gone | Problem | Withdrawal


@dataclass(slots=True, kw_only=True)
class Asking:
    """What it takes to ask a source what it announces. Used by one thread.

    `state` is the source's own memory between runs (validators, moved URLs, when it asked
    to be left alone). `complete` turns false when something has to be looked for again:
    then the validators are not kept, so that the next run sees everything once more.
    `nameless` counts the entries without an address, which cannot become articles; `pending`
    are read from what the source says, and not looked at yet.
    """

    source: Source
    client: Client
    sandbox: Sandbox
    now: datetime
    state: dict[str, Any] = field(default_factory=dict)
    complete: bool = True
    nameless: int = 0
    pending: int = 0
    counting: Counting = field(default_factory=Counting)
    _validators: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, url: str) -> Reply | None:
        """A feed, sitemap or list page of this source; None if it has not changed.

        Raises SourceFailed if it answers with an error, FetchError if it does not answer.
        """
        now_at = self.state.get("moved", {}).get(url, url)
        kept = self.state.get("validators", {}).get(url, {})
        reply = self.client.get(
            now_at, etag=kept.get("etag", ""), last_modified=kept.get("last_modified", "")
        )
        if reply.status not in {200, 304}:
            raise SourceFailed(f"{now_at} answers {reply.status}")
        if reply.permanent_url != now_at:
            self.state.setdefault("moved", {})[url] = reply.permanent_url
        if reply.status == 304:
            self._validators[url] = kept
            return None
        self._validators[url] = {"etag": reply.etag, "last_modified": reply.last_modified}
        return reply

    def each(self, found: Sequence[Entry]) -> Iterator[Entry]:
        """The entries of one feed, sitemap or list, one after the other."""
        self.counting.announce([entry.url for entry in found])
        self.pending += len(found)
        for entry in found:
            self.pending -= 1
            yield entry

    @property
    def left_out(self) -> str:
        """What the source announced and nobody could cite, "" if nothing."""
        many = "1 entry has" if self.nameless == 1 else f"{self.nameless:,} entries have"
        return f"{many} no address and cannot be cited: left out" if self.nameless else ""

    def finish(self) -> dict[str, Any]:
        """The state to keep: validators only where nothing has to be looked for again."""
        kept = self.state.get("validators", {}) | self._validators if self.complete else {}
        named = [(url, v) for url, v in kept.items() if any(v.values())][-KEPT:]
        state = self.state | {"validators": dict(named)}
        if guids := self.state.get("guids"):
            state["guids"] = dict(list(guids.items())[-KEPT:])
        return state

    def moved_on(self, before: dict[str, Any]) -> dict[str, Any] | None:
        """The state to keep after a run that was cut short: the one before, with where the
        source's URLs have moved since. None if they have not."""
        moved = self.state.get("moved", {})
        return None if moved == before.get("moved", {}) else before | {"moved": moved}

    def admits(self, url: str) -> bool:
        """Whether the declaration's `include` and `exclude` let an article URL through."""
        include, exclude = self.source.include, self.source.exclude
        if include and not re.search(include, url):
            return False
        return not (exclude and re.search(exclude, url))


@dataclass(slots=True, kw_only=True)
class Visit(Asking):
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


def key_of(url: str) -> str:
    """The canonical URL, or the URL itself where it has none."""
    return canonical(url) or url
