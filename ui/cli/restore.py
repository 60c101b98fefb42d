"""`dateline restore`: an archive made of a backup."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.shared import SOURCES, ArchiveOption, archive_place, record_deed

if TYPE_CHECKING:
    from vectorstore import Archive
    from vectorstore.address import Place

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)]


def restore(folder: Folder, archive: ArchiveOption = None) -> None:
    """Make an archive of a backup, in a folder or an empty PostgreSQL database that has none;
    nothing is embedded again."""
    from ui.console import output as console

    with restored(folder, archive_place(archive)) as store:
        record_deed(store, "backup restored", folder.name)
        console.out.print(f"Restored: {store.status().articles:,} articles.")


@contextmanager
def restored(folder: Path, place: Place) -> Iterator[Archive]:
    """A backup made an archive in a place that has none, and opened."""
    from ui.console import output as console
    from vectorstore import Archive, InputError, Settings
    from vectorstore.address import LEDGER

    if not (folder / LEDGER).is_file():
        raise InputError(f"{folder} is not a backup: it has no {LEDGER}")
    target = place.folder
    if not place.url and (target / LEDGER).exists():
        raise InputError(f"there is an archive in {target}: restore into another (--archive DIR)")
    if place.url:
        _into_server(folder, place)
    else:
        _into_folder(folder, target)
    if (folder / SOURCES).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / SOURCES, target / SOURCES)
    with Archive(place, Settings()) as store:
        with store.writing(), console.progress_bar() as progress:
            store.rebuild(progress=progress)
        yield store


def _into_folder(folder: Path, target: Path) -> None:
    """Copy the databases of a backup into a folder."""
    from ui.store.database import FILE
    from vectorstore.address import LEDGER
    from vectorstore.ledger.backup import copy_database

    target.mkdir(parents=True, exist_ok=True)
    for name, mode in ((FILE, 0o600), (LEDGER, 0o644)):
        if not (folder / name).exists():
            continue
        try:
            with _damage_reported(folder / name):
                copy_database(folder / name, target / name)
        except BaseException:
            (target / name).unlink(missing_ok=True)
            raise
        (target / name).chmod(mode)


def _into_server(folder: Path, place: Place) -> None:
    """Bring the databases of a backup to a server that has neither; the larger one, which may
    fail, first, and only if the other can be brought too."""
    from ui.store import transfer as web
    from ui.store.database import FILE
    from vectorstore.address import LEDGER
    from vectorstore.backends import transfer as ledger
    from vectorstore.health.databases import whole

    ledger.refuse_filled(place)
    web.refuse_filled(place)
    kept = folder / FILE
    with _damage_reported(kept):
        if kept.exists() and not (found := whole(kept))[0]:
            raise sqlite3.DatabaseError(found[1])
    with _damage_reported(folder / LEDGER):
        ledger.from_file(folder / LEDGER, place)
    if kept.exists():
        web.from_file(kept, place)


@contextmanager
def _damage_reported(database: Path) -> Iterator[None]:
    """Raises ArchiveDamaged in place of what SQLite says of a backup's database."""
    from vectorstore import ArchiveDamaged

    try:
        yield
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(
            f"{database} is damaged ({error}): bring back an earlier backup"
        ) from error
