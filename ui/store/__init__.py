"""The web state. What readers keep: their conversations, their feedback on answers, and what they
share; and who may do what: users, tokens, logins, and the audit log.

>>> store = Store.beside(archive)  # doctest: +SKIP
>>> kept = store.create(owner, "Car tariffs")  # doctest: +SKIP
>>> store.append(owner, kept.id, question, answer)  # doctest: +SKIP

Every verb of the readers' takes the owner first, and sees nothing of anybody else's: a foreign
id and one that does not exist are the same InputError. An owner is a browser's session or a user.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from ui.store.audit import Audit, Deed
from ui.store.conversations import Conversation, Conversations, Kept
from ui.store.database import FILE, database_exists, rights
from ui.store.feedback import KINDS, Feedback, Given, feedback_csv, feedback_jsonl
from ui.store.logins import Logins
from ui.store.roles import Forbidden, Role, role_of
from ui.store.shares import Share, Shares
from ui.store.snapshot import restored, snapshot
from ui.store.tokens import Token, Tokens
from ui.store.transfer import take_up
from ui.store.users import User, Users
from vectorstore import Archive

__all__ = [
    "KINDS",
    "Conversation",
    "Deed",
    "Forbidden",
    "Given",
    "Kept",
    "Role",
    "Share",
    "Store",
    "Token",
    "User",
    "feedback_csv",
    "feedback_jsonl",
    "restored",
    "role_of",
    "snapshot",
]


class Store(Conversations, Feedback, Shares, Users, Tokens, Logins, Audit):
    """One database of the web state. Safe to share between threads; `close` it."""

    @classmethod
    def exists(cls, archive: Archive) -> bool:
        """Whether an archive has a store: it has been served, or has users or tokens."""
        return database_exists(archive.place.url or archive.path / FILE)

    @classmethod
    def beside(cls, archive: Archive) -> Store:
        """The store of an archive: in its folder, or on the server of its ledger, where all nodes
        share it. Where nothing can be written a passing one, which knows the users and tokens all
        the same."""
        url, kept = archive.place.url, archive.path / FILE
        if not archive.read_only:
            if url:
                take_up(kept, archive.place)
            return cls(url or kept)
        passing = cls(Path(mkdtemp(prefix="dateline-kept-")) / FILE)
        passing.rights = rights(url or kept) or passing.rights
        return passing  # what is kept lasts as long as this process
