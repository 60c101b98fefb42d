from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from vectorstore import SearchQuery
from vectorstore.search.collapse import Candidate
from vectorstore.search.ranking import diversified, interleaved, ranked

QUERY = SearchQuery(text="x")


def found(passage: str, dense: float, covered: float, article: str = "") -> Candidate:
    row = SimpleNamespace(id=passage, article=article or passage, published_day=None, outlet="")
    return Candidate(row, dense, None, np.array([dense]), covered)


def order(*candidates: Candidate) -> list[str]:
    return [c.row.id for c in ranked(QUERY, candidates)]


def test_meaning_alone_can_stand_above_a_few_common_words() -> None:
    assert order(found("words", 0.3, 0.4), found("meaning", 0.6, 0.0)) == ["meaning", "words"]
    assert order(found("words", 0.3, 1.0), found("meaning", 0.6, 0.0)) == ["words", "meaning"]


def test_an_articles_further_passages_make_room_for_others() -> None:
    close = [found(f"a{i}", 0.5 - i / 1000, 0.5, article="a") for i in range(4)]
    other = found("b", 0.45, 0.5)
    result = diversified(ranked(QUERY, [*close, other]), 5)
    assert [c.row.id for c in result][:3] == ["a0", "b", "a1"]
    for one in result:
        assert sum(one.parts.values()) == pytest.approx(one.score)


def test_results_take_turns_and_no_passage_comes_twice() -> None:
    a, b, c = (found(name, 0.5, 0) for name in "abc")
    assert [x.row.id for x in interleaved([[a, b], [a, c]], 3)] == ["a", "b", "c"]
