"""What each URL of the simulated world answers at a moment, before any transport."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from urllib.parse import urlsplit

from tests.site import feeds, pages
from tests.site.pieces import Outlet, Piece, Script, State, Trouble

PERMANENT, FOUND = 301, 302
AMP = "/amp"
MOVED_FEED = "/feeds/main.xml"
BOMB = 64 * 2**20
"""Bytes that the gzip bomb inflates to; on the wire it has 65 kB."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `style` is how its body is sent: "whole" or "drip"."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    style: str = "whole"


@cache
def bomb() -> bytes:
    """A small gzip stream of very many zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = bytes(2**20)
    return b"".join(packer.compress(chunk) for _ in range(BOMB // len(chunk))) + packer.flush()


def html(body: bytes | str, encoding: str = "utf-8") -> tuple[bytes, dict[str, str]]:
    data = body if isinstance(body, bytes) else body.encode(encoding, "xmlcharrefreplace")
    return data, {"Content-Type": f"text/html; charset={encoding}"}


def _spoilt(how: str, plain: Answer) -> Answer:
    """A 200 that is not what it should be."""
    packed = plain.headers | {"Content-Encoding": "gzip"}
    half = gzip.compress(plain.body)
    return {
        "html": Answer(200, *html("<html><body><h1>Under maintenance</h1></body></html>")),
        "bomb": Answer(200, bomb(), packed),
        "drip": Answer(200, plain.body, plain.headers, "drip"),
        "half-gzip": Answer(200, half[: len(half) // 2], packed),
        "cut": Answer(200, plain.body[: len(plain.body) * 2 // 3], plain.headers),
    }[how]


class Answers:
    """The script as a function of outlet, URL and time. Remembers when a body last changed."""

    def __init__(self, script: Script, bases: dict[str, str]) -> None:
        self.script, self.bases = script, bases
        self._met: Counter[int] = Counter()
        self._since: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._pieces: dict[tuple[str, str], Piece] = {}
        for piece in script.pieces:
            for path in {piece.path, *(place for _, place in piece.moves)}:
                self._pieces[piece.outlet, path] = piece
                self._pieces[piece.outlet, AMP + path] = piece

    def get(self, key: str, target: str, now: datetime) -> Answer:
        """The answer to a GET, without conditions."""
        outlet, path = self.script.outlets[key], urlsplit(target).path
        trouble = self._trouble(key, path, now)
        if trouble:
            return self._troubled(outlet, trouble, target, now)
        return self._plain(outlet, target, now)

    def validators(self, key: str, target: str, answer: Answer, now: datetime) -> dict[str, str]:
        """The validators of a 200; Last-Modified is when this body was first seen."""
        outlet = self.script.outlets[key]
        tag = hashlib.sha256(answer.body).hexdigest()[:16]
        known, since = self._since.get((key, target), ("", now))
        if known != tag:
            self._since[key, target] = tag, now
            since = now
        given = {}
        if "etag" in outlet.validators:
            given["ETag"] = f'"{tag}"'
        if "modified" in outlet.validators:
            given["Last-Modified"] = format_datetime(since, usegmt=True)
        return given

    def _trouble(self, key: str, path: str, now: datetime) -> Trouble | None:
        for number, trouble in enumerate(self.script.troubles):
            if trouble.meets(key, path, now) and self._met[number] < trouble.times:
                self._met[number] += 1
                return trouble
        return None

    def _troubled(self, outlet: Outlet, trouble: Trouble, target: str, now: datetime) -> Answer:
        how = trouble.how
        if how in {"429", "503", "500"}:
            wait = {"Retry-After": trouble.value} if trouble.value else {}
            return Answer(int(how), b"not now", wait | {"Content-Type": "text/plain"})
        if how in {"301", "302"}:
            return Answer(int(how), b"", {"Location": trouble.value.format(**self.bases)})
        if how == "empty":
            return self._listing(outlet, [], now)
        return _spoilt(how, self._plain(outlet, target, now))

    def _plain(self, outlet: Outlet, target: str, now: datetime) -> Answer:
        path = urlsplit(target).path
        if path == "/robots.txt":
            if outlet.robots is None:
                return Answer(404, b"no robots.txt", {"Content-Type": "text/plain"})
            return Answer(200, outlet.robots.encode(), {"Content-Type": "text/plain"})
        if path in {outlet.listing, MOVED_FEED} or path.startswith("/sitemap"):
            return self._announce(outlet, path, now)
        piece = self._pieces.get((outlet.key, path))
        state = piece.state(now) if piece else None
        if piece is None or state is None:
            return Answer(404, *html("<h1>Not found</h1>"))
        return self._page(outlet, piece, state, target, now)

    def _page(
        self, outlet: Outlet, piece: Piece, state: State, target: str, now: datetime
    ) -> Answer:
        status, base = piece.status(now), self.bases[outlet.key]
        if status != 200:
            return Answer(status, *html(f"<h1>{status}</h1>"))
        parts, place = urlsplit(target), piece.place(now)
        if parts.path.startswith(AMP + "/"):
            page = pages.amp_page(outlet, piece, state, base, place)
        elif parts.path != place:
            query = f"?{parts.query}" if parts.query else ""
            return Answer(PERMANENT, b"", {"Location": base + place + query})
        else:
            page = pages.article_page(outlet, piece, state, base, place)
        return Answer(200, *html(page, outlet.encoding))

    def _announce(self, outlet: Outlet, path: str, now: datetime) -> Answer:
        items = feeds.told(outlet, self.script.of(outlet.key), now)
        if outlet.kind == "sitemap" and path == outlet.listing:
            parts: dict[str, str] = {}
            for piece, state, _ in items:
                changed = state.at.isoformat(timespec="seconds")
                part = _part(piece)
                parts[part] = max(parts.get(part, ""), changed)
            index = feeds.sitemap_index(parts, self.bases[outlet.key])
            return Answer(200, index.encode(), {"Content-Type": "application/xml"})
        if outlet.kind == "sitemap":
            items = [item for item in items if _part(item[0]) == path]
        return self._listing(outlet, items, now)

    def _listing(self, outlet: Outlet, items: feeds.Told, now: datetime) -> Answer:
        base, kind = self.bases[outlet.key], outlet.kind
        if kind == "list":
            links = [(path, state.text.headline) for _, state, path in items]
            text = pages.list_page(outlet, links, now)
        elif kind == "sitemap":
            text = feeds.sitemap(outlet, items, base)
        else:
            text = feeds.FEEDS[kind](outlet, items, base)
        body = text.encode(outlet.encoding, "xmlcharrefreplace")
        return Answer(200, body, {"Content-Type": f"{feeds.TYPES[kind]}"})


def _part(piece: Piece) -> str:
    """The sitemap that a piece stands in: one for each ten days."""
    found = re.match(r"\d{4}-\d{2}", piece.born.isoformat())
    assert found
    return f"/sitemap-{found[0]}-{piece.born.day // 10}.xml"
