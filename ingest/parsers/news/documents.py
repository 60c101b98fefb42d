"""XML documents of news, of any size: their items one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from lxml import etree

from ingest import text
from ingest.parsers.news import g2, newsml, nitf
from ingest.parsers.news.elements import SAFELY, local
from ingest.parsers.news.item import NewsItem

MAX_ITEM = 50_000_000
"""Bytes of one item; a longer one is no news, and would fill the memory."""

READERS: dict[str, Callable[[Any], NewsItem]] = {
    **dict.fromkeys(g2.ITEMS, g2.read),
    "nitf": nitf.read,
    "NewsItem": newsml.read,
}
ROOTS = frozenset({*g2.ITEMS, "newsMessage", "nitf", "NewsML", "NewsItem"})

_ROOT = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?>\[.*?\])?[^>]*+>)*+"
    rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)
_WITHIN = re.compile(rb"http://iptc\.org/std/(?:nar|NITF)/|<nitf[\s>]|<NewsML[\s>]")
_OTHERS = frozenset({"html", "rss", "feed", "RDF", "urlset", "sitemapindex", "opml", "svg"})


def begins(head: bytes) -> bool:
    """Whether a document that begins so holds items: by its root, or by what stands in it."""
    found = _ROOT.match(head)
    if found is None:
        return False
    root = found[1].decode("ascii", "replace")
    return root in ROOTS or (root not in _OTHERS and _WITHIN.search(head) is not None)


def items(opened: BinaryIO) -> Iterator[NewsItem]:
    """The items of a document, in their order; holds one of them at a time.

    Raises ValueError with a reason for people, after what stands before the fault.
    """
    source, number, depth = Counted(opened), 0, 0
    tags = [f"{{*}}{name}" for name in READERS]
    try:
        for event, element in etree.iterparse(source, ("start", "end"), tag=tags, **SAFELY):
            if event == "start":
                depth += 1
                if depth == 1:
                    source.allow()
                continue
            depth -= 1
            if depth:
                continue
            source.limit = None
            number += 1
            for item in _read(element):
                yield replace(item, number=number)
            _drop(element)
    except etree.XMLSyntaxError as error:
        after = f" (after {number:,} items)" if number else ""
        raise ValueError(f"is not well-formed XML{after}: {text.line(str(error))[:150]}") from error


def _read(element: Any) -> Iterator[NewsItem]:
    name = local(element)
    yield READERS[name](element)
    if name == "nitf" and (taken_back := nitf.replaced(element)):
        yield taken_back


def _drop(element: Any) -> None:
    """Let go of an item that was read, and of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class Counted:
    """A stream that knows how far it was read, and ends an item that is too long."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0
        self.limit: int | None = None

    def allow(self) -> None:
        """An item begins here, of at most MAX_ITEM bytes."""
        self.limit = self.taken + MAX_ITEM

    def read(self, size: int = -1) -> bytes:
        if self.limit is not None and self.taken > self.limit:
            raise ValueError(f"has an item of over {MAX_ITEM // 10**6} MB: it was not read further")
        data = self._stream.read(size)
        self.taken += len(data)
        return data
