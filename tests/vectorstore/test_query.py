from __future__ import annotations

from datetime import date

import pytest

from vectorstore import Archive, Filters, SearchQuery, Wording
from vectorstore.query import queries

MAGNETS, SHIPS = "rare earth magnets", "docks in Philadelphia"


def paths(archive: Archive, *asked: object, **more: object) -> list[str]:
    given = asked[0] if len(asked) == 1 else list(asked)
    return [h.article.path for h in archive.search(given, **more)]  # type: ignore[arg-type]


def test_given_filters_win_over_those_of_a_query() -> None:
    read = SearchQuery(text="x", filters=Filters(outlets=("A",), since=date(2025, 1, 1)))
    made = queries([read, "y", " "], Filters(outlets=("B",), languages=("ko",)))
    assert [q.text for q in made] == ["x", "y"]
    assert made[0].filters.outlets == ("B",)
    assert made[0].filters.since == date(2025, 1, 1)
    assert made[1].filters == Filters(outlets=("B",), languages=("ko",))


def test_several_queries_take_turns(newsroom: Archive) -> None:
    found = paths(newsroom, "tariff of 25 percent in the letter", SHIPS, k=2)
    assert found == ["tariff-july.md", "ships.md"]


def test_a_wording_finds_what_the_text_does_not(newsroom: Archive) -> None:
    alone = newsroom.search(SearchQuery(text="tariff"))
    helped = newsroom.search(SearchQuery(text="tariff", wordings=(Wording(SHIPS, 2.0),)))
    assert alone[0].article.path != "ships.md"
    assert helped[0].article.path == "ships.md"


@pytest.mark.parametrize(
    "moved",
    [
        SearchQuery(
            text="tariff", periods=((date(2025, 8, 26), date(2025, 8, 26)),), period_weight=2.0
        ),
        SearchQuery(text="tariff", recency=2.0),
        SearchQuery(text="tariff", outlets=("Business Desk",), outlet_weight=2.0),
    ],
)
def test_time_and_outlets_move_hits_up_and_hide_none(newsroom: Archive, moved: SearchQuery) -> None:
    hits = newsroom.search(moved)
    assert hits[0].article.path == "ships.md"
    assert {h.passage_id for h in hits} == {h.passage_id for h in newsroom.search("tariff")}


def test_languages_filter(newsroom: Archive) -> None:
    assert set(paths(newsroom, "tariff 관세", filters=Filters(languages=("ko",)))) == {"ko.md"}
    assert "ko.md" not in paths(newsroom, "tariff 관세", filters=Filters(languages=("en",)))


def test_an_explained_hit_says_what_its_score_is_made_of(newsroom: Archive) -> None:
    asked = SearchQuery(text="tariff of 25 percent", recency=0.1)
    hits = newsroom.search(asked, filters=Filters(as_of=date(2025, 9, 1)), explain=True)
    for hit in hits:
        assert hit.why is not None
        assert sum(hit.why.parts.values()) == pytest.approx(hit.score)
        assert hit.why.query.filters.as_of == date(2025, 9, 1)
    assert hits[0].why is not None
    assert hits[0].why.ranks["words"] == 1
    assert hits == newsroom.search(asked, filters=Filters(as_of=date(2025, 9, 1)))
