from __future__ import annotations

import pytest

from chatbot.language.dates import dates
from chatbot.language.quantities import missing_quantities, quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$350 billion", "3,500억 달러"),
        ("$350 billion", "350bn dollars"),
        ("US$350 billion", "3천500억 달러"),
        ("$1.5 trillion", "1조 5,000억 달러"),
        ("15 percent", "15%"),
        ("15 per cent", "15퍼센트"),
        ("36,000", "36000"),
        ("50,000 vehicles", "5만 대"),
        ("32,000 people", "3만2천 명"),
        ("four times", "4배"),
        ("four times", "네 배"),
        ("100th", "100번째"),
        ("two hours", "2시간"),
        ("25 percent", "between 10 and 25 percent"),
        ("10 percent", "between 10 and 25 percent"),
        ("$3 billion", "$3-5 billion"),
        ("a 120-day wait", "120 days"),
    ],
)
def test_the_same_number_in_other_words_is_the_same(one: str, other: str) -> None:
    assert quantities(one)
    assert not list(missing_quantities(one, other))


@pytest.mark.parametrize(
    ("claimed", "cited"),
    [
        ("15 percent", "25 percent"),
        ("15 percent", "15 days"),
        ("$350 billion", "350 billion won"),
        ("$350 billion", "$350 million"),
        ("3,500억 달러", "3,500만 달러"),
        ("15%", "15 percentage points"),
        ("1,500", "1.5"),
        ("four times", "three times"),
        ("6 percent", "26 percent"),
    ],
)
def test_another_number_or_unit_is_missed(claimed: str, cited: str) -> None:
    assert list(missing_quantities(claimed, cited))


def test_dates_and_names_are_no_quantities() -> None:
    assert quantities("On 31 July 2025, and in 2024, 2025년 3월 1일, the H200 and the MI325X") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("31 July 2025", (2025, 7, 31)),
        ("July 31st, 2025", (2025, 7, 31)),
        ("2025-07-31", (2025, 7, 31)),
        ("2025년 7월 31일", (2025, 7, 31)),
        ("Jul. 31", (None, 7, 31)),
        ("7월 31일", (None, 7, 31)),
        ("July 2025", (2025, 7, None)),
        ("in 2025", (2025, None, None)),
        ("in October", (None, 10, None)),
    ],
)
def test_dates_as_far_as_they_are_given(text: str, found: tuple[int | None, ...]) -> None:
    assert [(d.year, d.month, d.day) for d in dates(text)] == [found]


def test_words_and_amounts_are_no_dates() -> None:
    assert dates("They may march on, with 2,000 men, $2025 and 2000 dollars") == []
