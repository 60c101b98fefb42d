"""The command line. Heavy imports happen in the commands, so that --help answers at once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vectorstore import Archive, Filters

app = typer.Typer(
    name="dateline",
    help="Ask a news archive; every sentence of an answer carries a checked citation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PROBLEMS, EMPTY, LOCKED = 3, 4, 5
"""Exit codes: some input was skipped; there is no archive; another process writes.
1 is any other error, 2 a wrong command line, 130 an interruption."""

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        "-a",
        metavar="DIR",
        envvar="DATELINE_ARCHIVE",
        help="The archive's folder. [default: in your user data folder]",
        show_default=False,
        show_envvar=True,
    ),
]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", show_default=False)]
Count = Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")]


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    problems: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every problem to a file.")
    ] = None,
    drop_sample: Annotated[
        bool, typer.Option("--drop-sample", help="Take the sample articles out of the archive.")
    ] = False,
) -> None:
    """Read articles into the archive: .txt, .md, .jsonl, .csv. Twice changes nothing."""
    import ingest as ingesting
    from ui import console

    if not paths and not drop_sample:
        raise typer.BadParameter("name at least one file or folder")
    ingesting.check(paths or [])
    with _opened(archive, create=True) as opened:
        if drop_sample:
            gone = ingesting.drop_sample(opened)
            console.out.print(f"{gone} sample articles taken out of the archive")
        if not paths:
            return
        with console.progress_bar() as progress:
            report = ingesting.run(opened, paths, progress=progress)
        console.show_report(report)
    if problems:
        problems.write_text("".join(f"{p}\n" for p in report.problems), encoding="utf-8")
    if report.interrupted:
        raise typer.Exit(130)
    if any(p.fatal for p in report.problems):
        raise typer.Exit(PROBLEMS)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In English or Korean.", show_default=False)],
    archive: ArchiveOption = None,
    as_of: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Answer one question, with its sources."""
    from chatbot import build_chain
    from ui import console

    with _opened(archive) as opened:
        inputs: dict[str, Any] = {"question": question, "today": _day(as_of)}
        answer = build_chain(opened).invoke(inputs)
    if as_json:
        import json

        from chatbot.evaluate import result

        typer.echo(json.dumps(result(answer), ensure_ascii=False, indent=2))
    else:
        console.show_answer(answer)


@app.command()
def chat(archive: ArchiveOption = None, as_of: Day = None) -> None:
    """Talk with the archive in the terminal. An empty line or Ctrl-D ends it."""
    from chatbot import build_chain
    from ui import console

    today = _day(as_of)
    with _opened(archive) as opened:
        chain = build_chain(opened)
        history: list[dict[str, str]] = []
        console.out.print(f"{opened.status().articles:,} articles. Ask; an empty line ends.")
        while question := _typed("> "):
            inputs: dict[str, Any] = {"question": question, "history": history, "today": today}
            answer = chain.invoke(inputs)
            console.show_answer(answer)
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
) -> None:
    """Show the passages that fit best, with their scores."""
    from ui import console

    with _opened(archive) as opened:
        filters = _filters(opened, since, until, as_of, outlet or [])
        hits = opened.search(text, k=k, filters=filters)
    if not hits:
        console.out.print("Nothing found.")
    console.show_hits(hits)


@app.command()
def serve(
    archive: ArchiveOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 7860,
) -> None:
    """Serve the web chat. An empty archive is filled with the sample first."""
    from ui import console, web

    def ready(address: str) -> None:
        console.out.print(f"Dateline is at {address} (Ctrl-C ends it)")

    web.check_port(host, port)
    with _opened(archive, create=True) as opened:
        _prepare(opened)
        web.serve(opened, host=host, port=port, ready=ready)


