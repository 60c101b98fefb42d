"""Files of the news industry's formats, known by how they begin; see `ingest.parsers.news`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from ingest import decode
from ingest.fields import Draft
from ingest.parsers import news
from ingest.parsers.news import documents, ninjs, wire
from ingest.parsers.news.json_values import Json
from ingest.readers.file import File
from ingest.readers.news.article import in_file
from ingest.values import Problem, Withdrawal

Found = Iterator[Draft | Problem | Withdrawal]


def read(file: File) -> Found:
    """The items of an XML document, of any size, or of wire text; raises Unreadable."""
    with closing(file.open()) as opened:
        form = news.format_of(opened.read(news.HEAD))
    if form == "wire":
        for item in wire.items(news.text_of(decode.content(file.open, "a wire's text"))):
            yield from in_file(file, item)
        return
    count = 0
    with closing(file.open()) as opened:
        try:
            for item in documents.items(opened):
                count += 1
                yield from in_file(file, item)
        except ValueError as error:
            raise decode.Unreadable(str(error)) from error
    if not count:
        raise decode.Unreadable("holds no news items")


def in_value(file: File, value: object, number: int) -> Found | None:
    """What the ninjs items in a JSON value come to; None if it holds none, or if the user has
    said by a mapping what its keys mean."""
    if file.reading.columns:
        return None
    if isinstance(value, dict) and ninjs.ordinary(value) and not ninjs.is_item(value):
        return None
    found = list(news.ninjs_items(value))
    return _of(file, found, number) if found else None


def _of(file: File, found: list[Json], number: int) -> Found:
    for value in found:
        for item in ninjs.items(value, number):
            yield from in_file(file, item)


__all__ = ["Found", "in_file", "in_value", "read"]
