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

AT_ONCE = 200
"""Pages asked for at once; a parser that is short of time gives fewer."""

MAX_FAULTS = 5
"""Pages that may end their parser, each after up to ten seconds."""

_LEADERS = re.compile(r"(?:\. ?){6,}")
"""The dots of a table of contents, whose lines are no text."""

_NAMED = 20
"""Pages without text that are named; more are only counted."""


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The pages of a PDF file that carry text; raises Unreadable if none does."""
    need("pypdfium2", "PDF files")
    data = decode.content(file.open, "a PDF file", MAX_BYTES)
    about = file.pages.document("pdf", data, most=0)
    pages, faults = _all_pages(file, data, about["count"])
    found = _parts(about, pages)
    read_, empty = [p for p in pages if p], []
    for page in read_:
        if page["fault"]:
            faults.append(Problem(f"{file.shown}, page {page['label']}", None, page["fault"]))
        elif not text.body_of(page["paragraphs"]):
            empty.append(page["label"])
    yield from faults
    if not found:
        if faults:
            return
        raise Unreadable(_no_text(len(pages), scanned=any(page["images"] for page in read_)))
    dates = parts.date_in(("file name", parts.name_of(file)), ("PDF title", about["title"]))
    if not dates:
        yield parts.undated(file)
    if empty:
        named = ", ".join(empty[:_NAMED]) + (" …" if len(empty) > _NAMED else "")
        reason = f"{len(empty):,} of its {len(pages):,} pages have no text ({named}): left out"
        yield Problem(file.shown, None, reason, fatal=False)
    yield from parts.drafts(file, found, {"published": dates})


def _all_pages(
    file: File, data: bytes, count: int
) -> tuple[list[dict[str, Any] | None], list[Problem]]:
    """All pages, None for one that ended its parser, and why; the pages around it are read."""
    pages: list[dict[str, Any] | None] = []
    faults: list[Problem] = []
    most = AT_ONCE
    while len(pages) < count:
        try:
            pages += file.pages.document("pdf", data, first=len(pages), most=most)["pages"]
            most = AT_ONCE
        except Unreadable as error:
            if most > 1:  # which page it was is found one by one
                most = 1
                continue
            shown = f"{file.shown}, page {len(pages) + 1}"
            faults.append(Problem(shown, None, f"cannot be read: {error.reason}"))
            pages.append(None)
            most = AT_ONCE
            if len(faults) >= MAX_FAULTS and len(pages) < count:
                reason = f"after so many pages that cannot be read, {count - len(pages):,} were not"
                faults.append(Problem(file.shown, None, reason))
                break
    return pages, faults


def _parts(about: dict[str, Any], pages: list[dict[str, Any] | None]) -> list[Part]:
    """The pages with text, each under its own heading, its bookmark, or the file's title."""
    title = about["title"] if " " in about["title"] else ""
    bookmarks: list[tuple[int, str]] = list(about["bookmarks"])
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
