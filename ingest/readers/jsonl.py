"""JSON Lines: an article a line."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import decode, fields
from ingest.readers import json_file, news
from ingest.readers.file import File
from ingest.readers.row import article_of
from ingest.reading import Mapped
from ingest.values import Problem, Withdrawal

KIND = "JSON key"


def read(file: File) -> Iterator[fields.Draft | Problem | Withdrawal]:
    """The articles of a JSON Lines file; a bad line is reported and the next one read."""
    mapped = Mapped(file.reading)
    for line in decode.lines(file.open):
        if line.fault:
            yield Problem(file.shown, line.number, line.fault)
        elif line.text.strip():
            yield from _article(file, line, mapped)
    for fault in mapped.faults():
        yield Problem(file.shown, None, fault, fatal=False)


def _article(
    file: File, line: decode.Line, mapped: Mapped
) -> Iterator[fields.Draft | Problem | Withdrawal]:
    try:
        row = json_file.parse(line.text)
    except ValueError as error:
        yield Problem(file.shown, line.number, str(error))
        return
    if not isinstance(row, dict):
        yield Problem(file.shown, line.number, "is not a JSON object `{…}`, one article a line")
        return
    if items := news.in_value(file, row, line.number):
        yield from items
        return
    mapped.note(row)
    yield from article_of(file, line.number, row, KIND)
