"""SQLite files, looked at without writing; a ledger that is not whole is refused by its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from vectorstore.errors import ArchiveDamaged
from vectorstore.health.values import RESTORE

NO_WRITING = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY})
DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def connect(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; where not even SQLite's side files can be made (a medium
    that is read-only), one that reads the file as it lies."""
    uri = path.absolute().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        c = sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=10, check_same_thread=False)
        try:
            c.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            c.close()
            if "immutable" in mode:
                raise
            continue
        return c
    raise AssertionError("one of the two returns or raises")


def whole(path: Path, *, quick: bool = False) -> tuple[bool, str]:
    """Whether SQLite finds a database whole, and what it says if not.

    `quick` leaves out the comparison of indexes with tables, which takes most of the time.
    """
    pragma = "quick_check" if quick else "integrity_check"
    try:
        c = connect(path)
        try:
            rows = [row[0] for row in c.execute(f"PRAGMA {pragma}(3)")]
        finally:
            c.close()
    except sqlite3.Error as error:
        return False, str(error)
    return rows == ["ok"], "; ".join(rows)


def refuse_lost(path: Path) -> None:
    """Raises ArchiveDamaged if a ledger is gone or empty whose indexes are there still."""
    if path.exists() and path.stat().st_size:
        return
    if any((path.parent / name).exists() for name in ("dense/manifest.json", "lexical.json")):
        gone = "is empty" if path.exists() else "is gone"
        raise ArchiveDamaged(f"the ledger {path} {gone}, its indexes are there still: {RESTORE}")


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Raises ArchiveDamaged in place of what SQLite says of a file that is no whole database."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
            said = f"the ledger {path} is damaged ({error.orig}): {RESTORE}"
            raise ArchiveDamaged(said) from error
        raise


def unwritable(error: DatabaseError) -> bool:
    """Whether SQLite could not write beside a file: a full disk, or one that fails."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in NO_WRITING


def refuse_damaged(path: Path) -> None:
    """Raises ArchiveDamaged if SQLite does not find the ledger whole (some 0.5 s a gigabyte)."""
    fine, said = whole(path, quick=True)
    if not fine:
        raise ArchiveDamaged(f"the ledger {path} is damaged ({said}): {RESTORE}")
