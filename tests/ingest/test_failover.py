"""Two schedules on one ledger: one works, the other stands by and takes over when it dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nodes import SAID, node, process, within
from tests.postgres import Server
from vectorstore import Archive, Hit

SECONDS = 180.0
"""How long a step may take on the slowest machine before it counts as never."""

FIRST = "# Docks in Philadelphia\n\nHanwha will build two more docks in Philadelphia this year.\n"
NEXT = "# Whales off Ulsan\n\nNine grey whales were counted off Ulsan on Sunday morning.\n"

SOURCE = '[sources.{name}]\nkind = "files"\npath = "{name}"\nevery = "1h"\njitter = "0s"\n'


@pytest.mark.slow
def test_the_second_schedule_publishes_what_comes_after_the_first_was_killed(
    tmp_path: Path, postgres: Server
) -> None:
    url = postgres.new()
    for name, content in (("first", FIRST), ("second", NEXT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.md").write_text(content)
    sources = tmp_path / "sources.toml"
    sources.write_text(SOURCE.format(name="first"))
    one, two, reader = (node(tmp_path / name, url) for name in ("one", "two", "reader"))
    with (
        Archive.open(reader, create=True) as archive,
        process("schedule", "--sources", sources, archive=one) as primary,
    ):
        assert within(SECONDS, lambda: any(run.ended for run in archive.runs("first")))
        assert archive.search("docks in Philadelphia")
        said = two / SAID
        with process("schedule", "--sources", sources, archive=two):
            assert within(SECONDS, lambda: "takes over when that ends" in said.read_text())
            sources.write_text(SOURCE.format(name="first") + SOURCE.format(name="second"))
            primary.kill()
            assert within(SECONDS, lambda: "this one keeps the sources fresh" in said.read_text())
            assert within(
                SECONDS, lambda: any(hit.article.source == "second" for hit in found(archive))
            )
            assert any(run.ok for run in archive.runs("second"))


def found(archive: Archive) -> list[Hit]:
    return archive.search("grey whales off Ulsan", k=2)
