"""The command line. Heavy imports happen in the commands, so that --help answers at once."""

from __future__ import annotations

import logging
import sys

import typer

from ui.cli import (
    access,
    archive,
    backup,
    doctor,
    ingest,
    questions,
    restore,
    retention,
    schedule,
    serve,
    sources,
)
from ui.cli.interrupts import exit_while_loading
from ui.cli.shared import EMPTY, INTERRUPTED, LOCKED

app = typer.Typer(
    name="dateline",
    help="Ask a news archive; every sentence of an answer carries a checked citation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(ingest.ingest)
app.add_typer(sources.app, name="sources")
app.command()(schedule.schedule)
app.command()(questions.ask)
app.command()(questions.chat)
app.command()(questions.search)
app.command()(serve.serve)
app.command("eval")(questions.evaluate)
app.command()(archive.status)
app.command()(doctor.doctor)
app.command()(archive.runs)
app.command()(archive.history)
app.command()(archive.rebuild)
app.command()(archive.migrate)
app.add_typer(access.users, name="users")
app.add_typer(access.tokens, name="tokens")
app.command()(access.audit)
app.command()(access.feedback)
app.add_typer(backup.backups, name="backup")
app.command()(restore.restore)
app.command()(retention.forget)
app.command()(access.password)


def main() -> None:
    """Run the command line; an error of the user's is a message, never a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        app()
    except SystemExit as ended:
        exit_while_loading(ended.code)
        raise
    except KeyboardInterrupt:
        exit_while_loading(INTERRUPTED)
        sys.exit(INTERRUPTED)
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        from vectorstore import ArchiveEmpty, ArchiveLocked, DatelineError

        if isinstance(error, SQLAlchemyError):
            cause = getattr(error, "orig", None) or error
            error = DatelineError(
                f"the archive's ledger cannot be used: {cause}. Check that its folder can be "
                "written and the disk is not full, or that its server runs; `dateline doctor` says "
                "what is wrong with it"
            )
        if not isinstance(error, (DatelineError, OSError)):
            raise
        sys.stderr.write(f"dateline: {error}\n")
        codes: dict[type[Exception], int] = {ArchiveEmpty: EMPTY, ArchiveLocked: LOCKED}
        sys.exit(codes.get(type(error), 1))
