"""The tour in CONTRIBUTING.md names what is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOUR = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:chatbot|ingest|ui|vectorstore)(?:\.\w+)+)`", TOUR)))
FOLDERS = sorted(set(re.findall(r"`((?:chatbot|ingest|ui|vectorstore|benchmarks)/[\w/.]*)`", TOUR)))


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


def test_the_tour_names_enough_to_be_one() -> None:
    assert len(NAMED) > 20
