"""Real files in a folder, read as the pipeline reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.files import listing, read
from ingest.values import Problem
from vectorstore import Article

NOW = datetime(2026, 9, 1, tzinfo=UTC)

Read = Callable[..., tuple[list[Article], list[Problem]]]


@pytest.fixture
def shared_dir(shared: Path) -> Path:
    """The folder of real archives beside the project."""
    return shared


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    return made


@pytest.fixture
def reading(folder: Path) -> Read:
    """Writes files (name=content) into the folder and reads the folder."""

    def _read(**contents: str | bytes) -> tuple[list[Article], list[Problem]]:
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name.replace("__", ".")).write_bytes(data)
        return read_all(folder)

    return _read


def read_all(*paths: Path) -> tuple[list[Article], list[Problem]]:
    """All articles and all problems of these paths, on a fixed day."""
    found = listing(paths, now=NOW)
    items = [*found.problems, *read(found.files)]
    articles = [item for item in items if isinstance(item, Article)]
    return articles, [item for item in items if isinstance(item, Problem)]
