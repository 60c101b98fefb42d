"""How long readers' conversations are kept (`DATELINE_KEEP_DAYS`; for good without it), and the
deeds of the audit log (`DATELINE_AUDIT_DAYS`)."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from ui.store import Store
from ui.store.audit import KEPT
from ui.store.schema import YOUNGEST
from vectorstore import Archive, InputError

KEEP_DAYS = "DATELINE_KEEP_DAYS"
AUDIT_DAYS = "DATELINE_AUDIT_DAYS"
DAY = 24 * 3600.0

JUMP = DAY
"""Seconds by which a clock that has gained more than a steady one is not believed at once."""

log = logging.getLogger(__name__)


def keep_days() -> int | None:
    """Days after its last message that a conversation is kept; None for good. Raises InputError."""
    return _days(KEEP_DAYS)


def audit_days() -> int:
    """Days that a deed stays in the audit log, YOUNGEST at least; raises InputError."""
    days = _days(AUDIT_DAYS) or KEPT
    if days < YOUNGEST:
        raise InputError(f"{AUDIT_DAYS} is {YOUNGEST} at least, not {days}")
    return days


def _days(variable: str) -> int | None:
    said = os.environ.get(variable, "").strip()
    if not said:
        return None
    if not said.isdigit() or not 0 < int(said) < 100_000:
        raise InputError(f"{variable} is no number of days: {said!r}; write it as 90")
    return int(said)


def forget(archive: Archive, days: int, now: datetime | None = None) -> int:
    """Delete the conversations that nobody has gone on with for so many days; how many."""
    store = Store.beside(archive)
    try:
        return store.forget((now or datetime.now(UTC)) - timedelta(days=days))
    finally:
        store.close()


def forget_deeds(archive: Archive, days: int, now: datetime | None = None) -> int:
    """Take deeds that are older than so many days out of the audit log; how many."""
    store = Store.beside(archive)
    try:
        return store.forget_deeds(days, now)
    finally:
        store.close()


@contextmanager
def retaining(
    archive: Archive, every: float = DAY, clock: Callable[[], float] = time.time
) -> Iterator[None]:
    """Delete what is due while something else goes on, at once and then every day.

    By a clock that has jumped ahead everything would be old: what it names waits a day, in which
    it can be set right.
    """
    days, kept, over = keep_days(), audit_days(), threading.Event()
    if archive.read_only:
        yield
        return

    def go_on() -> None:
        last = clock() - time.monotonic()
        while True:
            offset = clock() - time.monotonic()
            ahead, last = offset - last, offset
            if ahead > JUMP:
                said = "the clock has jumped ahead by %.1f days: nothing is deleted before tomorrow"
                log.warning(said, ahead / DAY)
                if over.wait(every):
                    return
                continue
            try:
                if days is not None and (gone := forget(archive, days)):
                    log.info("conversations deleted", extra={"conversations": gone, "days": days})
                if gone := forget_deeds(archive, kept):
                    log.info("deeds deleted", extra={"deeds": gone, "days": kept})
            except Exception:  # a busy database today is none tomorrow
                log.exception("what is old could not be deleted; trying again tomorrow")
            if over.wait(every):
                return

    thread = threading.Thread(target=go_on, name="retention", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
