"""Two schedules on one ledger: one works, the other stands by and takes over when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgres import Server
from vectorstore import Archive, Hit

SECONDS = 180.0
"""How long a step may take on the slowest machine before it counts as never."""

FIRST = "# Docks in Philadelphia\n\nHanwha will build two more docks in Philadelphia this year.\n"
NEXT = "# Whales off Ulsan\n\nNine grey whales were counted off Ulsan on Sunday morning.\n"

SOURCE = '[sources.{name}]\nkind = "files"\npath = "{name}"\nevery = "1h"\njitter = "0s"\n'


def within(told: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    last = time.monotonic() + SECONDS
    while time.monotonic() < last:
        if told():
            return True
        time.sleep(0.1)
    return False


@contextmanager
def scheduling(folder: Path, sources: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A real `dateline schedule`, and what it says."""
    said = folder / "said.txt"
    words = ["schedule", "--archive", str(folder), "--sources", str(sources)]
    with said.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "ui", *words], stdout=out, stderr=out)
    try:
        yield process, said
    finally:
        process.kill()
        process.wait()


def node(folder: Path, url: str) -> Path:
    folder.mkdir()
    (folder / "archive.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    return folder


@pytest.mark.slow
def test_the_second_schedule_publishes_what_comes_after_the_first_was_killed(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    url = postgres.new()
    for name, content in (("first", FIRST), ("second", NEXT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text(content)
    sources = tmp_path / "sources.toml"
    sources.write_text(SOURCE.format(name="first"))
    one, two, reader = (node(tmp_path / name, url) for name in ("one", "two", "reader"))
    with (
        Archive.open(reader, create=True) as archive,
        scheduling(one, sources) as (primary, _),
    ):
        assert within(lambda: any(run.ended for run in archive.runs("first")))
        assert archive.search("docks in Philadelphia")
        with scheduling(two, sources) as (_, said):
            assert within(lambda: "takes over when that ends" in said.read_text())
            sources.write_text(SOURCE.format(name="first") + SOURCE.format(name="second"))
            primary.kill()
            assert within(lambda: "this one keeps the sources fresh" in said.read_text())
            assert within(lambda: any(hit.article.source == "second" for hit in found(archive)))
            assert any(run.ok for run in archive.runs("second"))


def found(archive: Archive) -> list[Hit]:
    return archive.search("grey whales off Ulsan", k=2)
