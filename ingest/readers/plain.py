"""Plain text files: an article each."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import decode, fields, text
from ingest.readers.file import File
from ingest.values import Problem


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The article of a text file, headed by its first line or its first sentence."""
    source = text.visible(decode.whole(file.open)).strip()
    parts = text.paragraphs(source)
    headline = text.plain_headline(source, parts)
    body = text.body_of(parts[1:] if headline else parts)
    made = headline or text.opening(body) or file.title
    place = file.place(source)
    yield from fields.article({}, body, place, headline=made, now=file.now, reading=file.reading)
