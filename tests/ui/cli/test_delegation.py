"""`dateline ask` says the same whether a running server answers or it answers itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatbot import build_chain
from tests.conftest import NEWS
from tests.ui.cli.test_main import HEAVY
from tests.ui.command import dateline
from ui.cli.delegation import answering
from ui.operations.instrumentation import InstrumentedChain
from ui.operations.local import publish
from ui.operations.local_server import find
from ui.operations.metrics import Metrics
from ui.web.app import Served
from vectorstore import Archive

ASKED = "How much will Seoul invest?"


class Broken:
    """A chain that cannot answer."""

    def stream(self, inputs: Any) -> Iterator[Any]:
        raise RuntimeError("out of memory")


@contextmanager
def running(archive: Archive, chain: Any = None, model: str | None = None) -> Iterator[None]:
    """What `dateline serve` lets commands ask."""
    asked = InstrumentedChain(chain or build_chain(archive), Metrics(), "command")
    served = Served("http://127.0.0.1", archive, asked, asked)
    with publish(archive.path, answering(served, model)):
        assert find(archive.path)
        yield


@pytest.mark.parametrize(
    "more", [[], ["--json"], ["--as-of", "2025-07-10"], ["--as-of", "2025-07-10", "--json"]]
)
def test_a_server_answers_as_the_command_would(newsroom: Archive, more: list[str]) -> None:
    alone = dateline("ask", ASKED, "--no-server", *more, archive=newsroom.path)
    with running(newsroom):
        served = dateline("ask", ASKED, *more, archive=newsroom.path)
    assert served == alone
    assert served.returncode == 0
    assert served.stdout


def test_an_error_of_the_users_is_the_same(newsroom: Archive) -> None:
    alone = dateline("ask", " ", archive=newsroom.path)
    with running(newsroom):
        served = dateline("ask", " ", archive=newsroom.path)
    assert served == alone


def test_a_server_that_fails_is_told_and_the_command_answers(newsroom: Archive) -> None:
    alone = dateline("ask", ASKED, archive=newsroom.path)
    with running(newsroom, Broken()):
        served = dateline("ask", ASKED, archive=newsroom.path)
    assert (served.returncode, served.stdout) == (0, alone.stdout)
    assert "the running server did not answer (RuntimeError)" in served.stderr


def test_no_server_is_asked_where_none_is_wanted_or_it_has_another_model(
    newsroom: Archive,
) -> None:
    with running(newsroom, Broken(), model="a:b"):
        own = dateline("ask", ASKED, "--no-server", archive=newsroom.path)
        assert (own.returncode, own.stderr) == (0, "")
        other = dateline("ask", ASKED, "--model", "c:d", archive=newsroom.path)
    assert "server" not in other.stderr
    assert other.returncode == 1, "there is no such model"


def test_a_command_that_is_answered_loads_no_model(newsroom: Archive) -> None:
    code = f"""
import sys
sys.argv = ["dateline", "ask", {ASKED!r}, "--archive", {str(newsroom.path)!r}, "--json"]
from ui.cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code
print([m for m in {(*HEAVY, "numpy")!r} if m in sys.modules])
"""
    with running(newsroom):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    *said, imported = done.stdout.splitlines()
    assert json.loads("\n".join(said))["cited"]
    assert imported == "[]"


def test_commands_that_look_load_no_model(newsroom: Archive, tmp_path: Path) -> None:
    shown = (("status",), ("runs",), ("history", NEWS[0].id))
    code = f"""
import sys
from ui.cli.main import main
for words in {shown!r}:
    sys.argv = ["dateline", *words, "--archive", {str(newsroom.path)!r}]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (words, end.code)
heavy = "torch transformers sentence_transformers chromadb gradio langchain_core fastapi".split()
print([m for m in heavy if m in sys.modules])
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"
