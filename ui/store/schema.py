"""The tables of what readers keep (conversations, messages, feedback, shares), and of who may
do what: users, tokens, and the audit log of their deeds.

They stand in a database of their own beside the archive, so that a copy of the archive
carries nobody's questions, and an ingest never waits for a reader.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)

from vectorstore import ArchiveTooNew

FILE = "conversations.db"
VERSION = 2

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False, default=""),
    Column("created", String(40), nullable=False),
    Column("updated", String(40), nullable=False),
    Index("conversations_by_owner", "owner", "updated"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(9), nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", Text),
    Column("created", String(40), nullable=False),
    Index("messages_by_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""`role` is "user" or "assistant"; `answer` is the snapshot of an answer as JSON."""

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("citation", Integer),
    Column("note", Text, nullable=False, default=""),
    Column("created", String(40), nullable=False),
)

shares = Table(
    "shares",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("created", String(40), nullable=False),
    Column("snapshot", Text, nullable=False),
    Index("shares_by_conversation", "conversation"),
)
"""`snapshot` is the conversation as JSON, frozen when it was shared."""

users = Table(
    "users",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False, default=""),
    Column("created", String(40), nullable=False),
    Column("changed", String(40), nullable=False),
)
"""`password` is its hash."""

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created", String(40), nullable=False),
    Column("expires", String(40)),
    Column("used", String(10)),
    Column("revoked", String(40)),
)
"""`digest` is SHA-256 of the whole token; `used` the last day on which it was shown."""

deeds = Table(
    "deeds",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("time", String(40), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("way", String(20), nullable=False),
    Column("role", String(20), nullable=False),
    Column("deed", String(40), nullable=False),
    Column("target", Text, nullable=False, default=""),
    Column("request", String(128), nullable=False, default=""),
    Index("deeds_by_time", "time"),
    sqlite_autoincrement=True,
)
"""The audit log. Rows are added; the database itself refuses to change one, or to delete one
younger than YOUNGEST days."""

YOUNGEST = 30
"""Days for which nothing takes a deed out of the audit log."""

_REFUSED = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
_TRIGGERS = (
    f"CREATE TRIGGER deeds_stay_as_they_are BEFORE UPDATE ON deeds {_REFUSED}",
    "CREATE TRIGGER deeds_stay BEFORE DELETE ON deeds WHEN old.time > "
    f"strftime('%Y-%m-%dT%H:%M:%S', 'now', '-{YOUNGEST} days') {_REFUSED}",
)


def _append_only(_table: Table, connection: Connection, **_: object) -> None:
    """Where the table has just been made. Another database wants triggers of its own."""
    if connection.dialect.name == "sqlite":
        for trigger in _TRIGGERS:
            connection.exec_driver_sql(trigger)


event.listen(deeds, "after_create", _append_only)


def connect(path: Path) -> Engine:
    """The database in a file, made if there is none; raises ArchiveTooNew for a later one's."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", _careful)
    event.listen(engine, "begin", _begin)
    with engine.begin() as c:
        found = int(c.exec_driver_sql("PRAGMA user_version").scalar_one())
        if found > VERSION:
            raise ArchiveTooNew(
                f"{path} has schema {found}, this Dateline knows up to {VERSION}: update Dateline"
            )
        metadata.create_all(c)
        c.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    return engine


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
