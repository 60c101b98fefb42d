"""Tables of links that people keep (Takeout, Pocket, Instapaper), as a list of articles."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ingest import decode, fields
from ingest.keys import canonical
from ingest.readers.table import MAX_FIELD

ENDINGS = (".csv", ".tsv", ".txt")
"""What such a table is called."""

_LOOKED = 10
"""Lines in which a table's first line is looked for; some begin with words about it."""

_OTHER_NAMES = frozenset({"href", "resolved_url", "given_url", "address"})


def files(path: Path) -> list[Path]:
    """The tables at a path: the file itself, or all in a folder, by name."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS and p.is_file())


def addresses(path: Path) -> Iterator[str]:
    """The addresses of a table in order, "" for a row without one; each row is read by itself.

    The column is found by its name; a table without names is read for the first address in
    each row. Raises Unreadable and OSError.
    """
    lines = [f"{line.text}\n" for line in decode.lines(lambda: path.open("rb")) if not line.fault]
    delimiter, first, column = _header(lines[:_LOOKED])
    for row in _rows(lines[first:], delimiter):
        if any(cell.strip() for cell in row):
            cells = row if column is None else row[column : column + 1]
            found = (canonical(cell) for cell in cells)
            yield next((address for address in found if address), "")


def _header(lines: list[str]) -> tuple[str, int, int | None]:
    """The delimiter, the number of the first row after the names, and the address's column."""
    for number, line in enumerate(lines):
        for delimiter in ",;\t|":
            names = next(_rows([line], delimiter), [])
            for column, name in enumerate(names):
                known = name.strip().lower()
                if known in _OTHER_NAMES or fields.role_of(known) == "url":
                    return delimiter, number + 1, column
    return ",", 0, None


def _rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_FIELD)  # for the whole process; there is no other way to set it
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise decode.Unreadable(f"is no table: {error}") from error
