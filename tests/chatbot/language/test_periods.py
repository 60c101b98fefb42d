"""Many ways to name a day or a period, in English and Korean, and what they mean."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from chatbot.language.calendar import month_span
from chatbot.language.periods import time_mentions
from chatbot.language.temporal_patterns import EN
from chatbot.understanding.temporal_intent import as_of_day

TODAY = date(2025, 8, 20)  # a Wednesday

SAID = """
31 July 2025 | 2025-07-31
the 31st of July 2025 | 2025-07-31
July 31st, 2025 | 2025-07-31
Jul. 31, 2025 | 2025-07-31
2025-07-31 | 2025-07-31
2025/07/31 | 2025-07-31
2025.7.31 | 2025-07-31
7/31/2025 | 2025-07-31
2025년 7월 31일 | 2025-07-31
7월 31일 | 2025-07-31
July 7-9, 2025 | 2025-07-07 2025-07-09
7 to 9 July 2025 | 2025-07-07 2025-07-09
in late July 2025 | 2025-07-21 2025-07-31
late July | 2025-07-21 2025-07-31
early August 2025 | 2025-08-01 2025-08-10
the early-April 2026 action | 2026-04-01 2026-04-10
mid-July | 2025-07-11 2025-07-20
in the middle of July | 2025-07-11 2025-07-20
the beginning of June | 2025-06-01 2025-06-07
the end of last month | 2025-07-25 2025-07-31
the first week of March 2025 | 2025-03-01 2025-03-07
July 2025 | 2025-07-01 2025-07-31
in July | 2025-07-01 2025-07-31
last July | 2025-07-01 2025-07-31
in July of last year | 2024-07-01 2024-07-31
last December | 2024-12-01 2024-12-31
in December | 2024-12-01 2024-12-31
what will happen in December | 2025-12-01 2025-12-31
in May | 2025-05-01 2025-05-31
2024 | 2024-01-01 2024-12-31
in 2024? | 2024-01-01 2024-12-31
early 2025 | 2025-01-01 2025-04-30
late 2024 | 2024-09-01 2024-12-31
the start of 2026 | 2026-01-01 2026-02-28
in the first half of 2025 | 2025-01-01 2025-06-30
the second half of last year | 2024-07-01 2024-12-31
H1 2025 | 2025-01-01 2025-06-30
Q3 2025 | 2025-07-01 2025-09-30
2025 Q3 | 2025-07-01 2025-09-30
the third quarter of 2025 | 2025-07-01 2025-09-30
in the second quarter | 2025-04-01 2025-06-30
last quarter | 2025-04-01 2025-06-30
the summer of 2026 | 2026-06-01 2026-08-31
this spring | 2025-03-01 2025-05-31
today | 2025-08-20
yesterday | 2025-08-19
the day before yesterday | 2025-08-18
this week | 2025-08-18 2025-08-24
this week's proclamation | 2025-08-18 2025-08-24
last week | 2025-08-11 2025-08-17
the last week of July 2025 | 2025-07-25 2025-07-31
last month | 2025-07-01 2025-07-31
this month's deal | 2025-08-01 2025-08-31
last year | 2024-01-01 2024-12-31
earlier this year | 2025-01-01 2025-08-20
the past three weeks | 2025-07-30 2025-08-20
in the last two months | 2025-06-20 2025-08-20
two weeks ago | 2025-08-03 2025-08-09
3 days ago | 2025-08-17
a month ago | 2025-07-10 2025-07-30
last Friday | 2025-08-15
on Monday | 2025-08-18
Tuesday's order | 2025-08-19
last weekend | 2025-08-16 2025-08-17
Christmas 2025 | 2025-12-25
since May | 2025-05-01 2025-08-20
since 4 June 2025 | 2025-06-04 2025-08-20
between March and May | 2025-03-01 2025-05-31
between March and May 2024 | 2024-03-01 2024-05-31
between November 2024 and February 2025 | 2024-11-01 2025-02-28
from 1 March to 15 April 2025 | 2025-03-01 2025-04-15
from November to February 2025 | 2024-11-01 2025-02-28
July 2025 – August 2025 | 2025-07-01 2025-08-31
by the end of July | 2025-07-25 2025-07-31
before 7 July 2025 | 2025-06-07 2025-07-06
the week before 25 August 2025 | 2025-08-18 2025-08-24
two days after 31 July 2025 | 2025-08-01 2025-08-02
지난달 | 2025-07-01 2025-07-31
지난 달 | 2025-07-01 2025-07-31
이번 주 | 2025-08-18 2025-08-24
지난주에 | 2025-08-11 2025-08-17
작년 | 2024-01-01 2024-12-31
작년 상반기 | 2024-01-01 2024-06-30
올해 2분기 | 2025-04-01 2025-06-30
2025년 하반기에 | 2025-07-01 2025-12-31
7월 말 | 2025-07-21 2025-07-31
7월말에 | 2025-07-21 2025-07-31
8월 초 | 2025-08-01 2025-08-10
7월 중순 | 2025-07-11 2025-07-20
지난 7월 | 2025-07-01 2025-07-31
작년 12월 | 2024-12-01 2024-12-31
2주 전 | 2025-08-03 2025-08-09
3일 전에 | 2025-08-17
최근 3개월간 | 2025-05-20 2025-08-20
어제 | 2025-08-19
작년 여름 | 2024-06-01 2024-08-31
2025년 7월부터 8월까지 | 2025-07-01 2025-08-31
7월 31일부터 8월 3일까지 | 2025-07-31 2025-08-03
성탄절 | 2024-12-25
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_one_period(line: str) -> None:
    text, _, days = line.partition(" | ")
    first, *last = days.split()
    expected = (date.fromisoformat(first), date.fromisoformat(last[0] if last else first))
    assert [s.period for s in time_mentions(text, TODAY)] == [expected]
    asked = f"What did the ministry say about the shipyards, {text}"
    if text.isascii() and not text.startswith("what"):
        assert [s.period for s in time_mentions(asked, TODAY)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "What is the tariff?",
        "Section 232 of the act covers 2,025 units",
        "They may march on, and I may be wrong",
        "worth $2025 million",
        "It fell to 2030 percent",
        "the second proposal",
        "the last resort",
        "a second opinion",
        "the second and the third order",
        "31 June 2025?"[:0],
        "몇 월에 발효되나요?",
        "전부 알려줘",
        "회의 3일차",
    ],
)
def test_no_period(text: str) -> None:
    assert time_mentions(text, TODAY) == []


