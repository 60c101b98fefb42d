"""The web state brought from one database to another: a server's to a file of SQLite, and back.

A file is what `dateline backup` has of it. Logins stay where they are: they last half a day.
"""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection, Engine, func, select

from ui.store import schema
from ui.store.database import FILE, for_reading, open_engine
from ui.store.migrations import alone
from vectorstore import InputError
from vectorstore.address import Place
from vectorstore.ledger.backup import copy_database

log = logging.getLogger(__name__)

ROWS = 500
"""Rows that are in memory at once."""

BROUGHT = [
    table
    for table in schema.metadata.sorted_tables
    if table not in {schema.meta, schema.logins, schema.tries}
]


def to_file(place: Place, path: Path) -> None:
    """Write the web state on a server, as it is at one moment, into a new file of SQLite."""
    _copied(open_engine(_url(place)), open_engine(path))


def from_file(path: Path, place: Place) -> None:
    """Bring a file of SQLite into a server's web state that has nothing yet.

    Raises InputError if there is something, sqlite3.DatabaseError if the file is damaged.
    """
    with TemporaryDirectory(prefix="dateline-web-") as scratch:
        aside = Path(scratch) / FILE  # which may have to be taken up to the schema of today
        copy_database(path, aside)
        _copied(open_engine(aside), open_engine(_url(place)), place)


def refuse_filled(place: Place) -> None:
    """Raises InputError if a server's web state has something; makes one where there is none."""
    engine = open_engine(_url(place))
    try:
        with engine.connect() as c:
            _refuse_filled(c, place)
    finally:
        engine.dispose()


def take_up(path: Path, place: Place) -> None:
    """Bring what a node kept by itself, in an earlier release, to the server, once; where that
    has something already, say that it is left where it is."""
    if not path.exists():
        return
    try:
        from_file(path, place)
    except InputError:
        already = "there is web state in %s already: what %s has is left there, and not shown"
        log.warning(already, place.ledger, path)
        return
    moved = path.with_name(f"{path.name}.moved")
    for end in ("", "-wal", "-shm"):
        if (own := path.with_name(path.name + end)).exists():
            own.rename(moved.with_name(moved.name + end))
    log.warning("what %s had is in %s from now on; the file is %s", path, place.ledger, moved)


def _copied(source: Engine, target: Engine, into: Place | None = None) -> None:
    """Every row of every table that is brought, in one transaction on either side; then both are
    let go. Raises InputError if it goes `into` a server that has something."""
    try:
        with for_reading(source).connect() as old, target.begin() as new:
            alone(new)
            if into:
                _refuse_filled(new, into)
            for table in BROUGHT:
                query = select(table).execution_options(yield_per=ROWS)
                for part in old.execute(query).mappings().partitions():
                    new.execute(table.insert(), [dict(row) for row in part])
            if new.dialect.name == "postgresql":
                _number_on(new)
    finally:
        source.dispose()
        target.dispose()


def _number_on(c: Connection) -> None:
    """What is added from now on is numbered after what was brought."""
    for table in (schema.messages, schema.feedback, schema.deeds):
        last = select(func.max(table.c.id)).scalar_subquery()
        own = func.pg_get_serial_sequence(table.name, "id")
        c.execute(select(func.setval(own, func.coalesce(last, 1))))


def _refuse_filled(c: Connection, place: Place) -> None:
    if any(c.scalar(select(select(table).exists())) for table in BROUGHT):
        raise InputError(f"there is web state in {place.ledger}: name an empty database")


def _url(place: Place) -> URL:
    assert place.url is not None  # noqa: S101
    return place.url
