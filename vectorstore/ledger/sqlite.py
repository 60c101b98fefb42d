"""A ledger in SQLite: how its file is connected to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Engine, QueuePool, create_engine, event

from vectorstore.health.databases import connect


def engine_of(path: Path) -> Engine:
    """The engine of a ledger's file, which is made if it is not there."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _careful)
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    return engine


def read_only_engine(path: Path) -> Engine:
    """The engine of a ledger's file in a folder that cannot be written."""
    return create_engine("sqlite://", creator=lambda: connect(path), poolclass=QueuePool)


def _careful(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so, also around DDL
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
