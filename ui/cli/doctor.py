"""`dateline doctor`: what is wrong with an archive, what it means, what to do; and the repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.shared import (
    PROBLEMS,
    ArchiveOption,
    AsJson,
    SourcesOption,
    archive_place,
    record_deed,
    sources_file,
)

if TYPE_CHECKING:
    from vectorstore.address import Place
    from vectorstore.health import Finding


def doctor(
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what can be repaired; nothing is lost by it.")
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Only what takes seconds in any archive; for monitoring."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with the archive, say what it means and what to do.

    It only looks, also while the archive is served, unless told to --fix. Ends with 0 if all is
    well, 3 if there are warnings, 1 if something is wrong, 4 if there is no archive, 5 if another
    process writes while something is to be fixed.
    """
    place, path = archive_place(archive), sources_file(sources, archive)
    _there(place)
    found = _found(place, path, quick=quick)
    done: list[str] = []
    if fix and any(f.fix for f in found):
        done = _fixed(place, found)
        found = _found(place, path, quick=quick)
    _show(place, found, done, as_json=as_json)
    from vectorstore.health import worst

    state = worst(found)
    if state in {"error", "warning"}:
        raise typer.Exit(1 if state == "error" else PROBLEMS)


def _there(place: Place) -> None:
    """Raises ArchiveEmpty where there has never been an archive; a server is asked later."""
    from vectorstore import ArchiveEmpty
    from vectorstore.address import LEDGER

    folder = place.folder
    parts = (LEDGER, "dense", "lexical.json", "lexical")
    if place.url is None and not any((folder / name).exists() for name in parts):
        raise ArchiveEmpty(
            f"there is no archive in {folder}: make one with `dateline ingest PATH…`, "
            "or try the sample with `dateline serve`"
        )


def _found(place: Place, sources: Path, *, quick: bool) -> list[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from ui.cli.doctor_sources import source_findings
    from vectorstore import DatelineError
    from vectorstore.health import Finding, examine, repairable, source_records

    found = list(examine(place, quick=quick))
    current = any(f.check == "ledger schema" and f.state == "ok" for f in found)
    if current and repairable(found):
        try:
            with source_records(place) as records:
                found += source_findings(records, sources)
        except (DatelineError, SQLAlchemyError, OSError) as error:
            said = f"it cannot be opened: {error}"
            found.append(Finding(check="opening", state="error", found=said))
    return found


def _fixed(place: Place, found: Sequence[Finding]) -> list[str]:
    """Repairs, and says what was done."""
    from ingest.boilerplate import settle
    from ui.console import output as console
    from vectorstore import Archive, Settings
    from vectorstore.health import repair, repair_files, repairable

    done = list(repair_files(found))
    if not repairable(found):
        return done
    with (
        Archive(place, Settings(model="")) as store,
        console.progress_bar() as progress,
    ):
        done += repair(store, found, settle=settle, progress=progress)
        record_deed(store, "archive repaired", f"{len(done)} repairs")
        return done


def _show(place: Place, found: Sequence[Finding], done: Sequence[str], *, as_json: bool) -> None:
    from ui.console import output as console
    from vectorstore.health import worst

    if as_json:
        import json

        rows = [asdict(f) | {"places": list(f.places)} for f in found]
        whole = {"archive": str(place), "state": worst(found), "done": list(done)}
        typer.echo(json.dumps(whole | {"findings": rows}, ensure_ascii=False, indent=2))
        return
    for said in done:
        console.out.print(f"fixed    {console.one_line(said)}", markup=False)
    for f in found:
        state = f.state.upper() if f.state in {"error", "warning"} else f.state
        console.out.print(f"{state:8} {f.check}: {console.one_line(f.found)}", markup=False)
        for name, text in (("means", f.means), ("do", f.do)):
            if text and f.state not in {"ok", "note"}:
                line = f"         {name}: {console.one_line(text)}"
                console.out.print(line, markup=False, style="dim")
    wrong, care = (sum(f.state == s for f in found) for s in ("error", "warning"))
    if not (wrong or care):
        console.out.print("All is well.")
        return
    mended = sum(bool(f.fix) for f in found)
    hint = f"; `dateline doctor --fix` repairs {mended} of it" if mended else ""
    console.out.print(f"{wrong} wrong, {care} to take care of{hint}", markup=False)
