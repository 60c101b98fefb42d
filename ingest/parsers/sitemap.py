"""Sitemaps: URL sets with their news extension, indexes, plain lists of URLs, packed or not.

By sitemaps.org's protocol 0.9, and Google's schema for news sitemaps.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from ingest import dates, decode, text
from ingest.parsers import feed
from ingest.parsers.addresses import absolute
from ingest.parsers.wording import language

MAX_BYTES, MAX_ENTRIES = 52_428_800, 50_000
"""The protocol's own limits of one sitemap: bytes, inflated, and URLs."""

_LINE = re.compile(r"https?://\S+$", re.IGNORECASE)
_FEEDS = frozenset({"rss", "feed", "RDF"})


def parse(data: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """The sitemap in `data`, found at `url`.

    Returns `{"sitemaps": [{"url", "updated"}], "pages": [{"url", "headline", "published",
    "updated", "outlet", "language"}], "problems": [str]}`; an index has sitemaps, a URL set
    pages. URLs are absolute http(s), dates are ISO 8601 as far as they can be read, and ""
    is what is not said. Raises ValueError for what is no sitemap.
    """
    data = _inflated(data)
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise ValueError("is empty")
    found = _Sitemap(url)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"\xff", b"\xfe", b"\0"}:
        root = found.take(data)
        if root in _FEEDS:  # the protocol lets a feed be a sitemap
            return _of_feed(feed.parse(data, url=url, content_type=content_type))
        if root not in {"urlset", "sitemapindex"}:
            raise ValueError(f"is no sitemap: {_instead(root)}")
    elif not found.take_lines(data):
        raise ValueError("is no sitemap: it is neither XML nor a list of URLs")
    return {"sitemaps": found.sitemaps, "pages": found.pages, "problems": found.problems}


def _inflated(data: bytes) -> bytes:
    """The bytes, inflated if they are gzip; raises ValueError over MAX_BYTES or if damaged."""
    if data.startswith(b"\x1f\x8b"):
        decoder = zlib.decompressobj(31)
        try:
            data = decoder.decompress(data, MAX_BYTES + 1)
        except zlib.error as error:
            raise ValueError(f"is gzip but damaged: {error}") from None
        if not decoder.eof and len(data) <= MAX_BYTES:
            raise ValueError("is gzip but cut off")
    if len(data) > MAX_BYTES:
        raise ValueError(f"is over the limit of {MAX_BYTES:,} bytes for a sitemap")
    return data


class _Sitemap:
    """What has been read so far."""

    def __init__(self, url: str) -> None:
        self._base = url
        self.sitemaps: list[dict[str, str]] = []
        self.pages: list[dict[str, str]] = []
        self.problems: list[str] = []

    def take(self, data: bytes) -> str:
        """Read XML as far as it goes; the name of its first element. Raises ValueError."""
        from lxml import etree

        root, error = "", ""
        events = _events(data)
        try:
            for event, element in events:
                name = _name(element)
                root = root or name
                if event == "end" and name in {"url", "sitemap"}:
                    if len(self.pages) + len(self.sitemaps) >= MAX_ENTRIES:
                        error = f"has over {MAX_ENTRIES:,} entries: the rest is left out"
                        break
                    self._entry(name, element)
                    _forget(element)
        except etree.XMLSyntaxError as flaw:
            if not root:
                raise ValueError(f"is no readable XML: {text.line(str(flaw))[:120]}") from None
            error = f"is not well-formed, read as far as possible: {text.line(str(flaw))[:120]}"
        if not error and (flaws := events.error_log):
            error = f"is not well-formed, read as far as possible: {text.line(str(flaws[0]))[:120]}"
            if any(flaw.type_name == "ERR_TAG_NOT_FINISHED" for flaw in flaws):
                # The last entry may be cut off in the middle of its URL.
                del (self.pages or self.sitemaps)[-1:]
        if error:
            self.problems.append(error)
        return root

    def take_lines(self, data: bytes) -> bool:
        """Read a list of URLs, one a line; whether it is one."""
        try:
            lines = decode.decoded(data).split()
        except decode.Unreadable:
            return False
        if not lines or not all(map(_LINE.match, lines[:20])):
            return False
        self._add_pages({"url": line} for line in lines[:MAX_ENTRIES])
        if len(lines) > MAX_ENTRIES:
            self.problems.append(f"has over {MAX_ENTRIES:,} entries: the rest is left out")
        return True

    def _entry(self, name: str, element: Any) -> None:
        said = dict(_values(element))
        if name == "url":
            self._add_pages([said])
        elif found := absolute(said.get("url"), self._base):
            self.sitemaps.append({"url": found, "updated": _date(said.get("updated", ""))})
        else:
            self._odd(said)

    def _add_pages(self, entries: Any) -> None:
        for said in entries:
            found = absolute(said.get("url"), self._base)
            if not found:
                self._odd(said)
                continue
            self.pages.append(
                {
                    "url": found,
                    "headline": said.get("headline", ""),
                    "published": _date(said.get("published", "")),
                    "updated": _date(said.get("updated", "")),
                    "outlet": said.get("outlet", ""),
                    "language": language(said.get("language")),
                }
            )

    def _odd(self, said: dict[str, str]) -> None:
        if len(self.problems) < 20:
            self.problems.append(f"has an entry without a URL: {said.get('url', '')[:60]!r}")


_NAMES = {
    "loc": "url",
    "lastmod": "updated",
    "news/title": "headline",
    "news/publication_date": "published",
    "news/publication/name": "outlet",
    "news/publication/language": "language",
}
"""Our words for the elements below an entry, by their path."""


def _events(data: bytes) -> Any:
    from lxml import etree

    return etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _values(element: Any) -> Iterator[tuple[str, str]]:
    """Our words and their values, three levels down at most."""
    waiting = [("", child) for child in element]
    while waiting:
        path, child = waiting.pop()
        path = f"{path}/{_name(child)}".lstrip("/")
        if path in _NAMES:
            yield _NAMES[path], text.line("".join(child.itertext())[:2_000])
        elif path in {"news", "news/publication"}:
            waiting += [(path, below) for below in child]


def _forget(element: Any) -> None:
    """Free an entry that was read, so that memory does not grow with the file."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _date(written: str) -> str:
    return dates.parse(written) or written[:100]


def _of_feed(found: dict[str, Any]) -> dict[str, Any]:
    named = ("url", "headline", "published", "updated", "outlet", "language")
    pages = [{name: entry[name] for name in named} for entry in found["entries"] if entry["url"]]
    return {"sitemaps": [], "pages": pages, "problems": found["problems"]}


def _instead(root: str) -> str:
    return "it is an HTML page" if root.lower() == "html" else f"its root is <{root[:40]}>"
