from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.evaluation.metrics import (
    compare_paired,
    gold_groups,
    mean_metrics,
    rank_metrics,
    ranks,
)

ROW = {
    "gold": [
        {"path": "a.md", "quote": "Seoul will pay $1,500 a year", "group": 0},
        {"path": "b.md", "quote": "The rate is 15 percent", "group": 1},
    ]
}


def test_a_passage_hits_a_span_if_it_holds_most_of_its_words() -> None:
    found = ranks(
        gold_groups(ROW),
        [
            {"path": "b.md", "text": "Nothing of the kind."},
            {"path": "a.md", "text": "**Seoul** will pay 1500 in a year, it said."},
            {"path": "b.md", "text": "the RATE is 15 percent for all"},
        ],
    )
    assert found.spans == (2, 3)
    assert found.articles == (2, 1)


def test_the_same_words_in_another_article_are_no_hit() -> None:
    found = ranks(gold_groups(ROW), [{"path": "c.md", "text": "Seoul will pay $1,500 a year"}])
    assert found.spans == (None, None)


def test_gold_may_be_offsets_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Well. The rate is 15.", encoding="utf-8")
    groups = gold_groups({"gold": [{"path": "a.md", "start": 6, "end": 21}]}, tmp_path)
    assert ranks(groups, [{"path": "a.md", "text": "Well."}]).spans == (None,)
    assert ranks(groups, [{"path": "a.md", "text": "The rate is 15."}]).spans == (1,)


def test_scores_of_two_groups() -> None:
    both = rank_metrics((1, 4))
    assert (both["found@3"], both["recall@3"], both["found@5"]) == (0.0, 0.5, 1.0)
    assert both["mrr"] == 1.0
    assert 0 < both["ndcg@10"] < 1
    assert rank_metrics((1, 1))["ndcg@10"] == pytest.approx(1.0)
    assert rank_metrics((None,))["mrr"] == rank_metrics((None,))["ndcg@10"] == 0.0


def test_figures_by_category_and_over_all() -> None:
    rows = [
        {"category": "fact", "scores": {"mrr": 1.0}, "ms": 10},
        {"category": "time", "scores": {"mrr": 0.0}, "ms": 30},
    ]
    made = mean_metrics(rows)
    assert made["fact"] == {"n": 1.0, "mrr": 1.0, "ms": 10.0, "ms p95": 10.0}
    assert (made["ALL"]["mrr"], made["ALL"]["ms"]) == (0.5, 20.0)
    assert mean_metrics([]) == {}


def test_a_difference_by_chance_is_told_from_a_real_one() -> None:
    assert compare_paired([0.5] * 9, [0.5] * 9) == (0.0, 0.0, 0.0, 1.0)
    gap, low, high, p = compare_paired([0.0] * 40, [1.0] * 30 + [0.0] * 10)
    assert gap == 0.75
    assert 0 < low < gap < high
    assert p < 0.001
    assert compare_paired([0.0, 1.0] * 10, [1.0, 0.0] * 10)[3] > 0.9
