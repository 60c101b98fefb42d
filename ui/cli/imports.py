"""`dateline sources import`: what other programs keep, feeds in OPML and tables of links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.shared import ArchiveOption, SourcesOption, record_deed_if_archive, sources_file

if TYPE_CHECKING:
    from ingest.sources.declared import Declared
    from ingest.sources.opml import Outline

SHOWN = 20
"""Subscriptions named in each list; the rest is counted."""

_SLUG = re.compile(r"[^a-z0-9]+")


def import_(
    file: Annotated[
        Path, typer.Argument(help="A feed reader's OPML, or a CSV of links.", show_default=False)
    ],
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    every: Annotated[str, typer.Option(metavar="TIME", help="How often: 30m, 2h, 1d.")] = "",
) -> None:
    """Declare the feeds of an OPML file, or a table of links as one list. Nothing is replaced."""
    from ingest.sources.declared import declared, read
    from ingest.sources.links_file import ENDINGS
    from ingest.sources.validation import duration
    from vectorstore import InputError

    path = sources_file(sources, archive)
    if every:
        duration(every, "--every")
    if not file.is_file():
        raise InputError(f"{file}: no such file")
    found = read(path) if path.exists() else declared({}, path)
    if file.suffix.lower() in ENDINGS:
        names = _import_links(file, found, every)
    else:
        names = _import_feeds(file, found, every)
    if names:
        record_deed_if_archive(archive, "sources added", ", ".join(names))


def _import_links(file: Path, found: Declared, every: str) -> list[str]:
    """Declare a table of links; the name of the source."""
    from ingest.decode import Unreadable
    from ingest.sources import edit
    from ingest.sources.links_file import addresses
    from ui.console import output as console
    from vectorstore import InputError

    place = file.resolve()
    if twins := [s.name for s in found.sources if place in [p.resolve() for p in s.paths]]:
        raise InputError(f"{found.path} has {file} already, as {twins[0]!r}")
    try:
        links = list(addresses(file))
    except Unreadable as error:
        raise InputError(f"{file}: {error.reason}") from None
    if not any(links):
        raise InputError(f"{file}: has no http(s) address in it")
    name = _name(file.stem, "", {s.name for s in found.sources})
    table = {"kind": "list", "path": str(place)} | ({"every": every} if every else {})
    edit.add_all(found.path, {name: table}, {})
    count, without = sum(map(bool, links)), sum(not link for link in links)
    told = f"; rows without an address: {without:,}" if without else ""
    console.out.print(f"Added {name} (list) to {found.path}. Links: {count:,}{told}", markup=False)
    console.out.print(f"Read it now: dateline ingest --source {name}", markup=False)
    return [name]


def _import_feeds(file: Path, found: Declared, every: str) -> list[str]:
    """Declare the feeds of an OPML file; the names of those that are new."""
    from ingest.keys import canonical
    from ingest.sources import edit
    from ingest.sources.opml import outlines
    from ui.console import output as console
    from vectorstore import InputError

    try:
        subscriptions = outlines(file.read_bytes())
    except ValueError as error:
        raise InputError(f"{file}: {error}") from None
    held = {canonical(url) or url: s.name for s in found.sources for url in s.urls}
    taken = {s.name for s in found.sources}
    made: dict[str, dict[str, Any]] = {}
    notes: dict[str, str] = {}
    twice, without = list[str](), list[str]()
    for one in subscriptions:
        key = canonical(one.url)
        if not key:
            without.append(one.title)
        elif key in held:
            twice.append(f"{one.title} ({one.url}) is {held[key]!r}")
        else:
            name = _name(one.title, one.url, taken)
            held[key], made[name], notes[name] = name, _table(one, every), _note(one)
            taken.add(name)
    if made:
        edit.add_all(found.path, made, notes)
    console.out.print(f"Added {len(made):,} feeds to {found.path}", markup=False)
    _told("Already declared, left as they are", twice)
    _told("Without a feed that can be fetched, left out", without)
    if made:
        console.out.print("Next: dateline sources check, then dateline ingest", markup=False)
    return list(made)


def _table(one: Outline, every: str) -> dict[str, Any]:
    table = {"kind": "feed", "url": one.url}
    return table | {"every": every} if every else table


def _note(one: Outline) -> str:
    return " / ".join((*one.folders, one.title))


def _name(title: str, url: str, taken: set[str]) -> str:
    """A source's name after its title, else after its host."""
    from ingest.sources import edit

    base = _SLUG.sub("-", title.lower()).strip("-")[:50].strip("-")
    if len(base) < 2:
        base = edit.name_for(url, ()) if url else "links"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def _told(heading: str, names: Sequence[str]) -> None:
    from ui.console import output as console

    if names:
        console.out.print(f"{heading}: {len(names):,}", markup=False)
        for name in names[:SHOWN]:
            console.out.print(f"    {console.one_line(name)}", markup=False, style="dim")
        if (more := len(names) - SHOWN) > 0:
            console.out.print(f"    … and {more:,} more", style="dim")
