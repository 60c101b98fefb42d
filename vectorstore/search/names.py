"""The subjects and places of an archive, counted once for each state of its ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vectorstore.ledger.ledger import Ledger

Counted = tuple[tuple[str, int], ...]


class Names:
    """Subjects and places with how many live articles have each, the most frequent first.

    Counting reads every article's names, so what was counted is kept until the ledger changes.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._kept: dict[str, tuple[int, Counted]] = {}

    def of(self, kind: str) -> Counted:
        """Those of a kind, "subject" or "place"."""
        seq = self._ledger.last_seq()
        at, found = self._kept.get(kind, (-1, ()))
        if at != seq:
            found = self._ledger.tags(kind)
            self._kept[kind] = seq, found
        return found
