"""The examination of one archive, in the order in which what is found matters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from vectorstore.address import LEDGER, Place
from vectorstore.health.indexes import index_findings
from vectorstore.health.ledger import ReadOnlyLedger, ledger_findings, served_findings
from vectorstore.health.surroundings import (
    clock_finding,
    disk_findings,
    model_findings,
    rights_findings,
)
from vectorstore.health.values import RESTORE, Finding
from vectorstore.ledger import postgres

BASES = frozenset({"ledger", "ledger schema"})
"""Checks that nothing else is looked at without."""


def examine(archive: Path | Place, *, quick: bool = False) -> Iterator[Finding]:
    """Look at every part of an archive, by its folder or place, writing nothing.

    `quick` leaves out what takes as long as the archive is large: the comparison of indexes,
    offsets and vectors with the ledger one by one, and the models' digests. It may run while
    the archive is served and ingested into.
    """
    place = archive if isinstance(archive, Place) else Place.of(archive)
    folder, basis = place.folder, True
    for finding in (
        ledger_findings(folder / LEDGER, quick=quick)
        if place.url is None
        else served_findings(place.url, quick=quick)
    ):
        yield finding
        basis = basis and (finding.check not in BASES or finding.state == "ok")
    model, served = "", 0
    if basis:
        ledger = ReadOnlyLedger(place.url or folder / LEDGER)
        try:
            model = ledger.meta("model") or ""
            yield from index_findings(folder, ledger, quick=quick)
            yield clock_finding(ledger)
            if place.url is not None:
                served = postgres.size(ledger.engine)
        except SQLAlchemyError as error:
            yield Finding(check="ledger", state="error", found=str(error), do=RESTORE)
        finally:
            ledger.close()
    if not folder.exists():
        made = "this node has no folder yet: the first command that searches makes it"
        yield Finding(check="disk", state="note", found=made)
    else:
        yield from disk_findings(folder, served)
        yield from rights_findings(folder)
    if not quick:
        yield from model_findings(model)
