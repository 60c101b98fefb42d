"""The runs and states of an archive's sources, read without opening the archive: opening takes an
older ledger up to this release, and an examination only looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vectorstore.address import LEDGER, Place
from vectorstore.durable import lock_held
from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.ledger.locks import is_held
from vectorstore.ledger.runs import Records


class ReadOnlyRecords(Records):
    """What `Archive` says of its sources."""

    def __init__(self, place: Place, ledger: ReadOnlyLedger) -> None:
        self.place, self._engine = place, ledger.engine

    def held(self, name: str) -> bool:
        """Whether any process on the archive holds the lock of this name."""
        if self.place.url is None:
            return lock_held(self.place.folder / f"{name}.lock")
        return is_held(self._engine, name)


@contextmanager
def source_records(place: Place) -> Iterator[ReadOnlyRecords]:
    """The records of an archive's ledger, which nothing is written to."""
    reading = ReadOnlyLedger(place.url or place.folder / LEDGER)
    try:
        yield ReadOnlyRecords(place, reading)
    finally:
        reading.close()
