"""Which articles a run over files has had, so that each is taken once."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands under a name: a version, whether it is a part only, and where it was read."""

    version: str
    partial: bool
    shown: str


class Claims:
    """The names that are taken in a run, each with what took it. Used by one thread at a time.

    A run may have millions, so they are in a temporary file that SQLite makes once they do not
    fit into 2 MB, and removes by itself.
    """

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._kept.execute("PRAGMA journal_mode = OFF")
        self._kept.execute(
            "CREATE TABLE claims (name TEXT PRIMARY KEY, version TEXT, partial INTEGER, shown TEXT)"
            " WITHOUT ROWID"
        )

    def get(self, name: str) -> Claim | None:
        """What took a name; None if nothing has."""
        query = "SELECT version, partial, shown FROM claims WHERE name = ?"
        row = self._kept.execute(query, (name,)).fetchone()
        return Claim(row[0], bool(row[1]), row[2]) if row else None

    def put(self, name: str, claim: Claim) -> None:
        """Take a name, from what has it if anything does."""
        row = (name, claim.version, claim.partial, claim.shown)
        self._kept.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?)", row)
