"""Whether the archive holds an answer, told from the sentences that fit best."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.held import ALIGNED, BEST, alignment, best, held
from chatbot.scale import Scale
from chatbot.understand import understand
from chatbot.weigh import Weighed, weigh
from tests.conftest import SHIPYARD, put
from vectorstore import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("held") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield opened


def ranked(archive: Archive, question: str) -> tuple[Scale, list[Weighed]]:
    query = understand(question, archive)
    scale = Scale(archive, query)
    return scale, weigh(scale, archive.search(query.text, k=10))


def test_what_is_told_is_likelier_held_than_what_is_not(archive: Archive) -> None:
    told, other = (
        held(archive, *ranked(archive, question))
        for question in (
            "Who opened a dock at the Philly Shipyard?",
            "Who opened a casino in Monaco?",
        )
    )
    assert other < 0.1
    assert told > 0.3


def test_a_question_without_words_is_held_by_nothing(archive: Archive) -> None:
    _, found = ranked(archive, "Who opened a dock?")
    scale = Scale(archive, understand("?", archive))
    assert held(archive, scale, found) == 0
    assert alignment(archive, scale, found) is None
    assert held(archive, scale, []) == 0


def test_what_is_looked_at(archive: Archive) -> None:
    scale, found = ranked(archive, "Who opened a dock at the Philly Shipyard?")
    assert best(found).shape == (len(BEST),)
    near = alignment(archive, scale, found)
    assert near is not None
    values = dict(zip(ALIGNED, near, strict=True))
    assert values["first usual"] <= values["best usual"]
    assert values["first names"] > 0.5, "Philly is named in the sentence"
