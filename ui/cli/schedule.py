"""`dateline schedule`: keep the declared sources fresh, alone or beside the web chat."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.interrupts import terminable
from ui.cli.shared import (
    ArchiveOption,
    LogForm,
    LogOption,
    SourcesOption,
    log_as,
    open_archive,
    record_deed,
    sources_file,
)

if TYPE_CHECKING:
    from vectorstore import Archive


def schedule(
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Read what is due now, and end; for cron.")
    ] = False,
    limit: Annotated[
        str, typer.Option(metavar="TIME", help="End a run that takes longer: 30m, 2h.")
    ] = "2h",
    log: LogOption = None,
) -> None:
    """Keep the declared sources fresh, each at its times, until interrupted."""
    from ingest.schedule import Schedule
    from ingest.sources.declared import read
    from ingest.sources.validation import duration
    from ui.console import output as console
    from ui.console import sources as console_sources

    path, longest = sources_file(sources, archive), duration(limit, "--limit")
    count = len(read(path).chosen())
    log_as(log or LogForm.text)
    with open_archive(archive, create=True) as store, terminable():
        keeper = Schedule(path, store, limit=longest)
        if not once:
            record_deed(store, "schedule started", f"{count} sources")
        try:
            if once:
                raise typer.Exit(keeper.once())
            keeper.tick()
            if keeper.standing_by:
                console.out.print(
                    "Standing by: another process keeps the sources of this archive fresh; this "
                    "one takes over when that ends (Ctrl-C ends it)"
                )
            else:
                console.out.print(
                    f"Keeping {count} sources of {path} fresh (Ctrl-C ends it)", markup=False
                )
                console_sources.show_upcoming(keeper.upcoming())
            keeper.start()
            _wait()
        finally:
            keeper.stop()


@contextmanager
def scheduled(store: Archive, path: Path, *, wanted: bool = True) -> Iterator[None]:
    """Keep the archive's sources fresh while something else, the web chat, goes on."""
    if not wanted:
        yield
        return
    from ingest.schedule import Schedule

    with terminable(), Schedule(path, store):
        yield


def _wait() -> None:
    """Until Ctrl-C or SIGTERM; in short steps, as Windows cannot interrupt a wait."""
    forever = threading.Event()
    while not forever.wait(1.0):
        pass
