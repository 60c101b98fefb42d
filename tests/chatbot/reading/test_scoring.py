"""Which of the hits are read, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from chatbot import build_chain
from chatbot.reading.answerability import PROMISING_HITS
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import (
    LEAST_READ_HITS,
    READ_HITS,
    promising_hits,
    score_candidates,
)
from chatbot.understanding.query import understand
from tests.conftest import article, put
from vectorstore import Archive, Hit

PIERS = 16
SHORT = "Does the ferry to Yeosu carry bicycles free of charge?"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Many articles about ferries, of which one says whether bicycles go free."""
    articles = [
        article(
            f"{n}.md",
            f"The ferry to port {n} carried {n * 31} cars on its first day. "
            f"A ticket to port {n} costs {n + 3} dollars, the operator said.",
            headline=f"Ferry to port {n} sails",
            published=f"2031-01-{n + 1:02}",
        )
        for n in range(PIERS)
    ]
    yeosu = article(
        "yeosu.md",
        "The ferry to Yeosu carries bicycles free of charge, its operator said on Monday. "
        "It sails four times a day.",
        headline="Bicycles go free to Yeosu",
        published="2031-02-01",
    )
    with Archive.open(tmp_path_factory.mktemp("ferries") / "archive", create=True) as opened:
        put(opened, [*articles, yeosu])
        yield opened


@pytest.fixture
def pages(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passages that are read."""
    seen: list[str] = []
    read = type(archive).read

    def noted(self: Archive, question: str, hits: Sequence[Hit]) -> Any:
        seen.extend(hit.passage_id for hit in hits)
        return read(self, question, hits)

    monkeypatch.setattr(type(archive), "read", noted)
    return seen


def found(archive: Archive, question: str) -> tuple[QueryTerms, list[Hit]]:
    query = understand({"question": question, "today": date(2031, 3, 1)}, archive=archive)
    return QueryTerms(archive, query), archive.search(query.text, k=20)


def test_what_promises_most_is_read_and_no_more(archive: Archive, pages: list[str]) -> None:
    query_terms, hits = found(archive, SHORT)
    last = [*hits[1:], hits[0]]
    best = promising_hits(query_terms, last)[0][0]
    assert best.article.path == "yeosu.md", "wherever it stands among the hits"
    ranked = score_candidates(archive, query_terms, last, 2)
    assert len(pages) == 2
    assert {w.hit.passage_id for w in ranked} == set(pages)
    assert "free of charge" in ranked[0].sentence.text


def test_what_is_read_as_found_are_the_first_hits(archive: Archive, pages: list[str]) -> None:
    query_terms, hits = found(archive, SHORT)
    last = [*hits[1:], hits[0]]
    score_candidates(archive, query_terms, last, 3, as_found=True)
    assert set(pages) == {hit.passage_id for hit in last[:3]}


@pytest.mark.parametrize("as_found", [False, True])
def test_where_many_ask_at_once_only_what_promises_most_is_read(
    archive: Archive, pages: list[str], monkeypatch: pytest.MonkeyPatch, *, as_found: bool
) -> None:
    query_terms, hits = found(archive, SHORT)
    last = [*hits[1:], hits[0]]
    monkeypatch.setattr(type(archive.reader), "busy", True)
    ranked = score_candidates(archive, query_terms, last, 6, as_found=as_found)
    assert len(pages) == LEAST_READ_HITS
    assert "free of charge" in ranked[0].sentence.text


def test_a_plain_question_has_few_hits_read(archive: Archive, pages: list[str]) -> None:
    answer = build_chain(archive).invoke({"question": SHORT, "today": date(2031, 3, 1)})
    assert "free of charge" in answer.text
    assert 0 < len(set(pages)) <= PROMISING_HITS


def test_a_question_about_a_time_has_more_hits_read(archive: Archive, pages: list[str]) -> None:
    question = "How much does a ticket to port 4 cost now?"
    build_chain(archive).invoke({"question": question, "today": date(2031, 3, 1)})
    assert len(set(pages)) > PROMISING_HITS


def test_what_is_not_answered_by_the_first_hits_has_more_read(
    archive: Archive, pages: list[str]
) -> None:
    question = "Who designed the hull of the ferry to Mokpo?"
    answer = build_chain(archive).invoke({"question": question, "today": date(2031, 3, 1)})
    assert answer.abstained
    assert PROMISING_HITS < len(set(pages)) <= PROMISING_HITS + READ_HITS
