"""Hostile documents in the real sandbox: each costs only itself. The whole is in benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest.files import listing, read
from ingest.sandbox import ParseFailed, Sandbox
from ingest.values import Problem
from tests.ingest.conftest import NOW
from tests.ingest.parsers.bombs import BOMBS, mutations
from tests.ingest.parsers.test_page import A_FEED, made

QUICK = (
    "feed: billion laughs",
    "feed: external entity",
    "feed: external definition",
    "feed: brackets without end",
    "JSON feed: 200,000 deep",
    "JSON feed: a number of 5 million digits",
    "page: 100,000 elements deep",
    "page: 300,000 attributes",
    "page: 300,000 links",
    "page: packed again",
    "page: deep JSON-LD",
    "sitemap: a gzip of 1 GB",
    "sitemap: billion laughs",
)
"""Bombs that are over at once; the others take up to the limit of ten seconds."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made_:
        yield made_


def outcome(sandbox: Sandbox, parser: str, data: bytes) -> Any:
    """What came out, or the reason why nothing did."""
    try:
        return sandbox.parse(parser, data, url="https://example.org/a")
    except ParseFailed as error:
        return str(error)


def harmless(sandbox: Sandbox, names: tuple[str, ...]) -> None:
    page = made()
    before = sandbox.parse("page", page)

    def bomb(name: str) -> tuple[str, Any]:
        parser, make = BOMBS[name]
        return name, outcome(sandbox, parser, make())

    with ThreadPoolExecutor(2) as threads:
        for name, found in threads.map(bomb, names):
            assert found, name
            assert "root:" not in str(found), name  # of /etc/passwd
    assert sandbox.parse("page", page) == before


def test_bombs_cost_only_themselves(sandbox: Sandbox) -> None:
    harmless(sandbox, QUICK)


@pytest.mark.slow
def test_every_bomb_costs_only_itself(sandbox: Sandbox) -> None:
    harmless(sandbox, tuple(BOMBS))


def test_mutations_are_read_or_refused(sandbox: Sandbox) -> None:
    documents = [A_FEED, made()]
    before = [sandbox.parse(p, d) for p, d in zip(("feed", "page"), documents, strict=True)]
    for number, data in mutations(documents, 60):
        found = outcome(sandbox, ("feed", "page")[number], data)
        assert isinstance(found, dict | str)
        assert not isinstance(found, str) or "crashed" not in found
    after = [sandbox.parse(p, d) for p, d in zip(("feed", "page"), documents, strict=True)]
    assert after == before


def test_a_folder_with_bombs_gives_all_its_good_pages(tmp_path: Path) -> None:
    bombs = [name for name in QUICK if name.startswith("page: ") and "JSON" not in name]
    for number, name in enumerate(bombs):
        (tmp_path / f"{number}-bomb.html").write_bytes(BOMBS[name][1]())
        good = made().replace(b"three hours", b"%d hours" % number)
        (tmp_path / f"{number}-good.html").write_bytes(good)
    items = list(read(listing([tmp_path], now=NOW).files))
    problems = [i for i in items if isinstance(i, Problem)]
    articles = [i for i in items if not isinstance(i, Problem)]
    assert [a.path for a in articles] == [f"{n}-good.html" for n in range(len(bombs))]
    assert {Path(p.path).name.partition("-")[2] for p in problems} == {"bomb.html"}