def test_two_dates_are_two_periods_and_what_follows_counts_from_the_first() -> None:
    asked = "the letters of early July 2025 and the order signed at the end of that month"
    early, end = (s.period for s in time_mentions(asked, date(2026, 3, 1)))
    assert early == (date(2025, 7, 1), date(2025, 7, 10))
    assert end == (date(2025, 7, 25), date(2025, 7, 31))
    asked = "the July 2025 order, and what replaced it a year later"
    july, later = (s.period for s in time_mentions(asked, date(2026, 8, 1)))
    assert july == month_span(2025, 7, 1)
    assert later == month_span(2026, 7, 1)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_day_of_two_years_is_read_back(language: str) -> None:
    day = date(2024, 1, 1)
    while day < date(2026, 1, 1):
        name = EN["months"][day.month - 1].capitalize()
        forms = (
            (f"on {day.day} {name} {day.year}", f"on {name} {day.day}, {day.year}", day.isoformat())
            if language == "en"
            else (f"{day.year}년 {day.month}월 {day.day}일에",)
        )
        for form in forms:
            assert [s.period for s in time_mentions(form, TODAY)] == [(day, day)], form
        day += timedelta(5)


def test_a_period_lies_where_its_words_say_whatever_the_day() -> None:
    """Properties that hold for any today: order, containment, no surprise in the future."""
    units = ("week", "month", "quarter", "year")
    for days, unit in itertools.product(range(0, 800, 37), units):
        today = date(2024, 1, 31) + timedelta(days)
        ((last,), (this,)) = (
            [s.period for s in time_mentions(f"{w} {unit}", today)] for w in ("last", "this")
        )
        assert last[0] <= last[1] == this[0] - timedelta(1)
        assert this[0] <= today <= this[1]
        for part in ("early", "mid", "late", "the start of", "the end of"):
            for month in EN["months"]:
                (inside,) = (s.period for s in time_mentions(f"{part} {month} 2025", today))
                (whole,) = (s.period for s in time_mentions(f"{month} 2025", today))
                assert whole[0] <= inside[0] <= inside[1] <= whole[1]
        for month in EN["months"]:
            (near,) = (s.period for s in time_mentions(f"in {month}", today))
            assert -366 <= (near[0] - today).days <= 31


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("What was known before 7 July 2025?", "2025-07-06"),
        ("What was known by the end of July?", "2025-07-31"),
        ("As of mid-July, what rate applied?", "2025-07-20"),
        ("as at 1 August 2025", "2025-08-01"),
        ("2025년 7월 말 기준 관세율은?", "2025-07-31"),
        ("작년 말 당시 관세율은?", "2024-12-31"),
    ],
)
def test_what_was_known(asked: str, day: str) -> None:
    assert as_of_day(asked, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    ["99 July 2025", "2025-99-99", "13월 40일", "9999999 weeks ago", "the year 0000", "Q9 2025"],
)
def test_days_that_do_not_exist_do_no_harm(text: str) -> None:
    for said in time_mentions(text, TODAY):
        assert said.period[0] <= said.period[1]
