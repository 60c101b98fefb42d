"""Questions that may follow an answer: made by code, offered where the archive answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chatbot import Answer, build_chain
from chatbot.answering.suggestions import follow_ups, full_names
from chatbot.understanding.topic_phrases import topic_phrase
from tests.conftest import SHIPYARD, put
from vectorstore import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("follow") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield opened


@pytest.fixture(scope="module")
def ask(archive: Archive) -> Callable[[str], Answer]:
    chain = build_chain(archive)
    return lambda question: chain.invoke({"question": question})


def test_they_are_answered_with_what_was_not_yet_said(
    archive: Archive, ask: Callable[[str], Answer]
) -> None:
    answer = ask("Who opened a dock at the Philly Shipyard?")
    told = {c.quote for c in answer.citations}
    found = follow_ups(archive, answer, ask, seconds=60)
    assert 1 <= len(found) <= 3
    for question in found:
        again = ask(question)
        assert not again.abstained, question
        assert {c.quote for c in again.citations} - told, question


def test_none_that_the_archive_does_not_answer(
    archive: Archive, ask: Callable[[str], Answer]
) -> None:
    answer = ask("Who opened a dock at the Philly Shipyard?")
    asked: list[str] = []

    def nothing(question: str) -> Answer:
        asked.append(question)
        return Answer(abstained=True)

    assert follow_ups(archive, answer, nothing) == ()
    assert asked
    assert follow_ups(archive, answer, ask, seconds=-1) == ()
    assert follow_ups(archive, ask("Who discovered penicillin?"), ask) == ()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("When did Hanwha Ocean open the Philly Shipyard?", "the Philly Shipyard"),
        ("What is the Philly Shipyard in the state?", "the Philly Shipyard in the state"),
        ("How are orders for ferries won?", "orders for ferries"),
        ("Who discovered penicillin?", ""),
        ("필라델피아 조선소는 언제 열렸나요?", "필라델피아 조선소"),
    ],
)
def test_a_topic_is_a_phrase_of_the_question(archive: Archive, question: str, topic: str) -> None:
    answer = build_chain(archive).invoke({"question": question})
    hits = archive.search("Philly Shipyard", k=4)
    assert answer.query is not None
    assert topic_phrase(answer.query, hits) == topic


def test_names_are_whole() -> None:
    text = "He met Donald J. Trump and LG Energy Solution’s chief and Rolf Meier."
    assert full_names(text) == ["LG Energy Solution", "Rolf Meier"]
