"""`dateline ingest`: read files, or the declared sources, into an archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.interrupts import report_interrupt, terminable
from ui.cli.shared import (
    PROBLEMS,
    ArchiveOption,
    SourcesOption,
    open_archive,
    record_deed,
    sources_file,
)

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
    with report_interrupt():
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
    import ingest as ingest_package
    from ui.console import output as console

    with open_archive(archive, create=True) as store:
        gone = ingest_package.drop_sample(store)
        record_deed(store, "sample taken out")
    console.out.print(f"{gone} sample articles taken out of the archive")


def _ingest_files(
    paths: Sequence[str],
    archive: str | None,
    problems: Path | None,
    columns: Sequence[str],
    ray: str | None,
) -> None:
    import ingest as ingest_package
    from ingest.reading import Reading
    from ui.console import output as console
    from ui.console import sources as console_sources

    if bad := [given for given in columns if "=" not in given]:
        raise typer.BadParameter(f"--column wants WORD=NAME, such as body=artikel, not {bad[0]!r}")
    pairs = (given.partition("=") for given in columns)
    reading = Reading(columns={word.strip(): name.strip() for word, _, name in pairs})
    ingest_package.check(paths)
    with open_archive(archive, create=True) as store, terminable():
        record_deed(store, "files ingested", f"{len(paths)} files or folders")
        with console.progress_bar() as progress:
            if ray:
                from ingest.backfill import backfill

                report = backfill(store, paths, address=ray, reading=reading, progress=progress)
            else:
                report = ingest_package.run(store, paths, reading=reading, progress=progress)
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
    with open_archive(archive, create=True) as store, terminable():
        with console.progress_bar() as progress:
            reports = freshen(store, declared, names, only_due=due, progress=progress)
        if reports:
            read_ = ", ".join(report.run.source for report in reports)
            record_deed(store, "sources read", read_ if names or due else "all")
        console_sources.show_reports(reports)
    if problems:
        _write_problems(problems, [p for report in reports for p in report.problems])
    if code := exit_code(reports):
        raise typer.Exit(code)


def _write_problems(path: Path, problems: Sequence[object]) -> None:
    path.write_text("".join(f"{p}\n" for p in problems), encoding="utf-8")
