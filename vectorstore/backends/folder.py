"""A ledger in the archive's folder: SQLite, and locks in files beside it."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy.exc import OperationalError

from vectorstore.address import LEDGER, Place
from vectorstore.durable import lock_held, size, stamp
from vectorstore.errors import ArchiveEmpty, ArchiveError, ArchiveLocked
from vectorstore.health.databases import damage_told, refuse_damaged, refuse_lost, unwritable
from vectorstore.ledger import sqlite
from vectorstore.ledger.ledger import Ledger
from vectorstore.ledger.migrations import check_schema, migrate, refuse_newer

log = logging.getLogger(__name__)

WHOLE = "whole-stamps.json"
"""The file that says how the last writer left the ledger; a help alone."""

CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

SCHEMA_WAIT = 60.0
"""Seconds to wait for another process that makes or migrates the ledger."""


class FolderBackend:
    """SQLite in a folder; its writers are told apart by a lock file."""

    def __init__(self, place: Place, *, create: bool) -> None:
        """Raises ArchiveDamaged, ArchiveEmpty and ArchiveTooNew as `Archive.open` does."""
        self.path = place.folder
        self._whole = False
        refuse_lost(self.path / LEDGER)
        if not (self.path / LEDGER).exists():
            if not create:
                raise no_archive(f"in {self.path}")
            made(self.path)
        self.read_only = not os.access(self.path, os.W_OK)
        with damage_told(self.path / LEDGER):
            self.ledger = self._opened()

    def _opened(self) -> Ledger:
        """For reading alone where the folder, or a full disk, lets nothing be written."""
        path = self.path / LEDGER
        try:
            if not self.read_only:
                with FileLock(self.path / "schema.lock", timeout=SCHEMA_WAIT):
                    ledger = Ledger(sqlite.engine_of(path))
                    migrate(ledger.engine)
                    return ledger
        except OperationalError as error:
            if not path.stat().st_size or not unwritable(error):
                raise
            log.error("the ledger can only be read: %s", error.orig)
            self.read_only = True
        ledger = Ledger(sqlite.read_only_engine(path))
        check_schema(ledger.engine)
        return ledger

    @contextmanager
    def writing(self, wait: float) -> Iterator[None]:
        """As `Backend.writing`; raises ArchiveDamaged if SQLite does not find the ledger whole,
        which is looked up once, and not where it is as the last writer left it."""
        if self.read_only:
            raise self._closed()
        lock = self.lock("write", wait)
        try:
            lock.acquire()
        except Timeout:
            raise ArchiveLocked(
                f"another process is writing to {self.path} (its pid: {self._holder()}): "
                "wait until it is done, or stop it"
            ) from None
        except OSError as error:  # the folder was writable when it was opened
            if error.errno not in CLOSED:
                raise
            raise self._closed() from error
        try:
            (self.path / "writer.pid").write_text(str(os.getpid()))
            refuse_newer(self.ledger.engine)  # a later Dateline may have taken it up meanwhile
            if not self._whole:
                if self._left() != self._stamp():
                    refuse_damaged(self.path / LEDGER)
                self._whole = True
            try:
                yield
            finally:
                self._leave()
        finally:
            lock.release()

    def close(self) -> None:
        """Close the ledger, which may move what is in SQLite's log into it."""
        self.ledger.close()
        if self._whole:
            with suppress(OSError), self.lock("write", 0):  # also where another writes
                self._leave()

    def _stamp(self) -> list[list[int]]:
        """By which a ledger is told that nobody has touched since a writer left it."""
        ledger = self.path / LEDGER
        return [stamp(ledger), stamp(ledger.with_name(f"{LEDGER}-wal"))]

    def _left(self) -> Any:
        """The ledger's stamp when a writer left it that had found it whole; None if unknown."""
        try:
            return json.loads((self.path / WHOLE).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def _leave(self) -> None:
        with suppress(OSError):
            (self.path / WHOLE).write_text(json.dumps(self._stamp()), encoding="utf-8")

    def _closed(self) -> ArchiveError:
        return ArchiveError(
            f"the folder {self.path} cannot be written: the archive answers, and takes nothing "
            "in. `dateline doctor` says what is to be done"
        )

    def indexing(self) -> AbstractContextManager[None]:
        """Whoever writes here holds the one lock already."""
        return nullcontext()

    def lock(self, name: str, timeout: float) -> FileLock:
        """A lock file of this name, which any thread may release."""
        return FileLock(self.path / f"{name}.lock", timeout=timeout, thread_local=False)

    def held(self, name: str) -> bool:
        """Whether any process holds the lock file of this name; none is made."""
        return lock_held(self.path / f"{name}.lock")

    def announce(self) -> None:
        """Readers see the manifest of the folder itself."""

    def bytes_used(self) -> int:
        """Bytes of the folder."""
        return size(self.path)

    def _holder(self) -> str:
        try:
            return (self.path / "writer.pid").read_text()
        except OSError:
            return "unknown"


def no_archive(where: str) -> ArchiveEmpty:
    """The error for a place without an archive."""
    return ArchiveEmpty(
        f"there is no archive {where}: make one with `dateline ingest PATH…`, "
        "or try the sample with `dateline serve`"
    )


def made(folder: Path) -> None:
    """Make an archive's folder; raises ArchiveError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"cannot make an archive in {folder}: {error}") from error
