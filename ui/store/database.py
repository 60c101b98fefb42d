"""The database of the web state: a file of SQLite beside the archive, or, where its ledger is on
PostgreSQL, a schema on the same server, which every node of the archive reads and writes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError

from ui.store import schema
from ui.store.migrations import migrate
from vectorstore import ArchiveError
from vectorstore.address import shown
from vectorstore.ledger import postgres, sqlite

FILE = "conversations.db"

SUFFIX = "_web"
"""Ends the name of the schema on a server, which begins with that of the ledger's: rights to one
are not rights to the other, and several archives in one database do not meet."""

CONNECTIONS = 15
"""Connections to a server at the same time; a verb needs one for some milliseconds."""


class Database:
    """One database of the web state, open; what the verbs of `Store` stand on.

    `engine` is for transactions that write, `reading` for those that see one state and wait for
    nobody, `rights` for those that look up users and tokens.
    """

    engine: Engine
    reading: Engine
    rights: Engine

    def __init__(self, at: Path | URL) -> None:
        """By its file, or the URL of its server; made where there is none.

        Raises ArchiveTooNew if a later Dateline wrote it, ArchiveError where it cannot be reached.
        """
        self.engine = open_engine(at)
        self.reading = self.rights = for_reading(self.engine)

    def close(self) -> None:
        self.engine.dispose()
        self.rights.dispose()

    @contextmanager
    def granting(self) -> Iterator[Connection]:
        """A transaction that changes who may do what; raises ArchiveError where that can only
        be read."""
        if self.rights is not self.reading:
            raise ArchiveError(
                "users and tokens can only be read here: change them where the archive can be "
                "written, which counts here too"
            )
        with self.engine.begin() as db:
            yield db


def open_engine(at: Path | URL) -> Engine:
    """The engine of a database that is there and of the current schema; raises as Database."""
    if isinstance(at, Path):
        engine = _file(at)
        migrate(engine, str(at))
        return engine
    engine, named = _server(at), f"the web state in {shown(at)}"
    try:
        migrate(engine, named)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, OperationalError):
            raise ArchiveError(f"{named} cannot be reached: {error.orig}") from None
        if isinstance(error, (ProgrammingError, InternalError)):  # no right to; a standby
            raise ArchiveError(
                f"{named} cannot be made ({error.orig}): GRANT CREATE ON DATABASE … to the role "
                "of this node, or grant it the schema that the database's owner has made"
            ) from None
        raise
    return engine


def database_exists(at: Path | URL) -> bool:
    """Whether there is such a database, as far as this role can see."""
    if isinstance(at, Path):
        return at.exists()
    engine = for_reading(_server(at))
    try:
        with engine.connect() as c:
            found = text("SELECT to_regnamespace(current_setting('search_path')) IS NOT NULL")
            return bool(c.scalar(found))
    except OperationalError:
        return False
    finally:
        engine.dispose()


def rights(at: Path | URL) -> Engine | None:
    """Where users and tokens are looked up in a database that is only read; None if it has none.

    Raises ArchiveError where there may be some and this role is not allowed to see them.
    """
    if isinstance(at, Path):
        if not at.exists():
            return None
        engine = sqlite.read_only_engine(at)
        return engine if inspect(engine).has_table(schema.users.name) else None
    engine = for_reading(_server(at))
    try:
        with engine.connect() as c:
            name = c.scalar(text("SELECT current_setting('search_path')"))
            there = c.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": name})
            for table in (schema.users, schema.tokens) if there else ():
                c.execute(text(f"SELECT FROM {name}.{table.name} LIMIT 1"))
    except ProgrammingError:
        engine.dispose()
        raise ArchiveError(
            "this node's role may not look up who may do what, and nobody is let in unseen: "
            f"GRANT USAGE ON SCHEMA {name} TO …; GRANT SELECT ON {name}.users, {name}.tokens TO …"
        ) from None
    return engine if there else None


def _file(path: Path) -> Engine:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", _careful)
    event.listen(engine, "begin", _begin)
    return engine


def _server(url: URL) -> Engine:
    """Writers wait for each other's rows, and then see what the other wrote."""
    engine = postgres.engine_of(url, isolation="READ COMMITTED", most=CONNECTIONS)
    event.listen(engine, "connect", _within)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The same connections for transactions that see one state, and write nothing."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reads=True)
    return engine.execution_options(isolation_level=postgres.SNAPSHOT, postgresql_readonly=True)


def _within(connection: Any, _record: object) -> None:
    """A connection to a server is in the schema of the web state, also before that is made."""
    named = f"quote_ident(current_schema() || '{SUFFIX}')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('search_path', {named}, false)")
    connection.commit()


def _begin(connection: Connection) -> None:
    """A writer takes the lock first: one that reads before it writes could not wait for it."""
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _careful(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "secure_delete=ON",  # what a reader deletes is overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")
