"""A ledger on PostgreSQL, and a node's folder: what is made of the ledger lies there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from vectorstore.address import Place
from vectorstore.backends.folder import SCHEMA_WAIT, made, no_archive
from vectorstore.durable import size
from vectorstore.errors import ArchiveError, ArchiveLocked
from vectorstore.ledger import postgres
from vectorstore.ledger.ledger import Ledger
from vectorstore.ledger.locks import AdvisoryLock, is_held
from vectorstore.ledger.migrations import CURRENT, check_schema, migrate, refuse_newer

INDEX_WAIT = 3600.0
"""Seconds to wait for another process of this node that writes the indexes."""


class ServedBackend:
    """PostgreSQL by URL; its writers are told apart by an advisory lock, on any host."""

    def __init__(self, place: Place, *, create: bool) -> None:
        """Raises ArchiveEmpty, ArchiveError and ArchiveTooNew as `Archive.open` does."""
        assert place.url is not None  # noqa: S101
        self.place, self.path = place, place.folder
        engine = postgres.engine_of(place.url)
        try:
            self.read_only = self._opened(engine, create)
        except BaseException as error:
            engine.dispose()
            if isinstance(error, OperationalError):
                raise ArchiveError(
                    f"the ledger {place.ledger} cannot be reached: {error.orig}"
                ) from None
            raise
        self.ledger = Ledger(engine)
        if not self.read_only and self.ledger.meta("id") is None:
            with suppress(IntegrityError):  # another process opens it at the same time
                self.ledger.set_meta("id", uuid.uuid4().hex)
        made(self.path)
        self._indexing = FileLock(self.path / "index.lock", timeout=INDEX_WAIT)

    def _opened(self, engine: Engine, create: bool) -> bool:
        """Make or migrate the schema where that is to be done; whether it can only be read."""
        there = inspect(engine).has_table("meta")
        if not there and not create:
            raise no_archive(f"in {self.place.ledger}")
        if there and refuse_newer(engine) == CURRENT:
            return not postgres.can_write(engine)
        lock = AdvisoryLock(engine, "schema", timeout=SCHEMA_WAIT)
        lock.acquire()
        try:
            migrate(engine)
        except ProgrammingError as error:  # a role that may only read
            if there:
                check_schema(engine)
            raise ArchiveError(
                f"no archive can be made in {self.place.ledger}: {error.orig}"
            ) from None
        finally:
            lock.release()
        return False

    @contextmanager
    def writing(self, wait: float) -> Iterator[None]:
        """As `Backend.writing`; what a process stores that lost the lock is refused."""
        if self.read_only:
            raise ArchiveError(
                f"the ledger {self.place.ledger} can only be read with this connection: the "
                "archive answers, and takes nothing in. Name the primary server, and a role that "
                "may write"
            )
        lock = self.lock("write", wait)
        try:
            lock.acquire()
        except Timeout:
            raise ArchiveLocked(
                f"another process is writing to {self.place.ledger} ({lock.holder()}): "
                "wait until it is done, or stop it"
            ) from None
        try:
            refuse_newer(self.ledger.engine)
            self.ledger.term = postgres.next_term(self.ledger.engine)
            yield
        finally:
            self.ledger.term = None
            lock.release()

    @contextmanager
    def indexing(self) -> Iterator[None]:
        """The processes of a node write its indexes in turn; raises ArchiveLocked."""
        if not os.access(self.path, os.W_OK):
            raise ArchiveError(f"the folder {self.path} cannot be written: nothing is indexed")
        try:
            self._indexing.acquire()
        except Timeout:
            raise ArchiveLocked(f"another process is indexing in {self.path}") from None
        try:
            yield
        finally:
            self._indexing.release()

    def lock(self, name: str, timeout: float) -> AdvisoryLock:
        """An advisory lock of this name in the ledger's database."""
        return AdvisoryLock(self.ledger.engine, name, timeout=timeout)

    def held(self, name: str) -> bool:
        """Whether any process on the ledger holds the lock of this name."""
        return is_held(self.ledger.engine, name)

    def announce(self) -> None:
        """Wake the nodes that follow the ledger."""
        if not self.read_only:
            postgres.announce(self.ledger.engine, self.ledger.last_seq())

    def close(self) -> None:
        self.ledger.close()

    def bytes_used(self) -> int:
        """Bytes of the node's folder, and of the database."""
        return size(self.path) + postgres.size(self.ledger.engine)
