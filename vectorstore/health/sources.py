"""The runs and states of an archive's sources, read without opening the archive: opening takes an
older ledger up to this release, and an examination only looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.ledger.runs import Records


class ReadOnlyRecords(Records):
    """What `Archive` says of its sources; `path` is the archive's folder."""

    def __init__(self, path: Path, ledger: ReadOnlyLedger) -> None:
        self.path, self._engine = path, ledger.engine


@contextmanager
def source_records(ledger: Path) -> Iterator[ReadOnlyRecords]:
    """The records of a ledger's file, which nothing is written to."""
    reading = ReadOnlyLedger(ledger)
    try:
        yield ReadOnlyRecords(ledger.parent, reading)
    finally:
        reading.close()
