"""Locks among all processes on one ledger, where that is on PostgreSQL.

They are advisory locks of a session, so one ends with the process that holds it, however that
ends. Connect to the server itself, or through a pooler that pools sessions.
"""

from __future__ import annotations

import contextlib
import logging
import time

from filelock import Timeout
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.2
"""Seconds between two tries for a lock."""


class AdvisoryLock:
    """A lock by name among all processes on one ledger, with the verbs of `filelock`.

    Held by a connection of its own; lost with it, which `is_locked` finds out.
    """

    def __init__(self, engine: Engine, name: str, *, timeout: float = -1) -> None:
        """`timeout` is in seconds, negative for none."""
        self._engine, self.name, self.timeout = engine, name, timeout
        self._key = func.hashtextextended(
            func.concat("dateline:", func.current_schema(), ":", name), 0
        )
        self._held: Connection | None = None

    def acquire(self) -> None:
        """Take the lock; raises filelock's Timeout if another has it for `timeout` seconds."""
        begun = time.monotonic()
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            while not connection.scalar(select(func.pg_try_advisory_lock(self._key))):
                if 0 <= self.timeout <= time.monotonic() - begun:
                    raise Timeout(self.name)
                time.sleep(RETRY_SECONDS)
        except BaseException:
            connection.close()
            raise
        self._held = connection

    def release(self) -> None:
        """Let it go; does nothing if it is not held, or its connection was lost."""
        connection, self._held = self._held, None
        if connection is None:
            return
        try:
            connection.execute(select(func.pg_advisory_unlock(self._key)))
        except SQLAlchemyError:
            with contextlib.suppress(SQLAlchemyError):
                connection.invalidate()  # the session ends, and the lock with it
        finally:
            with contextlib.suppress(SQLAlchemyError):
                connection.close()

    @property
    def is_locked(self) -> bool:
        """Whether it is held, by a connection that still stands."""
        if self._held is None:
            return False
        try:
            self._held.execute(text("SELECT 1"))
        except SQLAlchemyError:
            log.warning("the connection that held the lock %r is lost, and the lock", self.name)
            self.release()
            return False
        return True

    def holder(self) -> str:
        """Who holds it, for people: application, machine and process; "unknown" if nobody says."""
        query = text(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND l.classid::bigint = ((:key >> 32) & 4294967295)"
            " AND l.objid::bigint = (:key & 4294967295)"
        )
        with self._engine.connect() as c:
            key = c.scalar(select(self._key))
            return c.scalar(query, {"key": key}) or "unknown"


def is_held(engine: Engine, name: str) -> bool:
    """Whether any process on the ledger holds the lock of this name."""
    lock = AdvisoryLock(engine, name, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False
