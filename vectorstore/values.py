"""The values that cross the layers: dates, articles, passages, filters and hits.

All are frozen. Offsets are character offsets into an article's body, end exclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from vectorstore.revision import UNREVISED, Revision

if TYPE_CHECKING:
    from vectorstore.query import Why

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as its source gave it: ISO 8601, a day or an instant, and how it was found.

    `iso` is `2025-07-31` where the source gave a day only, and
    `2025-07-31T19:08:24-04:00` where it gave an instant; an instant without a zone
    stays without one.
    """

    iso: str
    found: str = ""

    @property
    def day(self) -> date:
        """The calendar day in the source's own time zone."""
        return date.fromisoformat(self.iso[:10])

    @property
    def date_only(self) -> bool:
        return len(self.iso) == 10

    @property
    def instant(self) -> datetime:
        """An aware instant for ordering; a day counts from its midnight, no zone as UTC."""
        value = datetime.fromisoformat(self.iso)
        return value if value.tzinfo else value.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece by one outlet, as read from a source, before it has a version.

    `key` names the article for good: its canonical URL, or a file URI where it has none.
    `body` is plain text in NFC with a blank line between paragraphs. Unknown text is "",
    an unknown date is None. A `partial` body is what stands before a paywall or another gate.
    `dateline` is where the article says that it was written; `subjects` and `places` are names
    that its newsroom gave it, and `revision` which state of the item it is. `issuers` are who says
    that `key` is its identity, where not its own address does; see `vectorstore.owners`.
    """

    key: str
    headline: str
    body: str
    source: str = ""
    path: str = ""
    outlet: str = ""
    byline: str = ""
    language: str = ""
    url: str = ""
    published: Dated | None = None
    updated: Dated | None = None
    dateline: str = ""
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    revision: Revision = UNREVISED
    partial: bool = False
    issuers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """16 hex digits of the key's SHA-256: the same article has the same id anywhere."""
        return id_of(self.key)

    @property
    def version(self) -> str:
        """12 hex digits of the content's SHA-256: what a reader would see as changed text."""
        content = "\0".join((self.headline, self.byline, self.body))
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def id_of(key: str) -> str:
    """The id of the article that a key names."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one version: offsets in the body, and its sentences'."""

    start: int
    end: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article in one of its versions, as the ledger holds it."""

    id: str
    version: str
    headline: str
    body: str
    outlet: str
    byline: str
    language: str
    url: str
    source: str
    path: str
    published: Dated | None
    updated: Dated | None
    ingested: datetime
    current: bool = True
    """Whether this is the version that is searched; not if replaced or withdrawn."""
    withdrawn: datetime | None = None
    """When the article was taken out of search; None while it is live."""
    since: datetime | None = None
    """When this version last became the article's current one."""
    story: str = ""
    """The story of near-copies that the article belongs to, "" if it is alone."""
    key: str = ""
    """What names the article for good: its canonical URL, or a file URI."""
    dateline: str = ""
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Names that its newsroom gave it."""
    revision: Revision = UNREVISED
    """Which state of the item the article is, as its provider counts."""
    partial: bool = False
    """Whether this version's text is only what stood before a paywall or another gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a hit: offsets in the body, exact text, and its cosine to the question."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A retrieved passage of a current version, best first in a list of hits.

    `score` is the fused score (higher is better). `dense` is the passage's cosine to the
    question; `lexical` its BM25 score, None where the lexical index did not return it.
    """

    passage_id: str
    article: StoredArticle
    start: int
    end: int
    score: float
    dense: float
    lexical: float | None
    sentences: tuple[Sentence, ...]
    also: tuple[StoredArticle, ...] = ()
    """Other current articles of the same story that say this too, the earliest first."""
    why: Why | None = field(default=None, repr=False, compare=False)
    """Why it stands where it does, if the search was asked to explain."""

    @property
    def text(self) -> str:
        return self.article.body[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an archive holds and how fresh it is."""

    articles: int
    versions: int
    passages: int
    outlets: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    first_published: date | None
    last_published: date | None
    last_ingested: datetime | None
    model: str
    unindexed: int
    segments: int
    bytes_on_disk: int


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much (0 if unknown)."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """A `Progress` that shows nothing."""
