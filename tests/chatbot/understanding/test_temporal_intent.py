from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chatbot.understanding.query import understand
from chatbot.understanding.temporal_intent import as_of_day, periods

TODAY = date(2025, 4, 23)


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("the order of 31 July 2025", "2025-07-31", "2025-07-31"),
        ("the order of July 31st, 2025", "2025-07-31", "2025-07-31"),
        ("in late July 2025", "2025-07-21", "2025-07-31"),
        ("2025년 7월 31일 명령", "2025-07-31", "2025-07-31"),
        ("2025년 7월", "2025-07-01", "2025-07-31"),
        ("the 24 April meeting", "2025-04-24", "2025-04-24"),
        ("on 20 December", "2024-12-20", "2024-12-20"),
        ("what happened in 2024?", "2024-01-01", "2024-12-31"),
        ("this week", "2025-04-21", "2025-04-27"),
    ],
)
def test_periods(question: str, start: str, end: str) -> None:
    assert periods(question, TODAY) == [(date.fromisoformat(start), date.fromisoformat(end))]


def test_no_period_is_named() -> None:
    assert periods("What is the tariff?", TODAY) == []


def test_as_of_a_day_without_a_year_is_in_the_past() -> None:
    assert as_of_day("What was known on 24 April?", TODAY) == date(2024, 4, 24)
    assert as_of_day("What was known on 22 April?", TODAY) == date(2025, 4, 22)


def test_today_may_be_a_datetime() -> None:
    noon = datetime(2025, 4, 23, 12, tzinfo=UTC)
    query = understand({"question": "As of 3 March 2025, what applies?", "today": noon})
    assert (query.today, query.filters.as_of) == (TODAY, date(2025, 3, 3))
