"""What the script is made of: outlets, pieces with their states, and troubles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from tests.site.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One site. `kind` is how it announces its pieces, at `listing`.

    `offset` is its clock in hours from UTC, `zone` the name it writes for that, if any.
    `window` pieces at most are announced at once. `validators` is any of "etag", "modified".
    `promo` is a paragraph that it puts into every article; `robots` is its robots.txt, None
    for a 404. `dates` says where its pages carry theirs.
    """

    key: str
    name: str
    kind: str
    listing: str
    language: str = "en"
    offset: float = 0
    zone: str = ""
    encoding: str = "utf-8"
    window: int = 30
    validators: tuple[str, ...] = ("etag", "modified")
    promo: str = ""
    robots: str | None = "User-agent: *\nDisallow: /private/\n"
    dates: str = "json-ld"
    full: bool = False

    @property
    def timezone(self) -> timezone:
        return timezone(timedelta(hours=self.offset))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A piece from `at` on: its text, and the day or instant it says it was updated ("").

    Silent states are not announced: only who looks at the page again sees them. `aside` is
    what stands around the article and does not belong to it.
    """

    at: datetime
    text: Text
    updated: str = ""
    silent: bool = False
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A time in which a piece's page answers `status`, for good if there is no `until`."""

    since: datetime
    status: int
    until: datetime | None = None

    def at(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article by script, at `path` of its outlet from its first state on.

    `published` is as its outlet says it (ISO 8601), "" where it says nothing; `written` is
    what stands in its place in feeds and pages where that is impossible. `links` are the
    paths under which it is announced. `story` names the wire piece that it copies, or is.
    `never` says why it must not get into the archive. `moves` are times from which the page
    stands at another path, with a permanent redirect from the one before.
    """

    name: str
    outlet: str
    path: str
    published: str
    states: tuple[State, ...]
    language: str = "en"
    written: str = ""
    links: tuple[str, ...] = ()
    guid: str = ""
    story: str = ""
    gone: tuple[Gone, ...] = ()
    moves: tuple[tuple[datetime, str], ...] = ()
    never: str = ""
    listed: bool = True
    source: str = ""

    @property
    def born(self) -> datetime:
        return self.states[0].at

    def state(self, now: datetime) -> State | None:
        """The state at a time, None before the first."""
        return next((s for s in reversed(self.states) if s.at <= now), None)

    def announced(self, now: datetime) -> State | None:
        """The state that the outlet's feed tells of: the last that was not silent."""
        return next((s for s in reversed(self.states) if s.at <= now and not s.silent), None)

    def status(self, now: datetime) -> int:
        """200, or what the page answers while it is gone."""
        return next((g.status for g in self.gone if g.at(now)), 200)

    def place(self, now: datetime) -> str:
        """The path where the page stands."""
        return next((p for at, p in reversed(self.moves) if at <= now), self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What an outlet does instead of answering a path (a regular expression) in a time.

    `how` is a status ("429", "503", "500"), or "html", "cut", "empty", "drip", "bomb",
    "half-gzip", "redirect". `times` bounds how often; `value` is seconds for Retry-After,
    or where a redirect leads. `fails` are sources whose run gives nothing in that time.
    """

    outlet: str
    path: str
    how: str
    since: datetime
    until: datetime
    value: str = ""
    times: int = 1_000_000
    fails: tuple[str, ...] = ()

    def meets(self, outlet: str, path: str, now: datetime) -> bool:
        if outlet != self.outlet or not self.since <= now < self.until:
            return False
        return re.fullmatch(self.path, path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything that happens, and when it is looked at.

    `dead` maps an outlet to the time from which it refuses connections; `joins` maps a
    source to the tick from which it is declared.
    """

    outlets: dict[str, Outlet]
    pieces: tuple[Piece, ...]
    troubles: tuple[Trouble, ...]
    ticks: tuple[datetime, ...]
    dead: dict[str, datetime] = field(default_factory=dict)
    joins: dict[str, datetime] = field(default_factory=dict)

    def of(self, outlet: str) -> list[Piece]:
        return [p for p in self.pieces if p.outlet == outlet]
