"""The contract of the web state, on each database that it can be in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.postgres import Server
from ui.store import Store
from vectorstore.address import ledger_url


@pytest.fixture(params=["sqlite", "postgresql"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Path | URL:
    """Where there is no web state yet, once for each database."""
    if request.param == "sqlite":
        return tmp_path / "conversations.db"
    server: Server = request.getfixturevalue("postgres")
    return ledger_url(server.new())


@pytest.fixture
def store(at: Path | URL) -> Iterator[Store]:
    """A new store with nothing in it, once for each database."""
    opened = Store(at)
    yield opened
    opened.close()
