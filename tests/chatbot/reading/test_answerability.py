"""Whether the archive holds an answer, told from the sentences that fit best."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from chatbot.reading.answerability import (
    ANSWERABILITY_FEATURES,
    answerability,
    answerability_features,
)
from chatbot.reading.candidates import Candidate, rerank
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import score_candidates
from chatbot.understanding.query import understand
from tests.conftest import SHIPYARD, put
from vectorstore import Archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("answerability") / "archive", create=True) as opened:
        put(opened, SHIPYARD)
        yield opened


def ranked(archive: Archive, question: str) -> tuple[QueryTerms, list[Candidate]]:
    query = understand(question, archive)
    query_terms = QueryTerms(archive, query)
    return query_terms, score_candidates(archive, query_terms, archive.search(query.text, k=10))


def test_what_is_told_is_likelier_held_than_what_is_not(archive: Archive) -> None:
    told, other = (
        answerability(*ranked(archive, question))
        for question in (
            "Who opened a dock at the Philly Shipyard?",
            "Who opened a casino in Monaco?",
        )
    )
    assert other < 0.1
    assert told > 0.3


def test_a_question_without_words_is_held_by_nothing(archive: Archive) -> None:
    _, found = ranked(archive, "Who opened a dock?")
    query_terms = QueryTerms(archive, understand("?", archive))
    assert answerability(query_terms, found) == 0
    assert answerability(query_terms, []) == 0


def test_what_is_looked_at(archive: Archive) -> None:
    _, found = ranked(archive, "Who opened a dock at the Philly Shipyard?")
    values = dict(zip(ANSWERABILITY_FEATURES, answerability_features(found), strict=True))
    assert np.isfinite(list(values.values())).all()
    assert values["best reader score"] >= values["first reader score"]
    assert 0 < values["top weight share"] <= 1
    assert values["total reader score"] >= values["second reader score"]


def test_hits_are_shown_in_the_order_in_which_they_answer(archive: Archive) -> None:
    hits = archive.search("Philly Shipyard", k=10)
    _, found = ranked(archive, "How many tankers will the Philly Shipyard build?")
    shown = rerank(list(reversed(hits)), found)
    assert {h.passage_id for h in shown} == {h.passage_id for h in hits}
    assert shown[0].passage_id == found[0].hit.passage_id
