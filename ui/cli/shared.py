"""What the commands share: their options, exit codes, and how they open an archive."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

    from ui.store import Store
    from vectorstore import Archive
    from vectorstore.address import Place

PROBLEMS, EMPTY, LOCKED, INTERRUPTED = 3, 4, 5, 130
"""Exit codes: some input was skipped; there is no archive; another process writes;
Ctrl-C. 1 is any other error, 2 a wrong command line."""

SOURCES = "sources.toml"


class LogForm(StrEnum):
    """How a log is written."""

    text = "text"
    json = "json"


class RoleName(StrEnum):
    """What somebody may do, each what those before it may; see `ui.store.roles`."""

    reader = "reader"
    editor = "editor"
    operator = "operator"


ArchiveOption = Annotated[
    str | None,
    typer.Option(
        "--archive",
        "-a",
        metavar="DIR",
        envvar="DATELINE_ARCHIVE",
        help="The archive's folder, or the postgresql:// URL of its ledger (docs/scale.md). "
        "[default: in your user data folder]",
        show_default=False,
        show_envvar=True,
    ),
]
SourcesOption = Annotated[
    Path | None,
    typer.Option(
        "--sources",
        metavar="FILE",
        envvar="DATELINE_SOURCES",
        help="Where the sources are declared. [default: sources.toml in the archive's folder]",
        show_default=False,
        show_envvar=True,
    ),
]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", show_default=False)]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="PROVIDER:NAME",
        envvar="DATELINE_CHAT_MODEL",
        help="A chat model that writes the answers (docs/models.md). [default: none, offline]",
        show_default=False,
        show_envvar=True,
    ),
]
LogOption = Annotated[
    LogForm | None,
    typer.Option(
        "--log",
        envvar="DATELINE_LOG",
        help="Log each question and run to stderr: text (key=value) or json, a line each; never "
        "what was asked. [default: warnings only]",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def log_as(form: LogForm | None) -> None:
    """Log in this form, here and in the runs that are started; as before if there is none."""
    if form is None:
        return
    from ingest.logs import FORM, log_lines

    os.environ[FORM] = form.value
    log_lines()


def archive_named(named: str | None) -> str | Path:
    """What names the archive, its folder or the URL of its ledger: as given, or the default."""
    from vectorstore import default_archive

    return named or default_archive()


def archive_place(named: str | None) -> Place:
    """Where the archive is; raises InputError for what names none."""
    from vectorstore.address import Place

    return Place.of(archive_named(named))


def sources_file(named: Path | None, archive: str | None) -> Path:
    """The file that declares the sources: as named, or in the archive's folder."""
    return named.expanduser() if named else archive_place(archive).folder / SOURCES


@contextmanager
def open_archive(named: str | None, *, create: bool = False) -> Iterator[Archive]:
    """The archive, open; raises ArchiveEmpty if there is nothing in it, unless `create`."""
    from vectorstore import Archive, ArchiveEmpty

    with Archive.open(archive_named(named), create=create) as archive:
        if not create and archive.is_empty():
            raise ArchiveEmpty(
                f"the archive in {archive.place} is empty: fill it with `dateline ingest PATH…`, "
                "or try the sample with `dateline serve`"
            )
        yield archive


@contextmanager
def open_store(named: str | None) -> Iterator[Store]:
    """The store beside an archive, which is made if there is none yet."""
    from ui.store import Store

    with open_archive(named, create=True) as archive:
        store = Store.beside(archive)
        try:
            yield store
        finally:
            store.close()


def record_deed(where: Store | Archive, deed: str, target: str = "") -> None:
    """Write what a command did into the audit log, if the archive has one and a process that is
    served has not written it already; where that cannot be written, say so."""
    import getpass

    from sqlalchemy.exc import SQLAlchemyError

    from ui.store import Store
    from ui.store.audit import RECORDED
    from vectorstore import DatelineError

    if RECORDED in os.environ or not (isinstance(where, Store) or Store.exists(where)):
        return
    try:
        actor = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        actor = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    try:
        store = where if isinstance(where, Store) else Store.beside(where)
        try:
            store.record(deed, target, actor=actor, way="command", role="operator")
        finally:
            if store is not where:
                store.close()
    except (DatelineError, SQLAlchemyError, OSError) as error:
        sys.stderr.write(f"dateline: this is not in the audit log: {error}\n")


def record_deed_if_archive(archive: str | None, deed: str, target: str = "") -> None:
    """Write what a command did beside an archive into its audit log, if there is an archive."""
    from vectorstore import Archive, ArchiveEmpty, DatelineError

    try:
        with Archive.open(archive_named(archive)) as store:
            record_deed(store, deed, target)
    except ArchiveEmpty:
        return
    except DatelineError as error:  # a server that is away: what was asked for is done
        sys.stderr.write(f"dateline: this is not in the audit log: {error}\n")


def print_json(rows: object) -> None:
    """Print values as JSON; moments in ISO 8601."""
    import json

    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))


def parse_day(text: str | None) -> date | None:
    """A day from the command line; raises InputError."""
    from datetime import date

    from vectorstore import InputError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"not a day: {text!r}; write it as 2025-07-31") from None
