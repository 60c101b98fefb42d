"""Copies of SQLite databases that are in use: whole, consistent and checked."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from vectorstore.errors import ArchiveError


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile.

    SQLite's own backup in one step (https://sqlite.org/backup.html), then its integrity
    check on the copy, then fsync. Raises ArchiveError if the copy is not whole.
    """
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new, pages=-1)
        found = new.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise ArchiveError(f"{source} is damaged ({found}): the copy in {target} is not whole")
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
