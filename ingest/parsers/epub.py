"""EPUB books and issues: their parts in reading order, at their headings and printed pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest import markup, text
from ingest.parsers import html
from ingest.parsers.package import Package
from ingest.parsers.zipfiles import Files

_BODY = re.compile(r"<body\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z][^<>]{1,2000}>")
_ID = re.compile(r"""\sid\s*=\s*["']([^"'<>]{1,200})["']""")
_BREAK = re.compile(r"""\s(?:epub:type|role)\s*=\s*["'][^"']*\b(?:doc-)?pagebreak\b""")
_LABEL = re.compile(r"""\s(?:title|aria-label)\s*=\s*["']([^"'<>]{1,60})["']""")
_PRINTED = re.compile(r"\s*([\w.-]{1,10})\s*</")
_NUMBER = re.compile(r"[\w.-]{1,20}")
_HEADING = re.compile(r"<(h[1-6])\b[^<>]{0,2000}>(.{0,2000}?)</\1\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class _Part:
    """A run of text under one heading on one page; `name` is where it begins in the book."""

    name: str
    headline: str
    label: str
    paragraphs: list[str] = field(default_factory=list)


def parse(data: bytes, *, url: str = "") -> dict[str, Any]:
    """The parts of an EPUB file in reading order.

    Returns `{"title", "outlet", "byline", "language", "published", "parts": [{"name",
    "headline", "label", "paragraphs"}], "empty": [name], "faults": [reason]}`. A part begins
    where the table of contents says so and at every printed page; "label" is that page's
    number, "" where the book has none; "empty" are its files without text, and "faults" say
    which cannot be read. Raises ValueError for what is broken or encrypted.
    """
    package = Package(Files(data))
    parts: list[_Part] = []
    empty, faults = list[str](), list[str]()
    label = ""
    for name in package.spine:
        try:
            found = list(_parts(package, name, label))
        except ValueError as error:
            faults.append(f"{name} cannot be read: {error}")
            continue
        label = found[-1].label if found else label
        own = [part for part in found if text.body_of(part.paragraphs)]
        if not own:
            empty.append(name)
        parts += own
    return {
        **package.said,
        "parts": [
            {n: getattr(p, n) for n in ("name", "headline", "label", "paragraphs")} for p in parts
        ],
        "empty": empty,
        "faults": faults,
    }


def _parts(package: Package, name: str, label: str) -> Iterator[_Part]:
    """The parts of one of the book's files; it begins on the page on which the last one ended."""
    source = html.source_of(package.files.read(name))
    body = _BODY.search(source)
    source = source[body.end() :] if body else source
    part = _Part(name, package.titles.get(name, "") or _heading(source), label)
    at = 0
    for tag in _TAG.finditer(source):
        marked = _ID.search(tag[0])
        place = f"{name}#{marked[1]}" if marked else ""
        title = package.titles.get(place, "")
        page = _page(package, place, tag[0], source[tag.end() : tag.end() + 40])
        if not title and not page:
            continue
        _fill(part, source[at : tag.start()])
        yield part
        at = tag.start()
        if page and (printed := _PRINTED.match(source, tag.end())) and printed[1] == page:
            at = printed.end(1)
        part = _Part(place or name, title or part.headline, page or part.label)
    _fill(part, source[at:])
    yield part


def _page(package: Package, place: str, tag: str, after: str) -> str:
    """The number of the printed page that begins at a tag, or ""."""
    if place in package.pages:
        return package.pages[place]
    if not _BREAK.search(tag):
        return ""
    said = _LABEL.search(tag) or _PRINTED.match(after)
    number = _NUMBER.search(said[1].split()[-1]) if said and said[1].split() else None
    return number[0] if number else ""


def _fill(part: _Part, source: str) -> None:
    part.paragraphs = markup.from_html(source).paragraphs
    if part.paragraphs and part.paragraphs[0] == part.headline:
        del part.paragraphs[0]


def _heading(source: str) -> str:
    """The first heading of a text, or ""."""
    found = _HEADING.search(source)
    return text.line(" ".join(markup.from_html(found[2]).paragraphs))[:300] if found else ""
