"""The news industry's own formats: ninjs, NITF, NewsML-G2, NewsML 1, and wire text.

A document is known by how it begins, whatever it is called. `parse` is a pure function of
bytes for the sandbox; `documents.items` reads XML of any size from a stream.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ingest import decode
from ingest.parsers.news import documents, ninjs, wire
from ingest.parsers.news.item import NewsItem
from ingest.parsers.news.json_values import Json

HEAD = 64_000
"""Bytes of a document's begin that say what it is."""

_JSON = re.compile(
    r'"(?:body_nitf|versioncreated|pubstatus|bodies|headlines|body_(?:text|x?html|main|richtext)'
    r'|renditions|associations|copyrightholder|copyrightnotice|descriptions|contentcreated|eventdetails)"\s*:',
    re.IGNORECASE,
)
_URI = re.compile(r'"(?:uri|guid|\$?standard|body_nitf)"\s*:')
_PLACES = ("items", "item", "data", "results", "newsitems", "hits", "docs", "_source")
_DEPTH = 5

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def format_of(head: bytes) -> str:
    """ "xml", "json" or "wire" for what begins so and holds news items, else ""."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            head = head.decode(name, "ignore").encode()
    start = head.lstrip()
    if start[:1] == b"<":
        return "xml" if documents.begins(start) else ""
    if start[:1] in {b"{", b"["}:
        said = start.decode("utf-8", "ignore")
        return "json" if _URI.search(said) and _JSON.search(said) else ""
    return "wire" if wire.begins(head) else ""


def ninjs_items(value: object, depth: int = _DEPTH) -> Iterator[Json]:
    """The ninjs items in a JSON value: itself, those of a list, or of an envelope around them."""
    if ninjs.is_item(value):
        yield value  # type: ignore[misc]
    elif isinstance(value, list) and depth:
        for part in value:
            yield from ninjs_items(part, depth - 1)
    elif isinstance(value, dict) and depth:
        for name, part in value.items():
            if str(name).lower() in _PLACES:
                yield from ninjs_items(part, depth - 1)


def items(data: bytes) -> Iterator[NewsItem]:
    """The items of a document; raises ValueError for what is none of these formats."""
    kind = format_of(data[:HEAD])
    if kind == "xml":
        yield from documents.items(io.BytesIO(data))
    elif kind == "json":
        for number, value in enumerate(ninjs_items(_json(data)), start=1):
            yield from ninjs.items(value, number)
    elif kind == "wire":
        yield from wire.items(text_of(data))
    else:
        raise ValueError("is none of the news formats that are read")


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def text_of(data: bytes) -> str:
    """Wire text: UTF-8, or Latin-1, which older lines send."""
    try:
        return decode.decoded(data)
    except decode.Unreadable:
        return data.decode("latin-1")


def parse(data: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """The items in `data` as `{"items": [fields of NewsItem]}`; raises ValueError."""
    return {"items": [asdict(item) for item in items(data)]}


__all__ = ["HEAD", "NewsItem", "format_of", "items", "ninjs_items", "parse"]
