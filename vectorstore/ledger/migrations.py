"""Numbered steps from each ledger schema to the next.

A new ledger is made whole from `schema.py` and stamped with the newest number; an older
one is taken up a step at a time, each in its own transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, inspect, select, text
from sqlalchemy.schema import CreateColumn

from vectorstore.errors import ArchiveError, ArchiveTooNew
from vectorstore.ledger import schema


def _records_and_stories(c: Connection) -> None:
    """Runs of their own, states of pages, times of withdrawal, stories and boilerplate.

    What is stored is grouped into stories by the next `index()`, not here.
    """
    t = schema
    for table in (t.runs, t.pages, t.signatures, t.bands, t.copies, t.appearances, t.boilerplate):
        table.create(c)
    for row in c.execute(text("SELECT name, last_started, last_ended, state FROM sources")):
        state = json.loads(row.state)
        counts = {name: int(state.get(name, 0)) for name in t.RUN_COUNTS}
        counts["failed"] = int(state.get("problems", 0))
        ended = {"ended": row.last_ended, "interrupted": bool(state.get("interrupted"))}
        if row.last_started:
            c.execute(
                t.runs.insert(), counts | ended | {"source": row.name, "started": row.last_started}
            )
    now = datetime.now(UTC).isoformat()
    for statement in (
        "UPDATE sources SET state = '{}'",
        "ALTER TABLE sources DROP COLUMN last_started",
        "ALTER TABLE sources DROP COLUMN last_ended",
        "ALTER TABLE articles ADD COLUMN withdrawn_at VARCHAR(40)",
        f"UPDATE articles SET withdrawn_at = '{now}' WHERE withdrawn",  # noqa: S608
        "ALTER TABLE articles DROP COLUMN withdrawn",
        "ALTER TABLE articles ADD COLUMN story VARCHAR(16) DEFAULT '' NOT NULL",
        f"ALTER TABLE articles ADD COLUMN stale BOOLEAN DEFAULT {_false(c)} NOT NULL",
        "CREATE INDEX articles_by_story ON articles (story)",
        "CREATE INDEX articles_stale ON articles (stale)",
        "ALTER TABLE versions ADD COLUMN since VARCHAR(40) DEFAULT '' NOT NULL",
        "UPDATE versions SET since = ingested",
        "ALTER TABLE versions ADD COLUMN seq INTEGER DEFAULT 0 NOT NULL",
        "UPDATE versions SET seq = (SELECT a.seq FROM articles a WHERE a.id = versions.article"
        " AND a.version = versions.version) WHERE EXISTS (SELECT 1 FROM articles a"
        " WHERE a.id = versions.article AND a.version = versions.version)",
    ):
        c.execute(text(statement))


def _false(c: Connection) -> str:
    return "0" if c.dialect.name == "sqlite" else "false"


def _newsroom_fields(c: Connection) -> None:
    """Datelines, subjects, places, and the revisions and withdrawals of providers."""
    schema.tags.create(c)
    schema.withdrawals.create(c)
    for name in ("dateline", "revision", "revised"):
        _add(c, schema.articles.c[name])


def _outcomes_and_parts(c: Connection) -> None:
    """What became of each entry of a run, and versions that are a part of their text."""
    for name in schema.RUN_COUNTS:
        _add(c, schema.runs.c[name])
    _add(c, schema.versions.c.partial)


def _add(c: Connection, column: Column[Any]) -> None:
    """Add a column, unless a step before has made the table with it."""
    table = column.table.name
    if column.name not in {found["name"] for found in inspect(c).get_columns(table)}:
        written = CreateColumn(column).compile(dialect=c.dialect)
        c.execute(text(f"ALTER TABLE {table} ADD COLUMN {written}"))


STEPS: tuple[Callable[[Connection], None], ...] = (
    _records_and_stories,
    _newsroom_fields,
    _outcomes_and_parts,
)
"""`STEPS[n]` takes a ledger from schema n + 1 to schema n + 2."""

CURRENT = len(STEPS) + 1


def migrate(engine: Engine) -> None:
    """Bring the ledger behind `engine` to the current schema.

    Raises ArchiveTooNew if a later Dateline has written it.
    """
    with engine.begin() as connection:
        if not inspect(connection).has_table("meta"):
            schema.metadata.create_all(connection)
            connection.execute(schema.meta.insert().values(key="schema", value=str(CURRENT)))
            return
    number = refuse_newer(engine)
    for step in range(number, CURRENT):
        with engine.begin() as connection:
            STEPS[step - 1](connection)
            connection.execute(
                schema.meta.update()
                .where(schema.meta.c.key == "schema")
                .values(value=str(step + 1))
            )


def check_schema(engine: Engine) -> None:
    """Raises ArchiveTooNew as `migrate` does, and ArchiveError for an older schema, where the
    ledger cannot be written."""
    if (number := refuse_newer(engine)) < CURRENT:
        raise ArchiveError(
            f"this archive has schema {number}, and its folder cannot be written: this Dateline "
            f"reads schema {CURRENT}, and takes it up once it can be written"
        )


def refuse_newer(engine: Engine) -> int:
    """The ledger's schema; raises ArchiveTooNew if a later Dateline has written it."""
    number = _number(engine)
    if number > CURRENT:
        raise ArchiveTooNew(
            f"this archive has schema {number}, this Dateline knows up to {CURRENT}: "
            "update Dateline (pip install --upgrade dateline)"
        )
    return number


def _number(engine: Engine) -> int:
    with engine.connect() as connection:
        value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "schema"))
    return int(value or 1)