@app.command()
def status(archive: ArchiveOption = None) -> None:
    """Show what the archive holds, and how fresh it is."""
    from ui import console

    with _opened(archive) as opened:
        found = opened.status()
        rows = {
            "archive": opened.path,
            "articles": f"{found.articles:,} ({found.versions:,} versions)",
            "passages": f"{found.passages:,}",
            "outlets": ", ".join(f"{name or 'unknown'} {n:,}" for name, n in found.outlets[:12]),
            "languages": ", ".join(f"{name or 'unknown'} {n:,}" for name, n in found.languages),
            "published": f"{found.first_published} to {found.last_published}",
            "last ingested": found.last_ingested or "never",
            "not yet indexed": f"{found.unindexed:,} articles",
            "dense segments": found.segments,
            "model": found.model,
            "on disk": f"{found.bytes_on_disk / 1e6:,.1f} MB",
        }
    for name, value in rows.items():
        console.out.print(f"{name:16} {console.plain(str(value))}", markup=False)


@app.command()
def rebuild(archive: ArchiveOption = None) -> None:
    """Write both indexes anew from the ledger; nothing is embedded again."""
    from ui import console

    with _opened(archive) as opened, opened.writing():
        with console.progress_bar() as progress:
            opened.rebuild(progress=progress)
        console.out.print(f"Rebuilt: {opened.status().passages:,} passages are searchable.")


@app.command("eval")
def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSON Lines, gold format.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the results go.")],
    archive: ArchiveOption = None,
) -> None:
    """Ask every question of a set, and write what was retrieved, answered and cited."""
    from chatbot.evaluate import evaluate as run
    from ui import console

    with _opened(archive) as opened, console.progress_bar() as progress:
        count = run(opened, questions, out, progress=progress)
    console.out.print(f"{count} questions asked; results in {out}", markup=False)


def main() -> None:
    """Run the command line; an error of the user's is a message, never a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        from vectorstore import ArchiveEmpty, ArchiveLocked, DatelineError

        if isinstance(error, SQLAlchemyError):
            cause = getattr(error, "orig", None) or error
            error = DatelineError(
                f"the archive's ledger cannot be used: {cause}. Check that its folder can be "
                "written and the disk is not full; if it is damaged, restore it from a backup"
            )
        if not isinstance(error, (DatelineError, OSError)):
            raise
        sys.stderr.write(f"dateline: {error}\n")
        codes: dict[type[Exception], int] = {ArchiveEmpty: EMPTY, ArchiveLocked: LOCKED}
        sys.exit(codes.get(type(error), 1))


@contextmanager
def _opened(named: Path | None, *, create: bool = False) -> Iterator[Archive]:
    from vectorstore import Archive, ArchiveEmpty, default_archive

    with Archive.open(named or default_archive(), create=create) as opened:
        if not create and opened.is_empty():
            raise ArchiveEmpty(
                f"the archive in {opened.path} is empty: fill it with `dateline ingest PATH…`, "
                "or try the sample with `dateline serve`"
            )
        yield opened


def _prepare(opened: Archive) -> None:
    """Build the sample where there is nothing, or only a part of it; finish what was begun."""
    from ingest import add_sample, sample_unfinished
    from ui import console
    from vectorstore import ArchiveLocked

    if opened.is_empty() or sample_unfinished(opened):
        console.out.print("Building the sample archive …")
        with console.progress_bar() as progress:
            report = add_sample(opened, progress=progress)
        if report.interrupted:
            raise typer.Exit(130)
        console.out.print(f"{report.articles} sample articles. Your own: dateline ingest PATH…")
    elif opened.status().unindexed:
        try:
            with console.progress_bar() as progress, opened.writing():
                opened.index(progress=progress)
        except ArchiveLocked:
            console.out.print("Another process is indexing this archive; serving what there is.")


def _day(text: str | None) -> Any:
    from datetime import date

    from vectorstore import InputError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"not a day: {text!r}; write it as 2025-07-31") from None


def _filters(
    opened: Archive, since: str | None, until: str | None, as_of: str | None, outlets: list[str]
) -> Filters:
    from vectorstore import Filters, InputError

    known = {name.casefold(): name for name in opened.outlets()}
    if unknown := [o for o in outlets if o.casefold() not in known]:
        names = ", ".join(list(known.values())[:20])
        raise InputError(f"no outlet {unknown[0]!r} in the archive; there are: {names}")
    return Filters(
        since=_day(since),
        until=_day(until),
        as_of=_day(as_of),
        outlets=tuple(known[o.casefold()] for o in outlets),
    )


def _typed(prompt: str) -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        return ""
