"""A ledger on PostgreSQL: how it is connected to, written to by one at a time, and listened to.

What only PostgreSQL has is here and in `locks`; the ledger's own statements are the same on both
databases.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select, text
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from vectorstore.errors import ArchiveLocked, InputError
from vectorstore.ledger import schema

CHANNEL = "dateline_ledger"
"""What is notified when something new can be indexed; the payload is the sequence number."""

CONNECT_SECONDS = 10
"""After which a server that does not answer counts as gone."""

ALIVE = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 2}
"""The server takes a client's machine for dead after 20 s of silence, and frees its locks."""

TERM = "term"
"""The meta row that counts the writers: each takes the next number, and with it the right of
those before it ends."""

SERIALIZATION_FAILURE = "40001"

SNAPSHOT: IsolationLevel = "REPEATABLE READ"
"""The isolation of transactions that see one state of the database from begin to end."""


def engine_of(url: URL, *, isolation: IsolationLevel = SNAPSHOT, most: int = 30) -> Engine:
    """The engine of a database on PostgreSQL, for a ledger unless told otherwise; nothing is
    connected yet.

    Each transaction sees the ledger as it was when it began, as in SQLite. It connects `most`
    times at the same time, and keeps a third of these connections. Raises InputError if the
    driver is not installed.
    """
    keep = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            isolation_level=isolation,
            pool_pre_ping=True,
            pool_size=most // 3,
            max_overflow=most - most // 3,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": f"dateline {socket.gethostname()} {os.getpid()}"[:63],
                **keep,
            },
        )
    except ImportError:
        raise InputError(
            "a ledger on PostgreSQL needs psycopg: pip install 'dateline[postgres]'"
        ) from None
    event.listen(engine, "connect", _keep_alive)
    return engine


def _keep_alive(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        for name, value in ALIVE.items():
            cursor.execute(f"SET {name} = {value}")
    connection.commit()


def next_term(engine: Engine) -> str:
    """Begin a writer's term; whoever wrote before it can store nothing more. Needs the lock."""
    with engine.begin() as c:
        m = schema.meta.c
        last = c.scalar(select(m.value).where(m.key == TERM).with_for_update())
        if last is None:
            c.execute(schema.meta.insert().values(key=TERM, value="1"))
            return "1"
        term = str(int(last) + 1)
        c.execute(schema.meta.update().where(m.key == TERM).values(value=term))
        return term


@contextlib.contextmanager
def in_term(c: Connection, term: str) -> Iterator[None]:
    """A transaction of a writer's term; raises ArchiveLocked if another's has begun.

    The next writer waits for it to end. So a process that lost its lock, and does not know it
    yet, stores nothing beside the one that has it now.
    """
    m = schema.meta.c
    lost = ArchiveLocked(
        "another process has taken over writing, as this one had lost its connection to the "
        "ledger: what was not stored comes again with the next run"
    )
    try:
        current = c.scalar(select(m.value).where(m.key == TERM).with_for_update(read=True))
        if current != term:
            raise lost
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == SERIALIZATION_FAILURE:
            raise lost from error
        raise


def announce(engine: Engine, seq: int) -> None:
    """Tell all that listen that the ledger can be indexed up to a sequence number."""
    with engine.begin() as c:
        c.execute(select(func.pg_notify(CHANNEL, str(seq))))


class Listener:
    """A connection that waits for `announce`; raises SQLAlchemyError where it cannot listen."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            self._connection.execute(text(f"LISTEN {CHANNEL}"))
        except BaseException:
            self.close()
            raise

    def wait(self, seconds: float) -> bool:
        """Whether something was announced within so many seconds."""
        import psycopg

        driver: Any = self._connection.connection.driver_connection
        try:
            return any(True for _ in driver.notifies(timeout=seconds, stop_after=1))
        except psycopg.Error as error:
            raise OperationalError("LISTEN", None, error) from error

    def close(self) -> None:
        """End the connection, which others must not get with what it listens to."""
        with contextlib.suppress(SQLAlchemyError):
            self._connection.invalidate()
        with contextlib.suppress(SQLAlchemyError):
            self._connection.close()


def can_write(engine: Engine) -> bool:
    """Whether this connection may write: a standby server, or a role for reading, may not."""
    with engine.connect() as c:
        if c.scalar(text("SELECT current_setting('transaction_read_only')")) == "on":
            return False
        allowed = func.has_table_privilege(schema.articles.name, "INSERT")
        return bool(c.scalar(select(allowed)))


def size(engine: Engine) -> int:
    """Bytes that the database takes on the server."""
    with engine.connect() as c:
        return int(c.scalar(select(func.pg_database_size(func.current_database()))) or 0)
