"""EPUB issues and books: an article a part, at its printed page where the book has them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from ingest import decode, fields, text
from ingest.decode import Unreadable
from ingest.readers.documents import parts
from ingest.readers.documents.parts import Part
from ingest.readers.file import File
from ingest.readers.zipped import members
from ingest.values import Problem

MAX_BYTES = 150_000_000
"""A file over this is refused; pictures make most of an issue's 5 to 60 MB."""

_ROLES = ("outlet", "byline", "language")


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The parts of an EPUB file; raises Unreadable if it is broken, encrypted or without text."""
    data = decode.content(file.open, "an EPUB file", MAX_BYTES)
    members(BytesIO(data)).close()
    book = file.pages.document("epub", data)
    made = [
        Part(number, p["name"], p["headline"] or book["title"], p["label"], tuple(p["paragraphs"]))
        for number, p in enumerate(book["parts"], start=1)
    ]
    found = [part for part in parts.carried(made) if text.body_of(part.paragraphs)]
    yield from (Problem(file.shown, None, fault) for fault in book["faults"])
    if not found and book["faults"]:
        return
    if not found:
        raise Unreadable("has no text: its pages may be images")
    roles = {role: [("EPUB", book[role])] for role in _ROLES if book[role]}
    dated = parts.date_in(("EPUB title", book["title"]))
    if book["title"] and not (book["outlet"] or file.reading.outlet or dated):
        roles["outlet"] = [("EPUB title", book["title"])]
    own = [("EPUB date", book["published"])] if book["published"] else []
    roles["published"] = own or dated or parts.date_in(("file name", parts.name_of(file)))
    if not roles["published"]:
        yield parts.undated(file)
    if empty := book["empty"]:
        reason = f"{len(empty):,} of its files have no text ({', '.join(empty[:5])}): left out"
        yield Problem(file.shown, None, reason, fatal=False)
    yield from parts.drafts(file, found, roles)
