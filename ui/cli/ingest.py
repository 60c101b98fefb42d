"""`dateline ingest` and `dateline schedule`: what fills an archive."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ui.cli.shared import (
    PROBLEMS,
    ArchiveOption,
    LogForm,
    LogOption,
    SourcesOption,
    log_as,
    opened,
    recorded,
    sources_file,
)

if TYPE_CHECKING:
    from vectorstore import Archive

NamesOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only this source; can be repeated."),
]


def ingest(  # noqa: PLR0913, PLR0917
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files or folders, or - for standard input; without any, the declared sources.",
            show_default=False,
        ),
    ] = None,
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    source: NamesOption = None,
    due: Annotated[bool, typer.Option("--due", help="Only sources whose time has come.")] = False,
    problems: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every problem to a file.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="WORD=NAME",
            help="A table's or JSON's name for headline, body, published, updated, byline, outlet, "
            "url, language or id; can be repeated.",
        ),
    ] = None,
    drop_sample: Annotated[
        bool, typer.Option("--drop-sample", help="Take the sample articles out of the archive.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Read and embed on a Ray cluster: HOST:PORT of its head, auto, or local.",
        ),
    ] = None,
) -> None:
    """Read files, or the declared sources, into the archive. Twice changes nothing."""
    if paths and (source or due):
        raise typer.BadParameter("name files, or sources, not both")
    if ray and not paths:
        raise typer.BadParameter("--ray is for files: name at least one file or folder")
    with told_if_interrupted():
        _ingest(paths, archive, sources, source, due, problems, column, drop_sample, ray)


def _ingest(  # noqa: PLR0913, PLR0917
    paths: Sequence[str] | None,
    archive: str | None,
    sources: Path | None,
    source: Sequence[str] | None,
    due: bool,
    problems: Path | None,
    column: Sequence[str] | None,
    drop_sample: bool,
    ray: str | None,
) -> None:
    if drop_sample:
        _drop_sample(archive)
    if paths:
        _ingest_files(paths, archive, problems, column or [], ray)
    elif not drop_sample or source or due:
        _ingest_sources(sources_file(sources, archive), archive, source or [], due, problems)


def _drop_sample(archive: str | None) -> None:
    import ingest as ingesting
    from ui.console import output as console

    with opened(archive, create=True) as store:
        gone = ingesting.drop_sample(store)
        recorded(store, "sample taken out")
    console.out.print(f"{gone} sample articles taken out of the archive")


def _ingest_files(
    paths: Sequence[str],
    archive: str | None,
    problems: Path | None,
    columns: Sequence[str],
    ray: str | None,
) -> None:
    import ingest as ingesting
    from ingest.reading import Reading
    from ui.console import output as console
    from ui.console import sources as console_sources

    if bad := [given for given in columns if "=" not in given]:
        raise typer.BadParameter(f"--column wants WORD=NAME, such as body=artikel, not {bad[0]!r}")
    pairs = (given.partition("=") for given in columns)
    reading = Reading(columns={word.strip(): name.strip() for word, _, name in pairs})
    ingesting.check(paths)
    with opened(archive, create=True) as store, terminable():
        recorded(store, "files ingested", f"{len(paths)} files or folders")
        with console.progress_bar() as progress:
            if ray:
                from ingest.backfill import backfill

                report = backfill(store, paths, address=ray, reading=reading, progress=progress)
            else:
                report = ingesting.run(store, paths, reading=reading, progress=progress)
        console_sources.show_report(report)
    if problems:
        _write_problems(problems, report.problems)
    if report.interrupted:
        raise typer.Exit(130)
    if report.failed:
        raise typer.Exit(PROBLEMS)


def _ingest_sources(
    path: Path, archive: str | None, names: Sequence[str], due: bool, problems: Path | None
) -> None:
    from ingest.freshen import exit_code, freshen
    from ingest.sources.declared import read
    from ui.console import output as console
    from ui.console import sources as console_sources

    if not path.exists() and not names and not due:
        raise typer.BadParameter(
            f"name at least one file or folder; or declare sources, and {path} is read: "
            "`dateline sources init`"
        )
    declared = read(path)
    declared.chosen(names)
    with opened(archive, create=True) as store, terminable():
        with console.progress_bar() as progress:
            reports = freshen(store, declared, names, only_due=due, progress=progress)
        if reports:
            read_ = ", ".join(report.run.source for report in reports)
            recorded(store, "sources read", read_ if names or due else "all")
        console_sources.show_reports(reports)
    if problems:
        _write_problems(problems, [p for report in reports for p in report.problems])
    if code := exit_code(reports):
        raise typer.Exit(code)


def _write_problems(path: Path, problems: Sequence[object]) -> None:
    path.write_text("".join(f"{p}\n" for p in problems), encoding="utf-8")


def schedule(
    archive: ArchiveOption = None,
    sources: SourcesOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Read what is due now, and end; for cron.")
    ] = False,
    limit: Annotated[
        str, typer.Option(metavar="TIME", help="End a run that takes longer: 30m, 2h.")
    ] = "2h",
    log: LogOption = None,
) -> None:
    """Keep the declared sources fresh, each at its times, until interrupted."""
    from ingest.schedule import Schedule
    from ingest.sources.declared import length, read
    from ui.console import output as console
    from ui.console import sources as console_sources

    path, longest = sources_file(sources, archive), length(limit, "--limit")
    count = len(read(path).chosen())
    log_as(log or LogForm.text)
    with opened(archive, create=True) as store, terminable():
        keeper = Schedule(path, store, limit=longest)
        if not once:
            recorded(store, "schedule started", f"{count} sources")
        try:
            if once:
                raise typer.Exit(keeper.once())
            keeper.tick()
            if keeper.standing_by:
                console.out.print(
                    "Standing by: another process keeps the sources of this archive fresh; this "
                    "one takes over when that ends (Ctrl-C ends it)"
                )
            else:
                console.out.print(
                    f"Keeping {count} sources of {path} fresh (Ctrl-C ends it)", markup=False
                )
                console_sources.show_upcoming(keeper.upcoming())
            keeper.start()
            _wait()
        finally:
            keeper.stop()


def _wait() -> None:
    """Until Ctrl-C or SIGTERM; in short steps, as Windows cannot interrupt a wait."""
    forever = threading.Event()
    while not forever.wait(1.0):
        pass


@contextmanager
def told_if_interrupted() -> Iterator[None]:
    """Say what an interrupt left, where it came before there was a report to say it."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write(
            "dateline: interrupted before this run could report. What was stored is kept; "
            "the same command goes on from there\n"
        )
        raise


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends what is inside as Ctrl-C does, so that what has begun is brought to an end."""

    def interrupt(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def scheduled(store: Archive, path: Path, *, wanted: bool = True) -> Iterator[None]:
    """Keep the archive's sources fresh while something else, the web chat, goes on."""
    if not wanted:
        yield
        return
    from ingest.schedule import Schedule

    with terminable(), Schedule(path, store):
        yield
