"""PDF files of print editions and reports: an article a page, of its text layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest import decode, fields, text
from ingest.decode import Unreadable
from ingest.readers.documents import parts
from ingest.readers.documents.extra import need
from ingest.readers.documents.parts import Part
from ingest.readers.file import File
from ingest.values import Problem

MAX_BYTES = 150_000_000
"""A file over this is refused; a broadsheet's edition has 20 to 80 MB."""

_LEADERS = re.compile(r"(?:\. ?){6,}")
"""The dots of a table of contents, whose lines are no text."""

_NAMED = 20
"""Pages without text that are named; more are only counted."""


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The pages of a PDF file that carry text; raises Unreadable if none does."""
    need("pypdfium2", "PDF files")
    data = decode.content(file.open, "a PDF file", MAX_BYTES)
    first = file.pages.document("pdf", data)
    pages, faults = _all_pages(file, data, first)
    found = _parts(file, first, pages)
    empty = [p["label"] for p in pages if p is not None and not text.body_of(p["paragraphs"])]
    if not found:
        scanned = any(p is not None and p["images"] for p in pages)
        raise Unreadable(_no_text(len(pages), scanned=scanned))
    dates = parts.date_in(("file name", file.path.name), ("PDF title", first["title"]))
    yield from faults
    if not dates:
        yield parts.undated(file)
    if empty:
        named = ", ".join(empty[:_NAMED]) + (" …" if len(empty) > _NAMED else "")
        reason = (
            f"{len(empty):,} of its {len(pages):,} pages have no text (pages {named}): left out"
        )
        yield Problem(file.shown, None, reason, fatal=False)
    yield from parts.drafts(file, found, {"published": dates})


def _all_pages(
    file: File, data: bytes, first: dict[str, Any]
) -> tuple[list[dict[str, Any] | None], list[Problem]]:
    """All pages, None for one that could not be read, and why."""
    pages: list[dict[str, Any] | None] = list(first["pages"])
    faults: list[Problem] = []
    while len(pages) < first["count"]:
        try:
            pages += file.pages.document("pdf", data, first=len(pages))["pages"]
        except Unreadable as error:
            shown = f"{file.shown}, page {len(pages) + 1}"
            faults.append(Problem(shown, None, f"cannot be read: {error.reason}"))
            pages.append(None)
    return pages, faults


def _parts(file: File, first: dict[str, Any], pages: list[dict[str, Any] | None]) -> list[Part]:
    """The pages with text, each under its own heading, its bookmark, or the file's title."""
    title = first["title"] if " " in first["title"] else ""
    bookmarks: list[tuple[int, str]] = list(first["bookmarks"])
    covering, made = "", []
    for number, page in enumerate(pages):
        begun = []
        while bookmarks and bookmarks[0][0] <= number:
            begun.append(bookmarks.pop(0)[1])
        if page is not None:
            headline = next(iter(begun), covering) or page["heading"] or title
            lines = [p for p in page["paragraphs"] if not _LEADERS.search(p)]
            made.append(Part(number + 1, "", headline, page["label"], tuple(lines)))
        covering = begun[-1] if begun else covering
    kept = map(_below_headline, parts.carried(parts.without_heads(made)))
    return [part for part in kept if text.body_of(part.paragraphs)]


def _below_headline(part: Part) -> Part:
    if part.paragraphs[:1] == (part.headline,):
        return replace(part, paragraphs=part.paragraphs[1:])
    return part


def _no_text(count: int, *, scanned: bool) -> str:
    what = "a scan" if scanned else "no text layer"
    return (
        f"has no text on its {count:,} page{'s' * (count != 1)} ({what}): "
        "make one with text recognition (OCR) first"
    )
