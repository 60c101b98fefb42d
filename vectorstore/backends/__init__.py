"""What an archive's ledger is kept in: SQLite in the archive's folder, or PostgreSQL.

A backend opens the ledger, and lets one process at a time write to it; all above is the same
for both. Read `folder` first; `served` is for a ledger on a server.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from vectorstore.address import Place
from vectorstore.ledger.ledger import Ledger


class Lock(Protocol):
    """A lock among processes, as `filelock` has it: `acquire` raises its Timeout."""

    def acquire(self) -> object: ...
    def release(self) -> None: ...

    @property
    def is_locked(self) -> bool: ...


class Backend(Protocol):
    """One archive's ledger, open, and the rights to write."""

    ledger: Ledger
    read_only: bool

    def writing(self, wait: float) -> AbstractContextManager[None]:
        """The right to write to the ledger; raises ArchiveLocked if another process has it for
        `wait` seconds, and ArchiveError where nothing can be written."""
        ...

    def indexing(self) -> AbstractContextManager[None]:
        """The right to write the indexes in the folder; whoever writes the ledger may ask for
        it, and not the other way round."""
        ...

    def lock(self, name: str, timeout: float) -> Lock:
        """A lock of this name among all processes on the ledger; `timeout` is in seconds."""
        ...

    def held(self, name: str) -> bool:
        """Whether any process holds the lock of this name; leaves nothing behind."""
        ...

    def announce(self) -> None:
        """Tell other nodes that what is stored can be indexed now."""
        ...

    def close(self) -> None:
        """Let go of the ledger."""
        ...

    def bytes_used(self) -> int:
        """What the archive takes on disk: its folder, and the ledger if it is elsewhere."""
        ...


def open_backend(place: Place, *, create: bool) -> Backend:
    """The backend of an archive; raises ArchiveEmpty if there is none and `create` is false."""
    from vectorstore.backends.folder import FolderBackend

    if place.url is None:
        return FolderBackend(place, create=create)
    from vectorstore.backends.served import ServedBackend

    return ServedBackend(place, create=create)
