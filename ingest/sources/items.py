"""What a run of a source passes on: announced entries, and what became of their pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.parsers.news import NewsItem
from ingest.values import Problem, Withdrawal
from vectorstore import Article, Page


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
