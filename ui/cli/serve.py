"""`dateline serve`: the web chat, with a schedule that keeps its sources fresh."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.schedule import scheduled
from ui.cli.shared import (
    ArchiveOption,
    LogOption,
    ModelOption,
    SourcesOption,
    log_as,
    open_archive,
    sources_file,
)

if TYPE_CHECKING:
    from vectorstore import Archive


def serve(
    archive: ArchiveOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    sources: SourcesOption = None,
    model: ModelOption = None,
    with_schedule: Annotated[
        bool, typer.Option("--schedule/--no-schedule", help="Keep the declared sources fresh.")
    ] = True,
    log: LogOption = None,
) -> None:
    """Serve the web chat, and keep its sources fresh. An empty archive starts with the sample."""
    from ui.cli.delegation import answering
    from ui.console import output as console
    from ui.operations.local import publish
    from ui.operations.retention import retaining
    from ui.web import app as web
    from ui.web.listening import check_port

    log_as(log)

    path = sources_file(sources, archive)
    beside = ExitStack()

    def ready(served: web.Served) -> None:
        if store.place.url is None:
            beside.enter_context(publish(store.path, answering(served, model)))
        console.out.print(f"Dateline is at {served.address} (Ctrl-C ends it)")
        if with_schedule and path.exists():
            console.out.print(
                f"It keeps the sources of {path} fresh: dateline status", markup=False
            )

    check_port(host, port)
    with open_archive(archive, create=True) as store:
        prepare(store, sample=not path.exists())
        wanted = with_schedule and not store.read_only
        with scheduled(store, path, wanted=wanted), retaining(store), beside:
            web.serve(store, model=model, sources=path, host=host, port=port, ready=ready)


def prepare(store: Archive, *, sample: bool = True) -> None:
    """Build the sample where there is nothing, or only a part of it; finish what was begun.

    No `sample` for an archive that sources are declared for: their news comes instead.
    """
    from ingest import add_sample, sample_unfinished
    from ui.console import output as console
    from vectorstore import ArchiveLocked

    if store.place.url:
        with console.progress_bar() as progress:
            store.follow(progress=progress)
        if store.is_empty():
            console.out.print("The ledger is empty: dateline ingest PATH…, or sources init")
    elif store.read_only:
        console.out.print("The archive's folder cannot be written: it answers, and keeps nothing.")
    elif (sample and store.is_empty()) or sample_unfinished(store):
        console.out.print("Building the sample archive …")
        with console.progress_bar() as progress:
            report = add_sample(store, progress=progress)
        if report.interrupted:
            raise typer.Exit(130)
        console.out.print(
            f"{report.articles} sample articles. Your own: dateline ingest PATH…; "
            "today's news: dateline sources init"
        )
    elif store.status().unindexed:
        try:
            with console.progress_bar() as progress, store.writing():
                store.index(progress=progress)
        except ArchiveLocked:
            console.out.print("Another process is indexing this archive; serving what there is.")
