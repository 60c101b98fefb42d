"""How long readers' conversations are kept: `DATELINE_KEEP_DAYS`; for good without it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from ui.store import Store
from vectorstore import Archive, InputError

KEEP_DAYS = "DATELINE_KEEP_DAYS"
DAY = 24 * 3600.0

log = logging.getLogger(__name__)


def keep_days() -> int | None:
    """Days after its last message that a conversation is kept; None for good. Raises InputError."""
    said = os.environ.get(KEEP_DAYS, "").strip()
    if not said:
        return None
    if not said.isdigit() or not int(said):
        raise InputError(f"{KEEP_DAYS} is no number of days: {said!r}; write it as 90")
    return int(said)


def forget(archive: Archive, days: int, now: datetime | None = None) -> int:
    """Delete the conversations that nobody has gone on with for so many days; how many."""
    store = Store.beside(archive)
    try:
        return store.forget((now or datetime.now(UTC)) - timedelta(days=days))
    finally:
        store.close()


@contextmanager
def retaining(archive: Archive, every: float = DAY) -> Iterator[None]:
    """Delete what is due while something else goes on, at once and then every day."""
    days, over = keep_days(), threading.Event()
    if days is None:
        yield
        return

    def go_on() -> None:
        while True:
            try:
                if gone := forget(archive, days):
                    log.info("conversations deleted", extra={"conversations": gone, "days": days})
            except Exception:  # a busy database today is none tomorrow
                log.exception("old conversations could not be deleted; trying again tomorrow")
            if over.wait(every):
                return

    thread = threading.Thread(target=go_on, name="retention", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
