"""Saved web pages (.html): an article each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest import decode, fields
from ingest.parsers.html import MAX_BYTES
from ingest.readers import pages
from ingest.readers.file import File
from ingest.values import Problem


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The article of a saved page; raises Unreadable if it is none."""
    for _, items in read_all([file]):
        yield from items


def read_all(files: Iterable[File]) -> Iterator[tuple[File, Iterator[fields.Draft | Problem]]]:
    """The article of each page, in order; the next ones are parsed meanwhile.

    What is iterated over may raise Unreadable and OSError, for its file.
    """
    files = list(files)
    for wanted, found in files[0].pages.parsed(map(_wanted, files)):
        yield wanted.tag, _items(wanted.tag, found)


def _wanted(file: File) -> pages.Wanted[File]:
    return pages.Wanted(file, lambda: decode.content(file.open, limit=MAX_BYTES))


def _items(file: File, found: pages.Parsed) -> Iterator[fields.Draft | Problem]:
    if isinstance(found, Exception):
        raise found
    place = file.place(found["body"])
    yield from pages.draft(found, place, now=file.now, reading=file.reading, title=file.title)
