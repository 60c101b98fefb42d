"""`dateline sources …`: what is declared, whether it answers, and what it would become."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli import imports
from ui.cli.shared import (
    PROBLEMS,
    ArchiveOption,
    AsJson,
    SourcesOption,
    record_deed_if_archive,
    sources_file,
)

if TYPE_CHECKING:
    from ingest.collect import Preview
    from ingest.fetch import Client
    from ingest.sources.declared import Declared, Fetching

app = typer.Typer(
    help="Declare where articles come from, and see whether they do.", no_args_is_help=True
)

app.command("import")(imports.import_)


@app.command()
def init(archive: ArchiveOption = None, sources: SourcesOption = None) -> None:
    """Write a ready file for the Korea–US talks: official feeds, and outlets in both languages."""
    from ingest.sources.declared import read
    from ingest.sources.edit import init as write
    from ui.console import output as console

    path = sources_file(sources, archive)
    write(path)
    found = read(path)
    record_deed_if_archive(archive, "sources added", f"{len(found.sources)} sources")
    on = len(found.chosen())
    console.out.print(f"{path}: {len(found.sources)} sources, {on} switched on.", markup=False)
    if not found.fetch.contact:
        console.out.print(
            "Put your address under [fetch] contact, so that sites know whom to write to.",
            markup=False,
        )
    console.out.print("Next: dateline sources check; then dateline ingest, or dateline serve")


@app.command("list")
def show(
    archive: ArchiveOption = None, sources: SourcesOption = None, as_json: AsJson = False
) -> None:
    """Show the declared sources: how often they run, what is new, what is wrong."""
    from ui.console import output as console
    from ui.console import sources as console_sources

    path = sources_file(sources, archive)
    found = [one for one in _freshness(path, archive) if one.source]
    if as_json:
        import json

        rows = [console_sources.as_dict(one) for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif found:
        console_sources.show_sources(found)
    else:
        console.out.print(f"{path} declares no sources: dateline sources add URL", markup=False)


def _freshness(path: Path, archive: str | None) -> Sequence[Any]:
    """How the sources are doing; those of an archive that is not made yet have no state."""
    from ingest.freshness import Freshness
    from ingest.sources.declared import read
    from ui.cli.archive import fresh
    from ui.cli.shared import archive_named
    from vectorstore import Archive, ArchiveEmpty

    declared = read(path).sources
    try:
        with Archive.open(archive_named(archive)) as store:
            return fresh(store, path)
    except ArchiveEmpty:
        return [Freshness(name=s.name, source=s, state=None) for s in declared]


@app.command()
def add(  # noqa: PLR0913, PLR0917
    url: Annotated[str, typer.Argument(help="A feed, sitemap, site or page.", show_default=False)],
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    name: Annotated[str, typer.Option(help="What to call it. [default: by its host]")] = "",
    kind: Annotated[
        str, typer.Option(help="feed, sitemap, list or pages. [default: what is found there]")
    ] = "",
    outlet: Annotated[str, typer.Option(help="Who publishes it, if the articles do not say.")] = "",
    every: Annotated[str, typer.Option(metavar="TIME", help="How often: 30m, 2h, 1d.")] = "",
) -> None:
    """Declare a source. A site's address is enough: its feed is looked for."""
    from ingest.sources import edit
    from ingest.sources.validation import duration
    from ui.console import output as console
    from vectorstore import InputError

    path = sources_file(sources, archive)
    found = _declared(path)
    taken = [source.name for source in found.sources]
    if every:
        duration(every, "--every")
    if not kind:
        url, kind = _discovered(url, found.fetch)
    if not name and (twins := [source.name for source in found.sources if url in source.urls]):
        raise InputError(f"{path} has {url} already, as {twins[0]!r}: only another --name adds it")
    chosen = name or edit.name_for(url, taken)
    edit.add(path, chosen, kind=kind, url=url, outlet=outlet, every=every)
    record_deed_if_archive(archive, "source added", chosen)
    console.out.print(f"Added {chosen} ({kind}) to {path}: {url}", markup=False)
    console.out.print(f"Read it now: dateline ingest --source {chosen}", markup=False)


def _declared(path: Path) -> Declared:
    """What a file declares; nothing, if it is not there yet."""
    from ingest.sources.declared import declared, read

    return read(path) if path.exists() else declared({}, path)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(show_default=False)],
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
) -> None:
    """Take a source out of the file. Its articles stay in the archive."""
    from ingest.sources import edit
    from ui.console import output as console

    path = sources_file(sources, archive)
    edit.remove(path, name)
    record_deed_if_archive(archive, "source removed", name)
    console.out.print(f"Removed {name} from {path}; its articles stay.", markup=False)


@app.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only these sources.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
) -> None:
    """Ask each source, and say which answer. Nothing is stored.

    A host that asked for a pause in an earlier run is not asked before that is over.
    """
    from concurrent.futures import ThreadPoolExecutor

    from ingest.collect import check as ask
    from ingest.sandbox import Sandbox
    from ingest.sources.client import polite
    from ingest.sources.declared import read
    from ui.console import output as console
    from ui.console import sources as console_sources

    found = read(sources_file(sources, archive))
    chosen = found.chosen(names or [])
    with (
        polite(found.fetch) as client,
        Sandbox() as sandbox,
        ThreadPoolExecutor(found.fetch.hosts) as pool,
        console.progress_bar() as progress,
    ):
        _keep_pauses(client, found, archive)
        answers = pool.map(
            lambda s: ask(s, settings=found.fetch, client=client, sandbox=sandbox), chosen
        )
        health = {}
        for source, answer in zip(chosen, answers, strict=True):
            health[source.name] = answer
            progress("Asking", len(health), len(chosen))
    if health:
        console_sources.show_health(health)
    failed = sum(not answer.ok for answer in health.values())
    console.out.print(f"{len(health) - failed} of {len(health)} sources answer.")
    if failed:
        raise typer.Exit(PROBLEMS)


def _keep_pauses(client: Client, found: Declared, archive: str | None) -> None:
    """Any source may have met the host of another; what is not made yet knows of no pause."""
    from datetime import UTC, datetime

    from ingest.sources.client import keep_pauses
    from ui.cli.shared import archive_named
    from vectorstore import Archive, ArchiveEmpty

    with suppress(ArchiveEmpty), Archive.open(archive_named(archive)) as store:
        keep_pauses(client, store, [source.name for source in found.sources], datetime.now(UTC))


@app.command("test")
def try_url(
    url: Annotated[str, typer.Argument(help="A page, feed, sitemap or site.", show_default=False)],
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
) -> None:
    """Show what one URL would become, before anything is stored."""
    from ui.console import preview as console_preview

    found = _preview(url, _declared(sources_file(sources, archive)).fetch)
    console_preview.show_preview(found)
    if found.kind == "page" and found.article is None:
        raise typer.Exit(PROBLEMS)


def _discovered(url: str, settings: Fetching) -> tuple[str, str]:
    """The URL to declare and its kind: a site's feed rather than the site, if it has one."""
    found = _preview(url, settings)
    if found.kind == "page":
        return found.url, "pages"
    if found.kind == "list" and found.feeds:
        return found.feeds[0][0], "feed"
    return found.url, found.kind


def _preview(url: str, settings: Fetching) -> Preview:
    from ingest.collect import preview

    return preview(url, settings=settings)
