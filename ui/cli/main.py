"""The command line. Heavy imports happen in the commands, so that --help answers at once."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli import access as cli_access
from ui.cli import archive as cli_archive
from ui.cli import backup as cli_backup
from ui.cli import doctor as cli_doctor
from ui.cli import ingest as cli_ingest
from ui.cli import sources as cli_sources
from ui.cli.shared import (
    EMPTY,
    INTERRUPTED,
    LOCKED,
    ArchiveOption,
    AsJson,
    Day,
    LogOption,
    ModelOption,
    SourcesOption,
    day,
    leave,
    log_as,
    opened,
    sources_file,
    written,
)

if TYPE_CHECKING:
    from vectorstore import Archive, Filters

app = typer.Typer(
    name="dateline",
    help="Ask a news archive; every sentence of an answer carries a checked citation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(cli_ingest.ingest)
app.add_typer(cli_sources.app, name="sources")
app.command()(cli_ingest.schedule)

Count = Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In English or Korean.", show_default=False)],
    archive: ArchiveOption = None,
    as_of: Day = None,
    model: ModelOption = None,
    as_json: AsJson = False,
    server: Annotated[
        bool,
        typer.Option(
            "--server/--no-server",
            help="Let a `dateline serve` of this archive answer, if you have one running here.",
        ),
    ] = True,
) -> None:
    """Answer one question, with its sources."""
    from ui.cli.asking import ask_server

    if server and ask_server(archive, question, as_of=as_of, model=model, as_json=as_json):
        return
    inputs: dict[str, Any] = {"question": question, "today": day(as_of)}
    with opened(archive) as store:
        store.embedder.begin()
        from chatbot import build_chain
        from ui.console import output as console

        chain = build_chain(store, model=model)
        if not as_json:
            console.show_stream(chain.stream(inputs))
            return
        answer = chain.invoke(inputs)
    from chatbot.evaluation.question_sets import result_row

    written(result_row(answer))


@app.command()
def chat(archive: ArchiveOption = None, as_of: Day = None, model: ModelOption = None) -> None:
    """Talk with the archive in the terminal. An empty line or Ctrl-D ends it."""
    from chatbot import build_chain
    from ui.console import output as console

    today = day(as_of)
    with opened(archive) as store:
        chain = build_chain(store, model=model)
        history: list[dict[str, str]] = []
        console.out.print(f"{store.status().articles:,} articles. Ask; an empty line ends.")
        while question := _typed("> "):
            inputs: dict[str, Any] = {"question": question, "history": history, "today": today}
            answer = console.show_stream(chain.stream(inputs))
            history += [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer.text},
            ]


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    archive: ArchiveOption = None,
    k: Count = 5,
    since: Day = None,
    until: Day = None,
    as_of: Day = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet; can be repeated.")
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option(help="Only this subject, as newsrooms name it; repeatable.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option(help="Only this place, as newsrooms name it; repeatable.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why each passage stands where it does.")
    ] = False,
) -> None:
    """Show the passages that fit best, with their scores."""
    from chatbot.understanding.spelling import correct_spelling, correction_notes
    from ui.console import output as console

    with opened(archive) as store:
        filters = replace(
            _filters(store, since, until, as_of, outlet or []),
            subjects=tuple(subject or ()),
            places=tuple(place or ()),
        )
        text, slips = correct_spelling(text, store)
        hits = store.search(text, k=k, filters=filters, explain=explain)
    for line in correction_notes(slips, "en"):
        console.out.print(line, markup=False)
    if not hits:
        console.out.print("Nothing found.")
    console.show_hits(hits)


@app.command()
def serve(
    archive: ArchiveOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
    sources: SourcesOption = None,
    model: ModelOption = None,
    with_schedule: Annotated[
        bool, typer.Option("--schedule/--no-schedule", help="Keep the declared sources fresh.")
    ] = True,
    log: LogOption = None,
) -> None:
    """Serve the web chat, and keep its sources fresh. An empty archive starts with the sample."""
    from ui.cli.asking import answering
    from ui.console import output as console
    from ui.operations.local import publish
    from ui.operations.retention import retaining
    from ui.web import app as web

    log_as(log)

    path = sources_file(sources, archive)
    beside = ExitStack()

    def ready(served: web.Served) -> None:
        if store.place.url is None:
            beside.enter_context(publish(store.path, answering(served, model)))
        console.out.print(f"Dateline is at {served.address} (Ctrl-C ends it)")
        if with_schedule and path.exists():
            console.out.print(
                f"It keeps the sources of {path} fresh: dateline status", markup=False
            )

    web.check_port(host, port)
    with opened(archive, create=True) as store:
        _prepare(store, sample=not path.exists())
        wanted = with_schedule and not store.read_only
        with cli_ingest.scheduled(store, path, wanted=wanted), retaining(store), beside:
            web.serve(store, model=model, sources=path, host=host, port=port, ready=ready)


@app.command("eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON Lines, gold format.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the results go.")],
    archive: ArchiveOption = None,
    files: Annotated[
        Path | None, typer.Option(help="The folder in whose files the gold's offsets count.")
    ] = None,
) -> None:
    """Ask every question of a set; write what was retrieved and cited, and how well."""
    from chatbot.evaluation.metrics import mean_metrics
    from chatbot.evaluation.question_sets import evaluate as run
    from chatbot.evaluation.question_sets import measure
    from ui.console import output as console

    with opened(archive) as store, console.progress_bar() as progress:
        count = run(store, questions, out, progress=progress)
    console.out.print(f"{count} questions asked; results in {out}", markup=False)
    console.show_figures(mean_metrics(measure(questions, out, files)))


app.command()(cli_archive.status)
app.command()(cli_doctor.doctor)
app.command()(cli_archive.runs)
app.command()(cli_archive.history)
app.command()(cli_archive.rebuild)
app.command()(cli_archive.migrate)
app.add_typer(cli_access.users, name="users")
app.add_typer(cli_access.tokens, name="tokens")
app.command()(cli_access.audit)
app.command()(cli_access.feedback)
app.add_typer(cli_backup.backups, name="backup")
app.command()(cli_backup.restore)
app.command()(cli_backup.forget)
app.command()(cli_backup.password)


def main() -> None:
    """Run the command line; an error of the user's is a message, never a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        app()
    except SystemExit as ended:
        leave(ended.code)
        raise
    except KeyboardInterrupt:
        leave(INTERRUPTED)
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


