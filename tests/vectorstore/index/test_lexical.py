from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vectorstore import Filters, IndexDamaged, SearchQuery, Wording
from vectorstore.index.analyzer import question_terms, terms
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.lexical_document import Entry
from vectorstore.index.lexical_seal import FORMAT

DAY = date(2025, 7, 31)


def entry(passage: str, found: str, headline: str, text: str, **more: object) -> Entry:
    given = {"outlet": "", "byline": "", "language": "en", "day": None, **more}
    return Entry(passage, found, headline, text, **given)  # type: ignore[arg-type]


DESK = {"outlet": "Desk", "byline": "By Min Park", "day": DAY.toordinal()}
ROWS = (
    entry("p1", "a1", "Deal struck", "Tariffs fall to 15 percent, $36,000 saved.", **DESK),
    entry("p2", "a1", "Deal struck", "Rice stays closed.", **DESK),
    entry("p3", "a2", "관세 협상", "자동차 관세를 내린다.", outlet="경제부", language="ko"),
)


def search(index: LexicalIndex, text: str, filters: Filters | None = None) -> list[str]:
    return list(index.search(SearchQuery(text=text, filters=filters or Filters()), 5))


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
    assert search(index, "tariff of 36000") == ["p1"]
    assert set(search(index, "deal", Filters())) == {"p1", "p2"}
    assert search(index, "관세는 얼마인가") == ["p3"]


@pytest.mark.parametrize("text", ['a AND (b OR "c', "body:*", "", "?!", "NOT tariff", "x" * 9999])
def test_no_question_is_a_syntax_error(index: LexicalIndex, text: str) -> None:
    search(index, text)


def test_filters(index: LexicalIndex) -> None:
    text = "deal 관세"
    assert set(search(index, text, Filters(since=DAY))) == {"p1", "p2"}
    assert set(search(index, text, Filters(until=date(2025, 7, 30)))) == set()
    assert set(search(index, text, Filters(as_of=DAY))) == {"p1", "p2", "p3"}
    assert set(search(index, text, Filters(as_of=date(2025, 7, 30)))) == {"p3"}
    assert set(search(index, text, Filters(outlets=("경제부",)))) == {"p3"}
    assert set(search(index, text, Filters(languages=("en",)))) == {"p1", "p2"}


def test_the_best_of_several_names_counts_and_only_whole(index: LexicalIndex) -> None:
    def named(*names: str) -> list[str]:
        return list(index.search(SearchQuery(text="x", names=(names,)), 5))

    assert named("Rice stays", "no such") == ["p2"]
    assert named("stays rice") == []
    assert set(named("Min Park")) == {"p1", "p2"}


def test_other_wordings_count_by_their_weight(index: LexicalIndex) -> None:
    def found(weight: float) -> dict[str, float]:
        query = SearchQuery(text="saved", wordings=(Wording("rice", weight, meaning=False),))
        return index.search(query, 5)

    assert list(found(0.1)) == ["p1", "p2"]
    assert list(found(3.0)) == ["p2", "p1"]


def test_the_share_of_words_counts_each_once_in_body_or_headline(index: LexicalIndex) -> None:
    def share(text: str, passage: str, **more: object) -> float:
        query = SearchQuery(text=text, **more)  # type: ignore[arg-type]
        return index.covered(query, [passage]).get(passage, 0.0)

    assert share("rice deal", "p2") == pytest.approx(1)
    assert 0 < share("rice tariffs", "p2") < 1
    assert share("rice zzz", "p2") == pytest.approx(1), "what no passage has does not count"
    assert share("tariffs", "p2") == 0
    assert share("zzz", "p2", names=(("no such", "stays closed"),)) == pytest.approx(1)


def test_an_index_of_another_format_is_to_be_written_anew(index: LexicalIndex) -> None:
    assert index.sound()
    seal = index.folder.with_name("lexical.json")
    seal.write_text(seal.read_text().replace(f'"format": {FORMAT}', '"format": 1'))
    assert (index.cursor(), index.sound()) == (0, False)


def test_an_update_replaces_an_article_and_can_be_done_twice(index: LexicalIndex) -> None:
    changed = [entry("p4", "a1", "Deal struck", "Tariffs fall to 10 percent.")]
    for _ in range(2):
        index.update(["a1"], changed, 2)
        assert index.count() == 2
    assert search(index, "rice tariff") == ["p4"]


def test_an_open_reader_sees_the_next_commit(index: LexicalIndex) -> None:
    reader = LexicalIndex(index.folder)
    assert search(reader, "magnets") == []
    index.update([], [entry("p9", "a9", "", "Rare earth magnets.")], 3)
    assert search(reader, "magnets") == ["p9"]


def test_a_damaged_index_says_so(index: LexicalIndex) -> None:
    for path in index.folder.glob("*"):
        if path.is_file() and path.name != "meta.json":
            path.write_bytes(b"")
    with pytest.raises(IndexDamaged):
        search(LexicalIndex(index.folder), "tariff")
