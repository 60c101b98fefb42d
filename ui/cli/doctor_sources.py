"""The part of an examination that is about sources: their file, their runs, who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ui.cli.archive import fresh
from vectorstore import InputError
from vectorstore.health import Finding, ReadOnlyRecords


def source_findings(archive: ReadOnlyRecords, path: Path) -> Iterator[Finding]:
    """How the declared sources of an archive are doing, and whether anything reads them."""
    if not path.exists():
        found = "no sources are declared (dateline sources init)"
        yield Finding(check="sources", state="note", found=found)
        return
    try:
        found_ = fresh(archive, path)
    except InputError as error:
        yield Finding(
            check="sources",
            state="error",
            found=str(error),
            means="no source is read until the file is mended; what is there answers",
            do=f"mend {path}: dateline sources list says whether it can be read",
        )
        return
    declared = [one for one in found_ if one.source and one.source.enabled]
    for one in declared:
        if one.warning:
            yield Finding(
                check=f"source {one.name}",
                state="warning",
                found=one.warning,
                means="its news is missing from the archive",
                do=f"dateline sources check {one.name}; dateline runs {one.name}",
            )
    warned = sum(bool(one.warning) for one in declared)
    yield Finding(
        check="sources",
        state="ok",
        found=f"{len(declared) - warned} of {len(declared)} declared sources deliver",
    )
    collecting = archive.held("collect")
    cut = [
        one.name
        for one in declared
        if one.state and one.state.last_run and one.state.last_run.ended is None
    ]
    if cut and not collecting:
        yield Finding(
            check="runs",
            state="note",
            found=f"the last run of {', '.join(cut)} was cut off; the next one goes on",
        )
    if declared and not archive.held("schedule"):
        yield Finding(
            check="schedule",
            state="note",
            found="no `dateline serve` or `dateline schedule` runs here; that is right with cron "
            "or a timer",
        )
    elif declared:
        yield Finding(check="schedule", state="ok", found="a process keeps the sources fresh")
