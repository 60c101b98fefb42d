"""The contract of the ledger, on each database that it can be in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server
from vectorstore import Archive


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The name of the database that the ledger is in."""
    return str(request.param)


@pytest.fixture
def empty(
    backend: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Archive]:
    """A new archive with nothing in it, once for each database."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place: str | Path = tmp_path / "archive"
    if backend == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        place = server.new()
    with Archive.open(place, create=True) as opened:
        yield opened