def _prepare(store: Archive, *, sample: bool = True) -> None:
    """Build the sample where there is nothing, or only a part of it; finish what was begun.

    No `sample` for an archive that sources are declared for: their news comes instead.
    """
    from ingest import add_sample, sample_unfinished
    from ui.console import output as console
    from vectorstore import ArchiveLocked

    if store.place.url:
        with console.progress_bar() as progress:
            store.follow(progress=progress)
        if store.is_empty():
            console.out.print("The ledger is empty: dateline ingest PATH…, or sources init")
    elif store.read_only:
        console.out.print("The archive's folder cannot be written: it answers, and keeps nothing.")
    elif (sample and store.is_empty()) or sample_unfinished(store):
        console.out.print("Building the sample archive …")
        with console.progress_bar() as progress:
            report = add_sample(store, progress=progress)
        if report.interrupted:
            raise typer.Exit(130)
        console.out.print(
            f"{report.articles} sample articles. Your own: dateline ingest PATH…; "
            "today's news: dateline sources init"
        )
    elif store.status().unindexed:
        try:
            with console.progress_bar() as progress, store.writing():
                store.index(progress=progress)
        except ArchiveLocked:
            console.out.print("Another process is indexing this archive; serving what there is.")


def _filters(
    store: Archive, since: str | None, until: str | None, as_of: str | None, outlets: list[str]
) -> Filters:
    from vectorstore import Filters, InputError

    known = {name.casefold(): name for name in store.outlets()}
    if unknown := [o for o in outlets if o.casefold() not in known]:
        names = ", ".join(list(known.values())[:20])
        raise InputError(f"no outlet {unknown[0]!r} in the archive; there are: {names}")
    return Filters(
        since=day(since),
        until=day(until),
        as_of=day(as_of),
        outlets=tuple(known[o.casefold()] for o in outlets),
    )


def _typed(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        return ""
