"""Events are landmarks whose day the archive knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from chatbot.understanding.query import understand
from tests.conftest import NEWS, article, put
from vectorstore import Archive

TODAY = date(2025, 12, 1)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    summit = article(
        "summit.md",
        "The two presidents met at the Gyeongju summit and shook hands before the cameras.",
        headline="Gyeongju summit begins",
        published="2025-10-29",
    )
    after = article(
        "after.md",
        "Shares rose a day after the Gyeongju summit, brokers said.",
        headline="Markets like the summit",
        published="2025-10-30",
    )
    with Archive.open(tmp_path_factory.mktemp("events") / "archive", create=True) as opened:
        put(opened, [*NEWS, summit, after])
        yield opened


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What was said the week before the Gyeongju summit?", "2025-10-22", "2025-10-28"),
        ("What has changed since the Gyeongju summit?", "2025-10-29", "2025-12-01"),
        ("What did brokers do two days after the Gyeongju summit?", "2025-10-30", "2025-10-31"),
        ("What was promised before the Gyeongju summit?", "2025-09-29", "2025-10-28"),
    ],
)
def test_a_period_is_told_from_an_event(
    archive: Archive, question: str, start: str, end: str
) -> None:
    query = understand({"question": question, "today": TODAY}, archive)
    assert query.periods == ((date.fromisoformat(start), date.fromisoformat(end)),)


def test_what_was_known_before_an_event(archive: Archive) -> None:
    question = "What was known before the Gyeongju summit?"
    query = understand({"question": question, "today": TODAY}, archive)
    assert query.filters.as_of == date(2025, 10, 28)


@pytest.mark.parametrize(
    "question",
    [
        "What has changed since the coronation of Charlemagne?",
        "What did the letter say?",
        "Who spoke after him?",
        "What happened before that?",
        "How many days after the Gyeongju summit did shares rise?",
    ],
)
def test_an_event_that_the_archive_does_not_know_is_no_period(
    archive: Archive, question: str
) -> None:
    query = understand({"question": question, "today": TODAY}, archive)
    assert query.periods == ()
    assert query.filters.as_of == TODAY


def test_nothing_later_than_today_tells_an_events_day(archive: Archive) -> None:
    asked = {"question": "What changed since the Gyeongju summit?", "today": date(2025, 9, 1)}
    assert understand(asked, archive).periods == ()
