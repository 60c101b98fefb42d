"""The README says what is so."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from typer.main import get_command

from ui.cli.main import app

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_the_python_session_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert session is not None
    test = doctest.DocTestParser().get_doctest(session[1], {}, "README", "README.md", 0)
    assert len(test.examples) == 9
    printed: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=printed.append)
    assert not printed, "".join(printed)


def test_every_command_is_in_the_table() -> None:
    table = set(
        re.findall(r"`(\w+)[^`]*`", "\n".join(re.findall(r"^\| (`.*?) \|", README, re.MULTILINE)))
    )
    assert set(get_command(app).commands) <= table  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", re.findall(r"\]\(((?!http)[^)]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    assert (Path(__file__).parents[1] / target.partition("#")[0]).exists()
