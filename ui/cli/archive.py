"""`dateline status`, `runs`, `history`, `rebuild`: what an archive holds, and how it came in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.shared import (
    ArchiveOption,
    AsJson,
    SourcesOption,
    archive_named,
    open_archive,
    record_deed,
    sources_file,
)

if TYPE_CHECKING:
    from ingest.freshness import Freshness
    from vectorstore import Archive, StoredArticle
    from vectorstore.ledger.runs import Records

_ID = re.compile(r"[0-9a-f]{16}")


def status(
    archive: ArchiveOption = None, sources: SourcesOption = None, as_json: AsJson = False
) -> None:
    """Show what the archive holds, how fresh each source is, and which has gone quiet."""
    from ui.console import output as console
    from ui.console import sources as console_sources

    with open_archive(archive) as store:
        totals = _totals(store)
        found = fresh(store, sources_file(sources, archive))
    if as_json:
        import json

        rows = [console_sources.as_dict(one) for one in found]
        typer.echo(json.dumps(totals | {"sources": rows}, ensure_ascii=False, indent=2))
        return
    console_sources.show_totals(totals)
    if found:
        console.out.print()
        console_sources.show_freshness(found)


def fresh(store: Records, path: Path) -> list[Freshness]:
    """How the sources are doing: those of the file, if there is one, and all the others."""
    from datetime import UTC, datetime

    from ingest.freshness import freshness
    from ingest.sources.declared import read

    declared = read(path).sources if path.exists() else ()
    return freshness(store, declared, datetime.now(UTC))


def _totals(store: Archive) -> dict[str, Any]:
    found = store.status()
    return {
        "archive": str(store.place),
        "articles": found.articles,
        "versions": found.versions,
        "passages": found.passages,
        "outlets": dict(found.outlets),
        "languages": dict(found.languages),
        "first_published": found.first_published and found.first_published.isoformat(),
        "last_published": found.last_published and found.last_published.isoformat(),
        "last_ingested": found.last_ingested and found.last_ingested.isoformat(),
        "unindexed": found.unindexed,
        "segments": found.segments,
        "model": found.model,
        "bytes_on_disk": found.bytes_on_disk,
    }


def runs(
    name: Annotated[
        str | None, typer.Argument(help="Only this source.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    count: Annotated[int, typer.Option("-n", min=1, help="How many, the newest first.")] = 20,
) -> None:
    """Show the last runs: when, what came of each, and why something failed."""
    from ui.console import output as console
    from ui.console import sources as console_sources
    from vectorstore import InputError

    with open_archive(archive) as store:
        found = store.runs(name, count)
        known = [state.name for state in store.sources()]
    if name is not None and name not in known:
        raise InputError(f"no source {name!r} in the archive; there are: {', '.join(known)}")
    if not found:
        console.out.print("No runs yet: dateline ingest")
    console_sources.show_runs(found)


def history(
    article: Annotated[
        str,
        typer.Argument(help="Its URL, file path or id (`search` shows it).", show_default=False),
    ],
    archive: ArchiveOption = None,
) -> None:
    """Show the versions of an article, what each changed, and who else ran it."""
    from ui.console import history as console_history

    with open_archive(archive) as store:
        versions = _versions(store, article)
        console_history.show_versions(versions)
        for old, new in pairwise(versions):
            changes = store.diff(new.id, old.version, new.version)
            console_history.show_changes(new, changes)
        console_history.show_story(store.story(versions[-1].id))


def _versions(store: Archive, named: str) -> Sequence[StoredArticle]:
    """The versions of an article by id, URL or path; raises InputError."""
    from vectorstore import InputError

    for found in _ids(store, named):
        if versions := store.versions(found):
            return versions
    raise InputError(
        f"the archive has no article {named!r}: give its URL, or the id that "
        "`dateline search` shows"
    )


def _ids(store: Archive, named: str) -> list[str]:
    """The ids an article may have by this name, the likeliest first."""
    from ingest.keys import canonical, file_uri
    from vectorstore import Article

    if _ID.fullmatch(named):
        return [named]
    page = store.page(named)
    keys = [canonical(named), named, file_uri(Path(named))]
    ids = [Article(key=key, headline="", body="").id for key in keys if key]
    return [page.article, *ids] if page and page.article else ids


def rebuild(archive: ArchiveOption = None) -> None:
    """Write both indexes anew from the ledger; nothing is embedded again."""
    from ui.console import output as console

    with open_archive(archive) as store, nullcontext() if store.place.url else store.writing():
        with console.progress_bar() as progress:
            store.rebuild(progress=progress)
        record_deed(store, "indexes written anew")
        console.out.print(f"Rebuilt: {store.status().passages:,} passages are searchable.")


def migrate(
    model: Annotated[
        str, typer.Option(help="A sentence-transformers model by name or folder; default: ours.")
    ] = "",
    archive: ArchiveOption = None,
) -> None:
    """Embed the archive with another model, while it goes on answering; then switch to it.

    Interrupted, it goes on where it stopped. The old model's vectors stay, so the way back
    is quick.
    """
    from ui.console import output as console
    from vectorstore import Archive, Settings
    from vectorstore.models.choice import default_model

    named = model or default_model()
    # What DATELINE_MODEL says may be the model to come: the archive is opened with its own
    with Archive.open(archive_named(archive), settings=Settings(model="")) as store:
        before = store.embedder.identity
        with console.progress_bar() as progress:
            done = store.migrate(named, progress=progress)
        record_deed(store, "model changed", Path(named).name)
    console.out.print(f"{before} → {named}: {done:,} passages embedded, and searched from now on.")
