"""Commands that keep an archive safe: backup, restore, forgetting, the hash of a password."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.shared import SOURCES, ArchiveOption, archive_place, opened

CONVERSATIONS = "conversations.db"

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)]


def backup(folder: Folder, archive: ArchiveOption = None) -> None:
    """Copy an archive into a new folder, also while it is served and ingested into.

    A ledger on PostgreSQL is copied into a file too; for a large one use pg_dump.
    What is copied is the ledger, which has the articles and their vectors, the readers'
    conversations and the sources; the indexes are made of the ledger by `restore`.
    """
    from ui.console import output as console
    from vectorstore import InputError
    from vectorstore.address import LEDGER
    from vectorstore.backends.transfer import to_file
    from vectorstore.ledger.backup import copy_database

    if folder.exists():
        raise InputError(f"{folder} is there already: name a new folder for each backup")
    begun = folder.with_name(folder.name + ".part")
    shutil.rmtree(begun, ignore_errors=True)
    with opened(archive) as store:
        begun.mkdir(parents=True)
        for name in (LEDGER, CONVERSATIONS):
            served = store.place.url and name == LEDGER
            if not served and not (store.path / name).exists():
                continue
            os.close(os.open(begun / name, os.O_CREAT | os.O_RDWR, 0o600))
            if served:
                to_file(store.place, begun / name)
            else:
                copy_database(store.path / name, begun / name)
        if (store.path / SOURCES).exists():
            shutil.copy2(store.path / SOURCES, begun / SOURCES)
    begun.rename(folder)
    console.out.print(f"Backed up to {folder}. Bring it back: dateline restore", markup=False)


def restore(folder: Folder, archive: ArchiveOption = None) -> None:
    """Make an archive of a backup, in a folder or an empty PostgreSQL database that has none;
    nothing is embedded again."""
    from ui.console import output as console
    from vectorstore import Archive, InputError, Settings
    from vectorstore.address import LEDGER
    from vectorstore.backends.transfer import from_file
    from vectorstore.ledger.backup import copy_database

    if not (folder / LEDGER).is_file():
        raise InputError(f"{folder} is not a backup: it has no {LEDGER}")
    place = archive_place(archive)
    target = place.folder
    if not place.url and (target / LEDGER).exists():
        raise InputError(f"there is an archive in {target}: restore into another (--archive DIR)")
    if place.url and (target / CONVERSATIONS).exists():
        raise InputError(f"{target} has conversations already: move {CONVERSATIONS} away first")
    target.mkdir(parents=True, exist_ok=True)
    if place.url:
        from_file(folder / LEDGER, place)
    for name in (CONVERSATIONS,) if place.url else (CONVERSATIONS, LEDGER):
        if (folder / name).exists():
            copy_database(folder / name, target / name)
            (target / name).chmod(0o600 if name == CONVERSATIONS else 0o644)
    if (folder / SOURCES).exists():
        shutil.copy2(folder / SOURCES, target / SOURCES)
    with Archive(place, Settings()) as store, store.writing():
        with console.progress_bar() as progress:
            store.rebuild(progress=progress)
        console.out.print(f"Restored: {store.status().articles:,} articles.")


def forget(
    days: Annotated[int, typer.Option("--older-than", metavar="DAYS", min=1, show_default=False)],
    archive: ArchiveOption = None,
) -> None:
    """Delete readers' conversations that nobody has gone on with for so many days."""
    from ui.console import output as console
    from ui.operations import retention

    with opened(archive) as store:
        gone = retention.forget(store, days)
    console.out.print(f"{gone} conversations deleted, with their feedback and shares.")


def password() -> None:
    """Print the hash of a password, for DATELINE_LOGIN=name:HASH."""
    from ui.store.operators import hash_password

    typer.echo(hash_password(typer.prompt("Password", hide_input=True, confirmation_prompt=True)))
