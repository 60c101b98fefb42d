"""One turn of an archive's sources: whoever starts it, only one runs at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import Timeout

from ingest.times import is_due
from vectorstore import ArchiveLocked, no_progress

if TYPE_CHECKING:
    from ingest.collect import SourceReport
    from ingest.sources.declared import Declared, Source
    from vectorstore import Archive, Progress

WAIT = 2.0
"""Seconds to wait for another process that collects, before leaving with a clear error."""

DONE, SKIPPED, INTERRUPTED = 0, 3, 130


def freshen(
    archive: Archive,
    declared: Declared,
    names: Sequence[str] = (),
    *,
    only_due: bool = False,
    progress: Progress = no_progress,
) -> list[SourceReport]:
    """Read the sources of these names, or all that are switched on, into the archive.

    With `only_due` those that were read lately are left out. Ctrl-C keeps what is stored.
    Raises InputError for an unknown name, and ArchiveLocked if another process collects.
    """
    from ingest.collect import collect

    sources = declared.chosen(names)
    with collecting(archive):
        if only_due:
            sources = _due(archive, sources)
        if not sources:
            return []
        return collect(archive, sources, settings=declared.fetch, progress=progress)


@contextmanager
def collecting(archive: Archive) -> Iterator[None]:
    """Hold the right to ask sources for this archive: no host is asked by two processes at
    once. Other writers only wait for a moment, as the write lock is taken for each batch."""
    lock = archive.lock("collect", WAIT)
    try:
        lock.acquire()
    except Timeout:
        raise ArchiveLocked(
            f"another process is reading the sources of {archive.place} just now: "
            "wait until it is done; `dateline status` shows what came of it"
        ) from None
    try:
        yield
    finally:
        lock.release()


def exit_code(reports: Sequence[SourceReport]) -> int:
    """The exit code for a turn: 130 if it was interrupted, 3 if something failed, else 0."""
    if any(report.run.interrupted for report in reports):
        return INTERRUPTED
    failed = any(report.run.error or report.run.failed for report in reports)
    return SKIPPED if failed else DONE


def _due(archive: Archive, sources: Sequence[Source]) -> tuple[Source, ...]:
    now = datetime.now(UTC)
    states = {state.name: state for state in archive.sources()}
    return tuple(s for s in sources if is_due(s, states.get(s.name), now))
