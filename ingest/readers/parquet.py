"""Parquet: an article a row, read in small batches and only the columns that matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ingest import fields, text
from ingest.decode import Unreadable
from ingest.readers.file import File
from ingest.readers.packed import BOMB_FLOOR, BOMB_RATIO
from ingest.readers.row import article_of
from ingest.readers.table import lacking
from ingest.reading import Mapped, Reading
from ingest.values import Problem

if TYPE_CHECKING:
    from pathlib import Path

ROWS_AT_ONCE = 64
"""Rows held at a time: a dictionary may make rows of many MB out of few bytes."""


def read(file: File) -> Iterator[fields.Draft | Problem]:
    """The articles of a Parquet file; raises Unreadable."""
    if file.packing:
        raise Unreadable("is a packed Parquet file; Parquet packs itself: unpack it first")
    table = _opened(file.bytes_at)
    columns = _wanted(table, file.reading)
    mapped, number = Mapped(file.reading), 0
    try:
        for batch in table.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns):
            for row in batch.to_pylist():
                number += 1
                values = {name: _plain(value) for name, value in row.items()}
                mapped.note(values)
                yield from article_of(file, number, values, "column", word="row")
    except _errors() as error:
        reason = text.line(str(error))[:200]
        raise Unreadable(f"is Parquet but damaged after {number:,} rows: {reason}") from error
    for fault in mapped.faults():
        yield Problem(file.shown, None, fault, fatal=False)


def count(path: Path) -> int:
    """How many rows a file says it has; raises Unreadable."""
    return int(_opened(path).metadata.num_rows)


def _errors() -> tuple[type[Exception], ...]:
    import pyarrow

    return (pyarrow.ArrowException, OSError, ValueError)


def _opened(path: Path) -> Any:
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except FileNotFoundError:
        raise
    except _errors() as error:
        reason = text.line(str(error))[:200]
        raise Unreadable(f"is no Parquet file that can be read: {reason}") from error


def _wanted(table: Any, reading: Reading) -> list[str]:
    """The columns that stand for one of our words; raises Unreadable if the text is missing."""
    names = list(table.schema_arrow.names)
    dotted = {name.partition(".")[0] for name in reading.columns.values() if name not in names}
    if fault := lacking(
        [*names, *(n for n in reading.columns.values() if _begins(n, names))], reading
    ):
        raise Unreadable(fault)
    mapped = {*reading.columns.values(), *dotted}
    wanted = [name for name in names if name in mapped or fields.role_of(name)]
    _refuse_bombs(table.metadata, set(wanted))
    return wanted


def _begins(name: str, names: list[str]) -> bool:
    """Whether a dotted name reaches into a column."""
    return "." in name and name.partition(".")[0] in names


def _refuse_bombs(metadata: Any, wanted: set[str]) -> None:
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            size, packed = column.total_uncompressed_size, max(1, column.total_compressed_size)
            if column.path_in_schema.partition(".")[0] not in wanted:
                continue
            if size > BOMB_FLOOR and size > BOMB_RATIO * packed:
                raise Unreadable(
                    f"inflates more than {BOMB_RATIO}-fold, to {size / 1e6:,.0f} MB in column "
                    f"{column.path_in_schema!r}: no news does, so it was not read"
                )


def _plain(value: object) -> object:
    """A cell as JSON would have it: dates in ISO 8601, bytes as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
