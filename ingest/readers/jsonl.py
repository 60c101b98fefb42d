"""JSON Lines: an article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ingest import decode, fields
from ingest.readers.file import File
from ingest.readers.row import article_of
from ingest.values import Problem


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The articles of a JSON Lines file; a bad line is reported and the next one read."""
    for line in decode.lines(file.path):
        if line.fault:
            yield Problem(file.shown, line.number, line.fault)
        elif line.text.strip():
            yield from _article(file, line)


def _article(file: File, line: decode.Line) -> Iterator[fields.Draft | Problem]:
    try:
        row = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if isinstance(error, ValueError) else "nested too deep"
        yield Problem(file.shown, line.number, f"is not JSON: {reason}")
        return
    if not isinstance(row, dict):
        yield Problem(file.shown, line.number, "is not a JSON object `{…}`, one article a line")
        return
    yield from article_of(file, line.number, fields.by_role(row, "JSON key"))
