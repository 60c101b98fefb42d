"""Browsing the archive by date, outlet and language."""

from __future__ import annotations

from datetime import date

from vectorstore import Archive, Filters


def test_articles_come_newest_first_and_undated_last(newsroom: Archive) -> None:
    found = newsroom.browse()
    assert found[0].path == "ships.md"
    assert found[-1].path == "undated.md"
    assert newsroom.browse(oldest=True)[0].path == "tariff-july.md"
    assert [a.path for a in newsroom.browse(limit=1, offset=4)] == ["undated.md"]


def test_filters_narrow_what_is_browsed_and_counted(newsroom: Archive) -> None:
    desk = Filters(outlets=("Trade Desk",))
    assert {a.outlet for a in newsroom.browse(desk)} == {"Trade Desk"}
    assert newsroom.matching(desk) == 2
    korean = Filters(languages=("ko",))
    assert [a.path for a in newsroom.browse(korean)] == ["ko.md"]
    assert newsroom.matching() == 5


def test_coverage_counts_articles_by_day_and_outlet(newsroom: Archive) -> None:
    rows = newsroom.coverage()
    assert sum(row.articles for row in rows) == 5
    assert (rows[0].day, rows[0].outlet, rows[0].articles) == (date(2025, 7, 7), "Trade Desk", 1)
    assert rows[-1].day is None
    since = newsroom.coverage(Filters(since=date(2025, 8, 1)))
    assert [row.outlet for row in since] == ["Business Desk"]


def test_a_search_can_ask_for_one_language(newsroom: Archive) -> None:
    hits = newsroom.search("tariff on cars", k=5, filters=Filters(languages=("ko",)))
    assert {hit.article.language for hit in hits} == {"ko"}
