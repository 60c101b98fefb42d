"""Which sentences belong in the answer to a broad request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chatbot.reading.candidates import Candidate
from chatbot.reading.inclusion import BROAD_THRESHOLD, broad_answerability, included
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from tests.conftest import article, put
from vectorstore import Archive

TEXTS = {
    "2031-03-02": "Orvia and Leskar opened talks on a fishing treaty in Port Mel on Tuesday. "
    "Orvia wants a quota of 40,000 tons of cod a year. "
    "The harbour cafe serves soup until ten in the evening.",
    "2031-05-11": "Leskar offered Orvia 25,000 tons of cod a year, its fisheries minister said. "
    "The opera house in Port Mel will be closed for repairs.",
    "2031-06-20": "Orvia and Leskar signed the fishing treaty on Friday, with a quota of 32,000 "
    "tons. A marathon is run in the town on Sunday.",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(Path(tmp_path_factory.mktemp("talks")) / "archive", create=True) as opened:
        put(opened, [article(f"{day}.md", body, published=day) for day, body in TEXTS.items()])
        yield opened


def ranked(archive: Archive, question: str) -> list[Candidate]:
    query = understand({"question": question, "today": date(2031, 7, 1)}, archive=archive)
    hits = archive.search(search_queries(query), k=20)
    return score_candidates(archive, QueryTerms(archive, query), hits)


def test_what_tells_of_the_matter_is_likelier_than_what_stands_beside_it(archive: Archive) -> None:
    found = included(ranked(archive, "Timeline of the fishing talks of Orvia and Leskar"))
    assert all("Orvia" in w.sentence.text for w in found[:3])
    assert "cafe" in found[-1].sentence.text or "opera" in found[-1].sentence.text


def test_the_likeliest_comes_first_and_likelihoods_lie_between_0_and_1(archive: Archive) -> None:
    found = [w.likelihood for w in included(ranked(archive, "What was agreed on cod?"))]
    assert found == sorted(found, reverse=True)
    assert all(0 < p < 1 for p in found)


def test_a_matter_that_the_archive_does_not_have_is_not_likely_to_be_answered(
    archive: Archive,
) -> None:
    known = broad_answerability(ranked(archive, "How did the cod quota change?"))
    unknown = broad_answerability(
        ranked(archive, "How did investors in Tokyo react to the strike?")
    )
    assert unknown < BROAD_THRESHOLD < known


def test_nothing_belongs_in_an_answer_of_which_nothing_was_read() -> None:
    assert included([]) == []
    assert broad_answerability([]) == 0.0
