"""Commands that keep an archive safe: backups and their test, restoring, forgetting, the hash of
a password."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ui.cli.ingest import terminable
from ui.cli.shared import (
    PROBLEMS,
    SOURCES,
    ArchiveOption,
    AsJson,
    archive_place,
    opened,
    recorded,
    recorded_if_there,
    written,
)

if TYPE_CHECKING:
    from vectorstore import Archive
    from vectorstore.address import Place

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)]


class _NewUnlessNamed(TyperGroup):
    """`dateline backup FOLDER` is `dateline backup new FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["new", *args]
        return super().parse_args(ctx, args)


backups = typer.Typer(
    cls=_NewUnlessNamed,
    no_args_is_help=True,
    help="Copy an archive that is in use (FOLDER), keep the newest copies (FOLDER --keep N), and "
    "test whether one comes back (verify FOLDER).",
)


@backups.command("new")
def backup(
    folder: Folder,
    archive: ArchiveOption = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Make one named by its time in FOLDER, and delete all but the newest so many.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="With --keep: go on, and make one as often as this (6h, 1d), until interrupted.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Copy an archive into a new folder, also while it is served and ingested into.

    What is on PostgreSQL is copied into files too; for a large ledger use pg_dump.
    What is copied is the ledger, which has the articles and their vectors, the readers'
    conversations, users and tokens (as hashes), the audit log and the sources; the indexes are
    made of the ledger by `restore`.
    """
    from ingest.sources.declared import length

    if keep is None:
        if every is not None:
            raise typer.BadParameter("--every wants --keep: how many are to stay")
        _copy(folder, archive)
        return
    wait = length(every, "--every").total_seconds() if every else None
    with terminable():
        _one_of_many(folder, archive, keep)
        over = threading.Event()
        while wait is not None and not over.wait(wait):
            _one_of_many(folder, archive, keep)


def _one_of_many(folder: Path, archive: str | None, keep: int) -> None:
    """A backup in a folder of many; old ones go only once the new one is whole."""
    from ui.console import output as console
    from ui.operations.backups import name_now, prune

    made = folder / name_now()
    _copy(made, archive)
    for gone in prune(folder, keep, made):
        recorded_if_there(archive, "backup deleted", gone.name)
        console.out.print(f"Deleted {gone}: {keep} newer ones are kept.", markup=False)


def _copy(folder: Path, archive: str | None) -> None:
    from ui.console import output as console
    from ui.operations.backups import describe
    from ui.store import transfer as web
    from ui.store.database import FILE
    from vectorstore import InputError
    from vectorstore.address import LEDGER
    from vectorstore.backends import transfer as ledger
    from vectorstore.ledger.backup import copy_database

    if folder.exists():
        raise InputError(f"{folder} is there already: name a new folder for each backup")
    begun = folder.with_name(folder.name + ".part")
    shutil.rmtree(begun, ignore_errors=True)
    with opened(archive) as store:
        begun.mkdir(parents=True)
        for name, to_file in ((LEDGER, ledger.to_file), (FILE, web.to_file)):
            if not store.place.url and not (store.path / name).exists():
                continue
            os.close(os.open(begun / name, os.O_CREAT | os.O_RDWR, 0o600))
            if store.place.url:
                to_file(store.place, begun / name)
            else:
                copy_database(store.path / name, begun / name)
        if (store.path / SOURCES).exists():
            shutil.copy2(store.path / SOURCES, begun / SOURCES)
        describe(begun, begun / LEDGER)
        begun.rename(folder)
        recorded(store, "backup made", folder.name)
    console.out.print(
        f"Backed up to {folder}. Test it: dateline backup verify; bring it back: dateline restore",
        markup=False,
    )


@backups.command("verify")
def verify(folder: Folder, as_json: AsJson = False) -> None:
    """Test a backup: compare its files with what they were, restore it into a temporary folder,
    examine the archive that comes of it, and look for its articles.

    FOLDER is a backup, or a folder of many, of which the newest is tested. Ends with 3 if
    something is not as it should be.
    """
    from tempfile import TemporaryDirectory

    from ui.console import output as console
    from ui.operations.backups import as_values, kept_in
    from ui.operations.backups import verify as check
    from vectorstore.address import Place

    many = kept_in(folder)
    chosen = many[0] if many else folder
    with TemporaryDirectory(prefix="dateline-verify-") as scratch:
        found = list(check(chosen, Place(Path(scratch) / "archive"), _restored))
    fine = all(one.fine for one in found)
    if as_json:
        written({"backup": str(chosen), "fine": fine, "checks": as_values(found)})
    else:
        for one in found:
            state = "ok" if one.fine else "ERROR"
            line = f"{state:8} {one.check}: {console.one_line(one.found)}"
            console.out.print(line, markup=False)
        said = "can be restored" if fine else "is not as it should be: take another"
        console.out.print(f"{chosen} {said}.", markup=False)
    if not fine:
        raise typer.Exit(PROBLEMS)


def restore(folder: Folder, archive: ArchiveOption = None) -> None:
    """Make an archive of a backup, in a folder or an empty PostgreSQL database that has none;
    nothing is embedded again."""
    from ui.console import output as console

    with _restored(folder, archive_place(archive)) as store:
        recorded(store, "backup restored", folder.name)
        console.out.print(f"Restored: {store.status().articles:,} articles.")


@contextmanager
def _restored(folder: Path, place: Place) -> Iterator[Archive]:
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
            with _damage_told(folder / name):
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
    with _damage_told(kept):
        if kept.exists() and not (found := whole(kept))[0]:
            raise sqlite3.DatabaseError(found[1])
    with _damage_told(folder / LEDGER):
        ledger.from_file(folder / LEDGER, place)
    if kept.exists():
        web.from_file(kept, place)


@contextmanager
def _damage_told(database: Path) -> Iterator[None]:
    """Raises ArchiveDamaged in place of what SQLite says of a backup's database."""
    from vectorstore import ArchiveDamaged

    try:
        yield
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(
            f"{database} is damaged ({error}): bring back an earlier backup"
        ) from error


def forget(
    days: Annotated[int, typer.Option("--older-than", metavar="DAYS", min=1, show_default=False)],
    archive: ArchiveOption = None,
) -> None:
    """Delete readers' conversations that nobody has gone on with for so many days."""
    from ui.console import output as console
    from ui.operations import retention

    with opened(archive) as store:
        gone = retention.forget(store, days)
        recorded(store, "conversations deleted", f"{gone}, older than {days} days")
    console.out.print(f"{gone} conversations deleted, with their feedback and shares.")


def password() -> None:
    """Print the hash of a password, for DATELINE_LOGIN=name:HASH."""
    from ui.store.operators import hash_password

    typer.echo(hash_password(typer.prompt("Password", hide_input=True, confirmation_prompt=True)))
