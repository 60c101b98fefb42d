"""`dateline backup`: copies of an archive that is in use, and the test whether one comes back."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ui.cli.interrupts import terminable
from ui.cli.restore import Folder, restored
from ui.cli.shared import (
    PROBLEMS,
    SOURCES,
    ArchiveOption,
    AsJson,
    open_archive,
    print_json,
    record_deed,
    record_deed_if_archive,
)


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
    from ingest.sources.validation import duration

    if keep is None:
        if every is not None:
            raise typer.BadParameter("--every wants --keep: how many are to stay")
        _copy(folder, archive)
        return
    wait = duration(every, "--every").total_seconds() if every else None
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
        record_deed_if_archive(archive, "backup deleted", gone.name)
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
    with open_archive(archive) as store:
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
        record_deed(store, "backup made", folder.name)
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
    from ui.operations.backups import as_values, backups_in
    from ui.operations.backups import verify as check
    from vectorstore.address import Place

    many = backups_in(folder)
    chosen = many[0] if many else folder
    with TemporaryDirectory(prefix="dateline-verify-") as scratch:
        found = list(check(chosen, Place(Path(scratch) / "archive"), restored))
    fine = all(one.fine for one in found)
    if as_json:
        print_json({"backup": str(chosen), "fine": fine, "checks": as_values(found)})
    else:
        for one in found:
            state = "ok" if one.fine else "ERROR"
            line = f"{state:8} {one.check}: {console.one_line(one.found)}"
            console.out.print(line, markup=False)
        said = "can be restored" if fine else "is not as it should be: take another"
        console.out.print(f"{chosen} {said}.", markup=False)
    if not fine:
        raise typer.Exit(PROBLEMS)
