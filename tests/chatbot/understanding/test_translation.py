from __future__ import annotations

import pytest

from chatbot.understanding.query import understand
from chatbot.understanding.translation import glossary, translate_to_english, translate_to_korean


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("자동차관세는 몇 퍼센트로 내려가나요?", "cars tariff percent"),
        ("2025년 7월 31일 행정명령은?", "31 July 2025 executive order"),
        ("한국이 약속한 투자액은 3,500억 달러인가요?", "Korea pledge 350 billion dollar"),
        ("1조 5000억 원 규모의 펀드", "1.5 trillion won fund"),
        ("한미 FTA 개정", "Korea US FTA revision"),
        ("조선업 협력", "shipbuilding cooperation"),
    ],
)
def test_korean_words_in_english(question: str, words: str) -> None:
    english, _ = translate_to_english(question)
    assert set(words.split()) <= set(english.split())


def test_further_english_words_are_kept_apart() -> None:
    english, further = translate_to_english("상호관세 인하")
    assert english == "reciprocal tariff cut"
    assert {"lower", "reduction"} <= set(further)


def test_english_words_in_korean() -> None:
    assert {"조선소", "상호관세"} <= set(
        translate_to_korean("shipyards under the reciprocal tariff")
    )
    assert translate_to_korean("Who wrote it?") == ()


def test_a_korean_question_is_searched_by_its_english_and_its_own_words() -> None:
    query = understand("자동차 관세는 몇 퍼센트로 내려가나요?")
    assert query.language == "ko"
    assert query.text == query.question
    assert {"cars", "tariff"} <= set(query.readings[1].split())


def test_the_glossary_is_well_formed() -> None:
    words = glossary()
    assert len(words) > 500
    assert all(english and all(e.isascii() or "é" in e or "ü" in e for e in english)
               for english in words.values())  # fmt: skip


@pytest.mark.parametrize(
    ("question", "words", "never"),
    [
        ("브라질 301조 조사는?", "Section 301 investigation", "trillion"),
        ("301조 원 규모", "301 trillion won", "Section"),
        ("베네수엘라 TPS는 언제 끝났나?", "Venezuela TPS", "TPS는"),
        ("물가가 내려가나요?", "prices", "Ghana"),
        ("미셸은 누구인가?", "", "US"),
    ],
)
def test_korean_words_are_not_taken_for_others(question: str, words: str, never: str) -> None:
    english = translate_to_english(question)[0].split()
    assert set(words.split()) <= set(english)
    assert never not in english
