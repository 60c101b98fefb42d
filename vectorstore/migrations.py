"""Numbered steps from each ledger schema to the next.

A new ledger is made whole from `schema.py` and stamped with the newest number; an older
one is taken up a step at a time, each in its own transaction.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, inspect, select

from vectorstore import schema
from vectorstore.errors import ArchiveTooNew

STEPS: tuple[Callable[[Connection], None], ...] = ()
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
    number = _number(engine)
    if number > CURRENT:
        raise ArchiveTooNew(
            f"this archive has schema {number}, this Dateline knows up to {CURRENT}: "
            "update Dateline (pip install --upgrade dateline)"
        )
    for step in range(number, CURRENT):
        with engine.begin() as connection:
            STEPS[step - 1](connection)
            connection.execute(
                schema.meta.update()
                .where(schema.meta.c.key == "schema")
                .values(value=str(step + 1))
            )


def _number(engine: Engine) -> int:
    with engine.connect() as connection:
        value = connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "schema"))
    return int(value or 1)
