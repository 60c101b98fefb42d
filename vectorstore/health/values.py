"""What an examination says: findings, each with what it means and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "warning", "error"]
"""From well to wrong: a note asks for nothing, a warning for care, an error for a repair."""

STATES: tuple[State, ...] = ("ok", "note", "warning", "error")

Fix = Literal["", "recut", "embed", "words", "vectors", "index", "modes", "rights"]
"""What repairs a finding, "" if only a person can: cut passages anew from the stored text,
embed what lacks a vector, write the lexical or the dense index anew, index what lags, close a
private file to other users, or give the owner back the right to read and write a file."""

RESTORE = (
    "nothing is written to it. Stop what uses the archive, keep its folder as it is, and bring "
    "back the last backup: dateline restore BACKUP --archive NEW_DIR; what came after the backup "
    "comes again with `dateline ingest`"
)
"""The way back from a damaged ledger."""

RESTORE_SERVED = (
    "look into the server's log first; then bring back the last dump into a new database: createdb "
    "NEW, pg_restore -d NEW FILE, and name that database; each node makes its indexes anew"
)
"""The same for one on PostgreSQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    `check` names it, the same in every version; `found` is what was seen. Where it is not well,
    `means` says what that does to readers, `do` what mends it. `fix` is the repair that
    `repair` knows, and `places` what it is to repair: ids of articles, or paths.
    """

    check: str
    state: State
    found: str
    means: str = ""
    do: str = ""
    fix: Fix = ""
    places: tuple[str, ...] = ()


def worst(findings: Iterable[Finding]) -> State:
    """The worst state among findings; "ok" where there are none."""
    return max((f.state for f in findings), key=STATES.index, default="ok")
