"""What readers keep: their conversations, their feedback on answers, and what they share.

>>> store = Store.beside(archive)  # doctest: +SKIP
>>> kept = store.create(owner, "Car tariffs")  # doctest: +SKIP
>>> store.append(owner, kept.id, question, answer)  # doctest: +SKIP

Every verb takes the owner first, and sees nothing of anybody else's: a foreign id and one
that does not exist are the same InputError. An owner is a browser's session or a user.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from ui.store.conversations import Conversation, Conversations, Kept
from ui.store.feedback import KINDS, Feedback, Given, feedback_csv, feedback_jsonl
from ui.store.schema import FILE
from ui.store.shares import Share, Shares
from ui.store.snapshot import restored, snapshot
from vectorstore import Archive

__all__ = [
    "KINDS",
    "Conversation",
    "Given",
    "Kept",
    "Share",
    "Store",
    "feedback_csv",
    "feedback_jsonl",
    "restored",
    "snapshot",
]


class Store(Conversations, Feedback, Shares):
    """One database of conversations. Safe to share between threads; `close` it."""

    @classmethod
    def beside(cls, archive: Archive) -> Store:
        """The store of an archive, in its folder; a passing one where that cannot be written."""
        if archive.read_only:  # what is kept lasts as long as this process
            return cls(Path(mkdtemp(prefix="dateline-kept-")) / FILE)
        return cls(archive.path / FILE)
