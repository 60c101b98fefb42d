"""Word documents (.docx): an article each."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from ingest import decode, fields, text
from ingest.readers.documents import parts
from ingest.readers.documents.extra import need
from ingest.readers.file import File
from ingest.readers.zipped import members
from ingest.values import Problem


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The article of a Word document, headed by its title; raises Unreadable."""
    need("mammoth", "Word documents")
    data = decode.content(file.open, "a Word document")
    members(BytesIO(data)).close()
    found = file.pages.document("docx", data)
    lines = found["paragraphs"]
    headline = found["title"]
    if (first := found["first_heading"]) is not None:
        headline = lines.pop(first)
    roles = {role: [("Word", found[role])] for role in ("byline", "language") if found[role]}
    roles["published"] = parts.date_in(("file name", parts.name_of(file)), ("title", headline))
    if lines and not roles["published"]:
        yield parts.undated(file)
    body = text.body_of(lines)
    made = headline or file.title
    place = file.place(data)
    yield from fields.article(roles, body, place, headline=made, now=file.now, reading=file.reading)
