"""A timeline: dated, one entry a story, every entry a true quote about the topic."""

from __future__ import annotations

from datetime import date

from chatbot.answering.timeline import timeline
from vectorstore import Archive, Filters


def test_entries_are_dated_quotes_in_order(newsroom: Archive) -> None:
    entries = timeline(newsroom, "tariff on Korean goods")
    assert [e.day for e in entries] == sorted(e.day for e in entries)
    assert {date(2025, 7, 7), date(2025, 7, 31)} <= {e.day for e in entries}
    for number, entry in enumerate(entries, start=1):
        cited = entry.citation
        assert cited.article.body[cited.start : cited.end] == cited.quote
        assert cited.number == number
        assert cited.article.published is not None


def test_the_period_and_the_length_are_kept(newsroom: Archive) -> None:
    late = timeline(newsroom, "tariff", filters=Filters(since=date(2025, 7, 10)))
    assert late
    assert all(e.day >= date(2025, 7, 10) for e in late)
    assert len(timeline(newsroom, "tariff on Korean goods", limit=1)) == 1


def test_nothing_gives_an_empty_timeline(empty: Archive) -> None:
    assert timeline(empty, "tariff") == []
