"""CSV and TSV: an article a row, its columns named by the first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Protocol

from ingest import decode, fields
from ingest.readers.file import File
from ingest.readers.row import article_of
from ingest.reading import Reading, listed
from ingest.values import Problem

MAX_FIELD = 5_000_000
"""Characters of one field; a quote that is never closed must not swallow a large file."""

_DELIMITERS = ",;\t|"


class _Rows(Protocol):
    """A csv.reader: rows, and how many lines they took so far."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The articles of a CSV file with `,`, `;`, tab or `|` between its columns."""
    source = decode.lines(file.open)
    faults: dict[int, str] = {}
    header, first = _header(source, file.reading)
    if header is None:
        raise decode.Unreadable(first.fault or "is empty", first.number or None)
    columns = _named(first, header)
    if fault := lacking(columns, file.reading):
        raise decode.Unreadable(fault, first.number)
    rows = csv.reader(_feed(source, faults), delimiter=header)
    yield from _rows(file, columns, rows, first.number, faults)


def lacking(columns: list[str], reading: Reading) -> str:
    """What is wrong with a table's columns: a mapped one or the text is not there; else ""."""
    if fault := reading.missing(columns):
        return fault
    if "body" in reading.columns or "body" in map(fields.role_of, columns):
        return ""
    if "url" in map(fields.role_of, columns):
        return (
            "has links and no text: `dateline sources import FILE` declares it, and their "
            f"articles are fetched; found: {listed(columns)}"
        )
    return (
        f"has no column with the text (needed: one named {' or '.join(fields.ROLES['body'])}; "
        f"best also title, date and url; or a mapping, `columns`); found: {listed(columns)}"
    )


def _header(source: Iterator[decode.Line], reading: Reading) -> tuple[str | None, decode.Line]:
    """The delimiter under which the first line has the most columns we know, and that line."""
    first = next((line for line in source if line.text.strip() or line.fault), decode.Line(0, ""))
    if first.fault or not first.text:
        return None, first
    csv.field_size_limit(MAX_FIELD)  # for the whole process; there is no other way to set it
    mapped = set(reading.columns.values())

    def known(delimiter: str) -> int:
        columns = _named(first, delimiter)
        return sum(column in mapped or fields.role_of(column) is not None for column in columns)

    return max(_DELIMITERS, key=known), first


def _named(line: decode.Line, delimiter: str) -> list[str]:
    """The columns that a table's first line names; raises Unreadable."""
    try:
        return next(csv.reader([line.text], delimiter=delimiter))
    except csv.Error as error:  # it holds a `\r`, or a field that is too long
        raise decode.Unreadable(f"is not CSV: {error}", line.number) from error


def _feed(source: Iterator[decode.Line], faults: dict[int, str]) -> Iterator[str]:
    """The lines as csv wants them; a line that cannot be used is noted for `_rows` to leave out."""
    for line in source:
        if line.fault:
            faults[line.number] = line.fault
        yield line.text + "\n"


def _rows(
    file: File, columns: list[str], rows: _Rows, before: int, faults: dict[int, str]
) -> Iterator[fields.Draft | Problem]:
    """The articles of the rows; a row that is ragged or holds a bad line is reported."""
    while True:
        start = before + rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Problem(file.shown, start, f"is not CSV: {error}")
            continue
        end = before + rows.line_num
        bad = [(n, faults.pop(n)) for n in sorted(faults) if n <= end]
        for number, fault in bad:
            yield Problem(file.shown, number, fault)
        if row is None:
            return
        if row and not bad:
            yield from _article(file, columns, row, start)


def _article(
    file: File, columns: list[str], row: list[str], start: int
) -> Iterator[fields.Draft | Problem]:
    while len(row) > len(columns) and not row[-1].strip():
        row.pop()
    if len(row) != len(columns):
        reason = f"has {len(row)} columns where the first line has {len(columns)}"
        yield Problem(file.shown, start, reason + " (is a quote open?)")
        return
    yield from article_of(file, start, dict(zip(columns, row, strict=True)), "column")
