"""Bytes of a web page to a tree: what is no page is refused, the character set is found."""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import Any

from ingest import decode
from ingest.parsers.wording import phrases

MAX_BYTES = 10_000_000
"""A page over this is refused; of 181 news pages the largest has 1.7 MB."""

MAX_ELEMENTS = 60_000
"""So are pages with more elements: trafilatura takes over 20 s for 300,000 links."""

MAX_ATTRIBUTES = 10_000
"""And pages with a tag that has more attributes: libxml2's time grows with their square."""

NO_PAGE = "no web page"
"""How the reason ends for what may be whole and well, but is something else than a page."""

_FORMATS = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "an image or sound",
    b"PK\x03\x04": "a ZIP file or office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\x1f\x8b": "a gzip file",
    b"ID3": "sound",
    b"\x00\x00\x00": "a film",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
}
_TYPES = re.compile(r"text/(?:html|plain|xml)|application/(?:xhtml\+xml|xml|octet-stream)|$")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_HEAD = 4_096
_CHARSET = re.compile(r"charset\s*=\s*+(?:[\"']\s*+)?([\w.:-]{2,40})", re.IGNORECASE)
_ENCODING = re.compile(r"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_TAG = re.compile(r"<(?:[a-zA-Z!]|/[a-zA-Z])")


def tree(data: bytes, content_type: str = "") -> Any:
    """The page as an lxml tree; raises ValueError, which says why, for what is no page."""
    from trafilatura import load_html

    source = source_of(data, content_type)
    found = load_html(source, MAX_BYTES * 4)
    if found is None:
        raise ValueError("is no HTML page that can be read")
    if (elements := sum(1 for _ in found.iter())) > MAX_ELEMENTS:
        raise ValueError(f"has {elements:,} elements, over the limit of {MAX_ELEMENTS:,}")
    return found


def source_of(data: bytes, content_type: str = "") -> str:
    """The page's text in its own character set, as browsers find it; raises ValueError."""
    if not data.strip():
        raise ValueError("is empty")
    if len(data) > MAX_BYTES:
        raise ValueError(f"has {len(data):,} bytes, over the limit of {MAX_BYTES:,}")
    for start, named in _FORMATS.items():
        if data.startswith(start):
            raise ValueError(f"is {named}, {NO_PAGE}")
    kind = content_type.partition(";")[0].strip().lower()
    if not _TYPES.match(kind):
        raise ValueError(f"is {kind[:60]}, {NO_PAGE}")
    source = _decoded(data, content_type).replace("\0", "")
    if not _TAG.search(source):
        raise ValueError("is no HTML page: it has no tags")
    if any(len(tag[0].split()) > MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(source)):
        raise ValueError(f"has a tag with over {MAX_ATTRIBUTES:,} attributes")
    return source


def _decoded(data: bytes, content_type: str) -> str:
    """By byte order mark, then UTF-8 if it is that, then what header and page declare.

    CP949 is found without a declaration, and in spite of the Latin-1 or UTF-8 that servers
    declare for old Korean pages.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        codec = _declared(data, content_type)
    if codec in {"", "cp1252"} or (codec == "utf-8" and _mostly_utf8(data) != codec):
        try:
            return decode.decoded(data)
        except decode.Unreadable:
            codec = codec or _mostly_utf8(data)
    return data.decode(codec, "replace")


def _mostly_utf8(data: bytes) -> str:
    """`utf-8` for a page with a broken character here and there, else `cp1252`."""
    high = sum(byte > 0x7F for byte in data[:200_000])
    broken = data[:200_000].decode("utf-8", "replace").count("\ufffd")
    return "utf-8" if broken * 10 < high else "cp1252"


def _declared(data: bytes, content_type: str) -> str:
    head = data[:_HEAD].decode("latin-1")
    for found in (_CHARSET.search(content_type), _ENCODING.match(head), _CHARSET.search(head)):
        if found and (codec := _codecs().get(found[1].lower())):
            return codec
    return ""


@cache
def _codecs() -> dict[str, str]:
    rows = (row.partition("\t") for row in phrases("charsets.tsv"))
    return {label: codec for label, _, codec in rows}
