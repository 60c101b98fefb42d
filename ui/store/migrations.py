"""Numbered steps from each schema of the web state to the next, the same on both databases.

A new database is made whole from `schema.py`. SQLite has the number in the head of its file,
where every release looks; on PostgreSQL it is a row.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, func, inspect, select, text

from ui.store import schema
from vectorstore import ArchiveTooNew


def _access(c: Connection) -> None:
    """Users, tokens and the audit log."""
    for table in (schema.users, schema.tokens, schema.deeds):
        table.create(c, checkfirst=True)


def _logins(c: Connection) -> None:
    """Logins and tries, which every node sees and a restart does not end."""
    for table in (schema.meta, schema.logins, schema.tries):
        table.create(c, checkfirst=True)


STEPS: tuple[Callable[[Connection], None], ...] = (_access, _logins)
"""`STEPS[n]` takes a database from schema n + 1 to schema n + 2."""

CURRENT = len(STEPS) + 1


def migrate(engine: Engine, named: str) -> None:
    """Bring the web state behind `engine` to the current schema; `named` is what to call it.

    Raises ArchiveTooNew if a later Dateline has written it.
    """
    with engine.begin() as c:
        if _known(c, named) == CURRENT:
            return
        alone(c)
        number = _known(c, named)  # another process may have been first
        if not number:
            schema.metadata.create_all(c)
        for step in STEPS[number - 1 :] if number else ():
            step(c)
        _stamp(c)


def alone(c: Connection) -> None:
    """Keep all others from a database on a server until this transaction ends, and make the
    schema that it is in; in SQLite whoever writes is alone."""
    if c.dialect.name == "sqlite":
        return
    name = c.scalar(text("SELECT current_setting('search_path')"))
    c.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dateline:{name}", 0))))
    if c.scalar(select(func.to_regnamespace(name))) is None:
        c.exec_driver_sql(f"CREATE SCHEMA {name}")


def _known(c: Connection, named: str) -> int:
    """The number of the schema, 0 where there is none yet; raises ArchiveTooNew."""
    if c.dialect.name == "sqlite":
        number = int(c.exec_driver_sql("PRAGMA user_version").scalar_one())
    elif inspect(c).has_table(schema.meta.name):
        query = select(schema.meta.c.value).where(schema.meta.c.key == "schema")
        number = int(c.scalars(query).one())
    else:
        number = 0
    if number > CURRENT:
        raise ArchiveTooNew(
            f"{named} has schema {number}, this Dateline knows up to {CURRENT}: update Dateline"
        )
    return number


def _stamp(c: Connection) -> None:
    if c.dialect.name == "sqlite":
        c.exec_driver_sql(f"PRAGMA user_version={CURRENT}")
        return
    ours = schema.meta.c.key == "schema"
    c.execute(schema.meta.delete().where(ours))
    c.execute(schema.meta.insert().values(key="schema", value=str(CURRENT)))
