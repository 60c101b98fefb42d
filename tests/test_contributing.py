"""The tour in CONTRIBUTING.md, and the commands of all pages, name what is there."""

from __future__ import annotations

import importlib
import re
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOUR = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:chatbot|ingest|ui|vectorstore)(?:\.\w+)+)`", TOUR + GLOSSARY)))
FOLDERS = sorted(set(re.findall(r"`((?:chatbot|ingest|ui|vectorstore|benchmarks)/[\w/.]*)`", TOUR)))

DATA = sorted(
    path
    for room in ("chatbot", "ingest", "ui")
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".tsv", ".toml"}
    and "sample" not in path.parts
    and path.name != "starter.toml"  # a user's file, which explains itself
)
"""Tables and settings of the packages, which are data and not code."""


@pytest.mark.parametrize("name", NAMED)
def test_the_tour_passes_what_is_there(name: str) -> None:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return
    pytest.fail(f"{name} is not there")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_tour_names_folders_that_are_there(folder: str) -> None:
    assert (ROOT / folder).exists()


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_a_data_file_says_first_who_reads_it(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    head = " ".join(x.lstrip("# ") for x in takewhile(lambda line: line.startswith("#"), lines))
    named = re.search(r"Read by ([\w/]+\.py)", head)
    assert named, "and what its columns or keys are"
    reader = path.relative_to(ROOT).parts[0] + "/" + named[1]
    assert path.stem.split(".")[0] in (ROOT / reader).read_text("utf-8"), f"{reader} reads it"


def test_the_glossary_says_where_each_word_is_made() -> None:
    named = re.findall(r"`((?:\w+/)+(?:\w+\.py)?|\w+\.py)`", GLOSSARY)
    assert len(named) > 40
    lost = [n for n in named if not any((ROOT / room / n).exists() for room in ("", "chatbot"))]
    assert not lost


def test_the_tour_names_enough_to_be_one() -> None:
    assert len(NAMED) > 20


def test_what_the_pages_tell_to_run_is_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    tests = re.findall(r"\btests/[\w/.]+", text)
    modules = re.findall(r"python -m ((?:benchmarks|training)\.\w+)", text)
    scripts = re.findall(r"\bbenchmarks/\w+\.py", text)
    named = {*tests, *scripts, *(f"{name.replace('.', '/')}.py" for name in modules)}
    assert len(named) > 50
    assert [path for path in sorted(named) if not (ROOT / path.rstrip(".")).exists()] == []
