"""The analyzer of index and question, asked by many threads as in a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from vectorstore import terms
from vectorstore.index import analyzer
from vectorstore.index.american import american

ENDINGS = ("", "s", "ing", "ed", "ization", "fulness", "ational", "ively", "ement")
WORDS = [f"{start}{end}" for start in ("negotiat", "tariff", "hope", "ship") for end in ENDINGS]


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads take turns as often as the interpreter lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching")
def test_threads_stem_as_one_does() -> None:
    def stems(_: int) -> list[str]:
        return [analyzer._stem.__wrapped__(word) for word in WORDS * 5]

    alone = stems(0)
    with ThreadPoolExecutor(8) as pool:
        assert all(found == alone for found in pool.map(stems, range(8)))
    assert terms(" ".join(WORDS)) == alone[: len(WORDS)]


@pytest.mark.parametrize(
    ("british", "us"),
    [
        ("labour", "labor"),
        ("neighbouring", "neighboring"),
        ("defence", "defense"),
        ("licence", "license"),
        ("organised", "organized"),
        ("authorisation", "authorization"),
        ("analyse", "analyze"),
        ("cancelled", "canceled"),
        ("theatres", "theaters"),
        ("aluminium", "aluminum"),
        ("programmes", "programs"),
        ("dialogue", "dialog"),
    ],
)
def test_british_and_american_spellings_are_one_term(british: str, us: str) -> None:
    assert terms(british) == terms(us)


@pytest.mark.parametrize("word", ["raise", "hour", "four", "court", "called", "wise", "his"])
def test_other_words_keep_their_letters(word: str) -> None:
    assert american(word) == word
