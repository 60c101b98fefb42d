from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vectorstore import Filters, IndexDamaged
from vectorstore.analyzer import question_terms, terms
from vectorstore.lexical import LexicalIndex

DAY = date(2025, 7, 31)
ROWS = (
    (
        "p1",
        "a1",
        "Deal struck",
        "Tariffs fall to 15 percent, $36,000 saved.",
        "Desk",
        DAY.toordinal(),
    ),
    ("p2", "a1", "Deal struck", "Rice stays closed.", "Desk", DAY.toordinal()),
    ("p3", "a2", "관세 협상", "자동차 관세를 내린다.", "경제부", None),
)


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical")
    made.update([], ROWS, 1)
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tariffs were lowered", ["tariff", "were", "lower"]),
        ("$36,000 and 3.5%", ["36000", "and", "3.5"]),
        ("the U.S. side", ["the", "us", "side"]),
        ("Seoul's Lee Jae-myung", ["seoul", "lee", "jae", "myung"]),
        ("café", ["cafe"]),
        ("관세를 15%로", ["관세", "세를", "15", "로"]),
        ("…—!", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_question_terms_leave_out_what_every_question_has() -> None:
    assert question_terms("What is the tariff on the tariffs?") == ["tariff"]


def test_words_and_headlines_and_korean_are_found(index: LexicalIndex) -> None:
    assert list(index.search("tariff of 36000", 5, Filters())) == ["p1"]
    assert set(index.search("deal", 5, Filters())) == {"p1", "p2"}
    assert list(index.search("관세는 얼마인가", 5, Filters())) == ["p3"]


@pytest.mark.parametrize("text", ['a AND (b OR "c', "body:*", "", "?!", "NOT tariff", "x" * 9999])
def test_no_question_is_a_syntax_error(index: LexicalIndex, text: str) -> None:
    index.search(text, 5, Filters())


def test_filters(index: LexicalIndex) -> None:
    text = "deal 관세"
    assert set(index.search(text, 5, Filters(since=DAY))) == {"p1", "p2"}
    assert set(index.search(text, 5, Filters(until=date(2025, 7, 30)))) == set()
    assert set(index.search(text, 5, Filters(as_of=DAY))) == {"p1", "p2", "p3"}
    assert set(index.search(text, 5, Filters(as_of=date(2025, 7, 30)))) == {"p3"}
    assert set(index.search(text, 5, Filters(outlets=("경제부",)))) == {"p3"}


def test_an_update_replaces_an_article_and_can_be_done_twice(index: LexicalIndex) -> None:
    changed = [("p4", "a1", "Deal struck", "Tariffs fall to 10 percent.", "Desk", None)]
    for _ in range(2):
        index.update(["a1"], changed, 2)
        assert index.count() == 2
    assert list(index.search("rice tariff", 5, Filters())) == ["p4"]


def test_an_open_reader_sees_the_next_commit(index: LexicalIndex) -> None:
    reader = LexicalIndex(index.folder)
    assert reader.search("magnets", 5, Filters()) == {}
    index.update([], [("p9", "a9", "", "Rare earth magnets.", "", None)], 3)
    assert list(reader.search("magnets", 5, Filters())) == ["p9"]


def test_a_damaged_index_says_so(index: LexicalIndex) -> None:
    for path in index.folder.glob("*"):
        if path.is_file() and path.name != "meta.json":
            path.write_bytes(b"")
    with pytest.raises(IndexDamaged):
        LexicalIndex(index.folder).search("tariff", 5, Filters())
