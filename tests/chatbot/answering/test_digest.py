"""A question that names a period and no topic, and lists of a period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from chatbot import build_chain
from chatbot.answering.selection import mentions_period
from chatbot.understanding.answer_types import kinds_of
from chatbot.understanding.generic_terms import asks_for_digest
from chatbot.understanding.query import understand
from tests.conftest import article, put
from vectorstore import Archive, Filters

TODAY = date(2025, 12, 1)
STORIES = (
    ("2025-07-07", "Letter sets tariff of 25 percent", "A letter to Seoul set a tariff of 25%."),
    ("2025-07-15", "Envoys discuss the tariff letter", "Envoys of both sides met over the letter."),
    ("2025-07-31", "Tariff deal reached", "Seoul and Washington reached a tariff deal overnight."),
    ("2025-08-06", "Rice market stays closed", "The rice market stays closed, the office said."),
    ("2025-08-26", "Leaders hold summit", "The leaders held the Gyeongju summit on Monday."),
    ("2025-09-02", "Exports after the summit",
     "Exports fell after the Gyeongju summit, customs said on Tuesday."),
    ("2025-10-09", "Old tariff letter recalled",
     "On 7 July 2025 a letter set the tariff, a book recalls."),
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("digest") / "archive", create=True) as opened:
        put(
            opened,
            [
                article(f"{day}.md", body, headline=headline, published=day, outlet="Desk")
                for day, headline, body in STORIES
            ],
        )
        yield opened


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What happened in July 2025?", True),
        ("Give me a summary of the main events in October 2025.", True),
        ("What's the latest news?", True),
        ("7월에 무슨 일이 있었나?", True),
        ("2025년 10월 주요 뉴스 정리해 줘", True),
        ("What did Desk report in July 2025?", True),
        ("What happened with tariffs in July 2025?", False),
        ("What happened?", False),
        ("How much was paid in July 2025?", False),
        ("7월 관세 협상에서 무슨 일이 있었나?", False),
    ],
)
def test_a_period_and_no_topic(question: str, expected: bool) -> None:
    assert asks_for_digest(question, kinds_of(question), TODAY, ["Desk"]) is expected


def days_of(archive: Archive, question: str, **more: object) -> list[str]:
    answer = build_chain(archive).invoke({"question": question, "today": TODAY, **more})
    return [c.article.published.iso for c in answer.citations if c.article.published]


def test_its_articles_are_told_by_date(archive: Archive) -> None:
    days = days_of(archive, "What happened in July 2025?")
    assert days == ["2025-07-07", "2025-07-15", "2025-07-31"]


def test_the_latest_are_those_of_the_last_days(archive: Archive) -> None:
    assert days_of(archive, "What's new?") == ["2025-10-09"]


def test_a_period_without_articles_is_named(archive: Archive) -> None:
    answer = build_chain(archive).invoke({"question": "What happened in May 2025?", "today": TODAY})
    assert answer.abstained
    assert "1 May 2025 – 31 May 2025" in answer.text
    assert "7 July 2025 – 9 October 2025" in answer.text


def test_what_happened_to_a_matter_is_told_by_the_articles_of_the_period(archive: Archive) -> None:
    days = days_of(archive, "What happened with the tariff in July 2025?")
    assert days
    assert all(day.startswith("2025-07") for day in days)


def test_what_came_after_an_event_is_not_the_event(archive: Archive) -> None:
    days = days_of(archive, "What happened after the Gyeongju summit?")
    assert "2025-09-02" in days
    assert "2025-08-26" not in days


def test_a_month_tells_which_deal(archive: Archive) -> None:
    asked = {"question": "What was the tariff before the July deal?", "today": date(2026, 9, 1)}
    assert understand(asked, archive).periods == ((date(2025, 7, 1), date(2025, 7, 30)),)


def test_a_year_that_is_told_is_not_looked_for(archive: Archive) -> None:
    asked = {"question": "What was the tariff before the July 2024 deal?", "today": TODAY}
    ((_, last),) = understand(asked, archive).periods
    assert last.year == 2024


def test_a_follow_up_keeps_its_topic(archive: Archive) -> None:
    history = [
        {"role": "user", "content": "What happened with the tariff in July 2025?"},
        {"role": "assistant", "content": "A letter."},
    ]
    asked = {"question": "And in August?", "history": history, "today": TODAY}
    assert not understand(asked, archive).digest


def test_given_filters_confine_a_digest(archive: Archive) -> None:
    only = Filters(since=date(2025, 7, 10), until=date(2025, 7, 20))
    assert days_of(archive, "What happened in 2025?", filters=only) == ["2025-07-15"]
    past = Filters(until=date(2025, 6, 1))
    assert days_of(archive, "What happened in July 2025?", filters=past) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was agreed on 9 August.", True),
        ("It was agreed in August 2024.", False),
        ("It was agreed on 2 July 2025.", False),
        ("It was agreed.", True),
    ],
)
def test_a_sentence_tells_of_the_period(text: str, expected: bool) -> None:
    assert mentions_period(text, (date(2025, 7, 10), date(2025, 10, 2))) is expected


def test_a_period_that_is_named_is_said_and_leaves_nothing_out(archive: Archive) -> None:
    asked = {"question": "How many ferries sank in July 2025?", "today": TODAY}
    answer = build_chain(archive).invoke(asked)
    assert answer.abstained
    assert "Looked for: ferries sank, about 1 July 2025 – 31 July 2025." in answer.text
