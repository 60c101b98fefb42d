from __future__ import annotations

import pytest

from chatbot import kinds_of

ASKED = {
    "latest": (
        "What's the latest on the shipbuilding talks?",
        "Any news from Seoul?",
        "Where do the talks stand?",
        "What is new with the chip duties?",
        "관세 협상 최신 소식 알려줘",
    ),
    "what happened": (
        "What happened at the summit?",
        "Give me a timeline of the car tariff.",
        "How did the visa row unfold?",
        "정상회담에서 무슨 일이 있었나요?",
    ),
    "how much": (
        "How much will Seoul invest?",
        "how many docks are planned",
        "What tariff rate do cars pay?",
        "And at what percentage?",
        "How much steeper are Seoul's duties?",
        "What is the quota for cars?",
        "투자 규모는 얼마인가요?",
        "관세는 몇 퍼센트야?",
    ),
    "when": (
        "When did they sign it?",
        "From what date does it apply?",
        "On which weekday did he leave?",
        "And since when?",
        "언제 서명했나요?",
        "몇 월에 발효되나요?",
    ),
    "why": (
        "Why did the talks fail?",
        "What was the reason for the delay?",
        "What prompted the raid?",
        "왜 연기됐나요?",
    ),
    "compare": (
        "How does Japan's deal differ from Korea's?",
        "Compare the July and November versions.",
        "Which is higher, the duty on cars or on steel?",
        "How did the tariff change between July and August?",
        "일본과 한국의 차이는?",
    ),
    "list": (
        "List the companies in the delegation.",
        "Which models were ordered?",
        "Name the two envoys.",
        "Who else was there?",
        "참석자 명단 알려줘",
    ),
    "who": (
        "Who led the delegation?",
        "By whom was it signed?",
        "Which minister will fly out?",
        "which company owns the yard",
        "누가 서명했나요?",
    ),
    "where": (
        "Where will the plant be built?",
        "Which country will build the cutters?",
        "In which Georgia town is the plant?",
        "공장은 어디에 있나요?",
    ),
    "yes or no": (
        "Did Seoul agree to it?",
        "And weren't those struck down?",
        "Is there a swap line?",
        "합의했나요?",
    ),
    "how": ("How will it be enforced?", "어떻게 집행되나요?"),
    "what": ("And Taiwan?", "What did the ministry say?", "그럼 일본은?"),
}


@pytest.mark.parametrize(("kind", "question"), [(k, q) for k, qs in ASKED.items() for q in qs])
def test_what_a_question_asks_for(kind: str, question: str) -> None:
    assert kinds_of(question)[0] == kind


@pytest.mark.parametrize("question", ["", " ", "?", "😀", "\x00", "a" * 4000, "which " * 600])
def test_odd_questions_have_a_kind(question: str) -> None:
    assert kinds_of(question)


def test_a_question_of_two_kinds_has_both() -> None:
    assert kinds_of("Who signed it, and when?") == ("when", "who")
    assert set(kinds_of("Which proclamation put it into effect, and why?")) >= {"why"}


@pytest.mark.parametrize(
    "question",
    [
        "조지아 공장에서 체포된 한국인은 몇 명인가요?",
        "대법원은 관세에 대해 뭐라고 판결했나요?",
        "누가 서명했나요?",
    ],
)
def test_a_korean_question_with_an_asking_word_is_no_yes_or_no_question(question: str) -> None:
    assert "yes or no" not in kinds_of(question)
