"""A ledger brought from one database to another: PostgreSQL to a file of SQLite, and back.

A file is a backup that needs no server, and the way of an archive to a server. For a large ledger
PostgreSQL's own `pg_dump` takes less time.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, func, select

from vectorstore.address import Place
from vectorstore.backends.served import ServedBackend
from vectorstore.errors import InputError
from vectorstore.ledger import postgres, schema, sqlite
from vectorstore.ledger.backup import copy_database
from vectorstore.ledger.migrations import migrate

ROWS = 500
"""Rows that are in memory at once."""

OWN = ("id", postgres.TERM)
"""Rows of meta that are a ledger's own, whatever is brought into it."""


def to_file(place: Place, path: Path) -> None:
    """Write a ledger on a server, as it is at one moment, into a new file of SQLite."""
    backend = ServedBackend(place, create=False)
    try:
        _into_file(backend.ledger.engine, path)
    finally:
        backend.ledger.close()


def refuse_filled(place: Place) -> None:
    """Raises InputError if a ledger on a server has articles; makes one where there is none."""
    backend = ServedBackend(place, create=True)
    try:
        _refuse_filled(backend)
    finally:
        backend.ledger.close()


def _refuse_filled(backend: ServedBackend) -> None:
    if not backend.ledger.is_empty():
        named = backend.place.ledger
        raise InputError(f"there is an archive in {named}: name an empty database")


def from_file(path: Path, place: Place) -> None:
    """Bring a file of SQLite into a ledger on a server that has no articles.

    Raises InputError if there are some, ArchiveLocked if another process writes.
    """
    backend = ServedBackend(place, create=True)
    aside = place.folder / "restoring.sqlite3"
    aside.unlink(missing_ok=True)
    try:
        _refuse_filled(backend)
        copy_database(path, aside)  # which may have to be taken up to the schema of today
        source = sqlite.engine_of(aside)
        try:
            migrate(source)
            with backend.writing(2.0):
                _copied(source, backend.ledger.engine)
        finally:
            source.dispose()
    finally:
        backend.ledger.close()
        for name in (aside, *(aside.with_name(f"{aside.name}-{end}") for end in ("wal", "shm"))):
            name.unlink(missing_ok=True)


def _into_file(source: Engine, path: Path) -> None:
    target = sqlite.engine_of(path)
    try:
        migrate(target)
        _copied(source, target)
    finally:
        target.dispose()


def _copied(source: Engine, target: Engine) -> None:
    """Every row of every table, in one transaction on either side."""
    m = schema.meta.c
    with source.connect() as old, target.begin() as new:
        new.execute(schema.meta.delete().where(m.key.not_in(OWN)))
        for table in schema.metadata.sorted_tables:
            query = select(table).execution_options(yield_per=ROWS)
            if table is schema.meta:
                query = query.where(m.key.not_in(OWN))
            for part in old.execute(query).mappings().partitions():
                new.execute(table.insert(), [dict(row) for row in part])
        if new.dialect.name == "postgresql":
            last = select(func.max(schema.runs.c.id)).scalar_subquery()
            own = func.pg_get_serial_sequence("runs", "id")
            new.execute(select(func.setval(own, func.coalesce(last, 1))))
