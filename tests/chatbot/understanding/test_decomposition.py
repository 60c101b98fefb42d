from __future__ import annotations

from datetime import date

import pytest

from chatbot.language.periods import time_mentions
from chatbot.language.phrases import language_of
from chatbot.understanding.answer_types import kinds_of
from chatbot.understanding.decomposition import original_wording, subquestions

TODAY = date(2026, 8, 20)


def parts(question: str) -> tuple[str, ...]:
    said = time_mentions(question, TODAY)
    return subquestions(question, kinds_of(question), said, language_of(question))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Compare Japan's and Korea's tariff rates", ["Japan's tariff rates", "Korea's tariff"]),
        ("Name the envoys to Tokyo and to Seoul.", ["envoys Tokyo", "envoys Seoul"]),
        ("How does the July letter differ from the November fact sheet?", ["letter", "fact sheet"]),
        (
            "How did the car duty change between July and November 2025?",
            ["car duty July", "car duty November 2025"],
        ),
        ("Which is higher, the duty on cars or the duty on steel?", ["cars", "steel"]),
        ("How did exports change before and after the ruling?", ["before the", "after the"]),
        ("What did Kia promise, and when will the plant open?", ["Kia promise", "plant open"]),
        ("Who are the ambassadors of Japan and South Korea?", ["Japan", "South Korea"]),
        ("일본과 한국의 관세율 차이는?", ["일본 관세율", "한국 관세율"]),
    ],
)
def test_parts(question: str, words: list[str]) -> None:
    found = parts(question)
    assert len(found) == len(words)
    for part, some in zip(found, words, strict=True):
        assert some in part


@pytest.mark.parametrize(
    "question",
    [
        "When did Washington and Seoul enter into their free trade agreement?",
        "While exports shrank, how fast did imports climb?",
        "Besides the US, who belongs to it?",
        "Who signed it, and when?",
        "How much did trade between Japan and Korea grow?"[:0],
        "What did the ministry of trade and industry say?",
        "한국이 동참할 수 있다고 보도한 신문은 어디인가요?",
        "",
        "?",
        "and " * 300,
    ],
)
def test_a_plain_question_has_no_parts(question: str) -> None:
    assert parts(question) == ()


def test_what_counts_from_another_date_becomes_one() -> None:
    letter, order = "the letter of early July 2025", "the order at the end of that month"
    asked = f"How did it change between {letter} and {order}?"
    assert "July 2025" in parts(asked)[1]


def test_a_part_that_leans_on_the_first_has_its_words_but_not_its_date() -> None:
    first, second = parts(
        "What was Korea's rate in the July 2025 order, and what replaced it a year later?"
    )
    assert "July 2026" in second
    assert "Korea's rate" in second
    assert first.endswith("July 2025 order")


def test_a_part_is_shown_without_the_words_it_was_given() -> None:
    asked = "What was Korea's rate in July, and what replaced it?"
    assert (
        original_wording("what replaced it Korea's rate", asked) == "what replaced it Korea's rate"
    )
    asked = "Who is the Secretary, and what did he say about ships?"
    assert original_wording("what did he say about ships Secretary", asked) == (
        "what did he say about ships"
    )
