"""The web chat over an archive of a test module's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import build_chain
from tests.ui.pages import served
from vectorstore import Archive


@pytest.fixture(scope="module")
def address(archive: Archive) -> Iterator[str]:
    """Where the module's `archive` is served."""
    archive.search("warm up", k=1)  # opens what a first question would wait for
    with served(archive, build_chain(archive)) as url:
        yield url
