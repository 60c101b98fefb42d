"""Any text at all has dates, times and quantities that lie in it and in the calendar, or none."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.language.calendar import part_of_period
from chatbot.language.dates import dates, mask_dates, weekday_dates
from chatbot.language.periods import time_mentions
from chatbot.language.phrases import is_name_list, is_other_language, is_uninformative
from chatbot.language.quantities import NUMBER_WORDS, SCALES, UNITS, missing_quantities, quantities
from chatbot.language.romanization import phonetic_key
from chatbot.language.temporal_patterns import EN, KO
from tests.fuzzing import examples, texts

TIMES = (
    *EN["months"], *EN["parts"], *EN["numbers"], *EN["seasons"], *EN["holidays"], *EN["weekdays"],
    *KO["parts"], *KO["numbers"], *KO["seasons"], *KO["holidays"], *EN["ordinals"], "last ",
    "next ",
    "this ", "the week before ", " years later", " days earlier", " years ago", "before ", "after ",
    "since ", "as of ", "between ", " and ", "2025", "2025-07-31", "31 July 2025", "the same month",
    "7월 31일", "2025년", "작년", "지난달", "년 전", "개월 전", "일 ", "최근 ", "부터 ",
    "까지", "q3 ", "h2 ",
    " of last year", "30 February 2024", "99/99/2025", "1900", "2099-12-31",
)  # fmt: skip

AMOUNTS = (
    *NUMBER_WORDS, *SCALES, *UNITS, "1,000", "3.5", "$", "US$", "₩", "조", "억 ", "만", "천",
    "백", "한 ",
    " to ", "-", "~", "1조 5,200억", "3천500억 달러", "between ", "1.2.3", ",000", "2025",
)  # fmt: skip

DAYS = st.dates(date(1970, 1, 1), date(2200, 12, 31))


def lies_in(found: object, text: str) -> None:
    """A value with a span is what the text has there."""
    start, end = getattr(found, "start"), getattr(found, "end")  # noqa: B009
    assert 0 <= start < end <= len(text)
    assert text[start:end] == getattr(found, "text")  # noqa: B009


@examples(250, 20_000)
@given(texts(TIMES), DAYS, st.booleans())
@example("In May 2025, 9999 years later", date(2025, 9, 1), False)
@example("10000 years before May 2025", date(2025, 9, 1), False)
@example("prior to 2024 years ago", date(2025, 6, 30), False)
@example("ſpring 2025", date(2025, 9, 1), False)
@example("late last week", date(2025, 9, 1), False)
@example("late yesterday", date(2025, 9, 1), False)
@example("20 to 10 May 2025", date(2025, 9, 1), False)
@example(f"In May 2025, {'9' * 4301} days later", date(2025, 9, 1), False)
def test_a_time_that_a_text_names_begins_before_it_ends(text: str, today: date, past: bool) -> None:
    for mention in time_mentions(text, today, past=past):
        assert mention.period[0] <= mention.period[1]
        assert 0 <= mention.start <= len(text)
        assert mention.words in text


@examples(150, 10_000)
@given(texts(TIMES))
@example("tueſday")
def test_a_date_lies_in_its_text_and_masking_moves_nothing(text: str) -> None:
    for found in dates(text):
        lies_in(found, text)
        assert found.exact is None or (found.year, found.month) == (
            found.exact.year,
            found.exact.month,
        )
    assert len(mask_dates(text)) == len(text)
    for word, day in weekday_dates(text, date(2025, 9, 1)):
        assert word in text
        assert 0 <= (date(2025, 9, 1) - day).days < 7


@examples(250, 20_000)
@given(texts(AMOUNTS))
@example("ſix dollars")
@example("5 thouſand")
@example("9" * 60)
@example("9" * 5_000)
@example("1.5 조 " * 400)
def test_a_quantity_lies_in_its_text_and_agrees_with_itself(text: str) -> None:
    for found in quantities(text):
        lies_in(found, text)
        assert found.values
        assert not any(math.isnan(value) for value in found.values)
        assert found.agrees(found)
    assert list(missing_quantities(text, text)) == []


@examples(100, 5_000)
@given(st.dates(date(2, 1, 1), date(9998, 1, 1)), st.integers(0, 4_000), st.data())
def test_a_part_of_a_period_lies_in_it(start: date, days: int, data: st.DataObject) -> None:
    end = min(date.fromordinal(start.toordinal() + days), date(9998, 12, 31))
    part = data.draw(st.sampled_from(sorted({*EN["parts"].values(), *KO["parts"].values()})))
    first, last = part_of_period((start, end), part)
    assert start <= first <= last <= end


@examples(100, 5_000)
@given(texts((*TIMES, *AMOUNTS)))
def test_any_text_has_a_language_and_a_form(text: str) -> None:
    assert is_name_list(text) in (True, False)
    assert is_uninformative(text) in (True, False)
    assert is_other_language(text) in (True, False)
    assert all(isinstance(phonetic_key(letter), str) for letter in text if "가" <= letter <= "힣")


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("early last week", ("2025-08-25", "2025-08-27")),
        ("late last week", ("2025-08-29", "2025-08-31")),
        ("late yesterday", ("2025-08-31", "2025-08-31")),
        ("9,9999억", None),
    ],
)
def test_parts_of_days_and_weeks(said: str, days: tuple[str, str] | None) -> None:
    found = [tuple(map(str, m.period)) for m in time_mentions(said, date(2025, 9, 1))]
    assert found == ([days] if days else [])


@pytest.mark.parametrize(
    ("one", "other"),
    [("3천500억 달러", "3천5백억 달러"), ("1조 5,200억", "15,200억"), ("2만 5천", "25,000")],
)
def test_korean_numbers_are_read_as_before(one: str, other: str) -> None:
    assert quantities(one)[0].agrees(quantities(other)[0])
