"""Follow-ups lean on the turns that matter, and on nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from chatbot.understanding.query import understand
from chatbot.understanding.rewriting import PARTICLES, depends_on_context, standalone_question
from chatbot.understanding.turns import Turn, turns_of

ORDERED = (Turn("What did Korean Air order from Boeing?", "103 aircraft, for $36 billion. [1]"),)
RATE = (Turn("In the July 31 order, what's Japan's adjusted rate?", "15%."),)


@pytest.mark.parametrize(
    ("question", "turns", "words"),
    [
        ("Which models are in it?", ORDERED, "Korean Air order Boeing"),
        ("How much is it worth?", ORDERED, "Korean Air Boeing"),
        ("When?", ORDERED, "Korean Air order Boeing"),
        ("And South Korea?", RATE, "South Korea July 31 order adjusted rate"),
        ("what about taiwan", RATE, "Taiwan July 31 order adjusted rate"),
        ("Taiwan?", (*RATE, Turn("and South Korea?", "15%")), "Taiwan order adjusted rate"),
        (
            "그럼 캄보디아는?",
            (Turn("7월 7일 서한에서 일본 관세율은?"),),
            "캄보디아 7월 7일 서한에서",
        ),
        ("Who signed the deal?", (Turn("What did Hanwha buy in Philadelphia?"),), "Hanwha"),
    ],
)
def test_a_follow_up_carries_what_it_leans_on(
    question: str, turns: tuple[Turn, ...], words: str
) -> None:
    read = standalone_question(question, turns)
    assert all(word in read.text for word in words.split()), read.text


def test_a_name_takes_the_place_of_its_like() -> None:
    read = standalone_question("and taiwan?", RATE)
    assert "Japan" not in read.text
    assert read.replaced == ("Japan",)


def test_a_correction_changes_the_date() -> None:
    turns = (Turn("What did the November fact sheet say about cars?", "15%"),)
    read = standalone_question("no, the July one", turns)
    assert "July" in read.text
    assert "fact sheet" in read.text
    assert "November" not in read.text


@pytest.mark.parametrize(
    "question",
    [
        "Which tariff did the July letter set for South Korean goods?",
        "How many docks will Hanwha Philly Shipyard build?",
        "Who discovered penicillin?",
        "한화는 필라델피아에 얼마를 투자하나요?",
    ],
)
def test_a_new_topic_carries_nothing(question: str) -> None:
    assert standalone_question(question, ORDERED).text == question
    assert standalone_question(question, ORDERED).carried == ()


def test_nothing_to_lean_on_is_no_error() -> None:
    assert standalone_question("And Japan?", ()).text == "And Japan?"
    assert depends_on_context("And Japan?")


def test_the_turn_before_the_last_topic_does_not_count() -> None:
    turns = (Turn("What did Kim Jong Un say in Pyongyang?"), *ORDERED)
    assert "Pyongyang" not in standalone_question("Which models are in it?", turns).text


def test_dates_are_not_carried_into_a_question_about_now() -> None:
    turns = (Turn("What tariff did the letter of July 2025 set for Korea?", "25%"),)
    read = understand(
        {"question": "So what is it these days?", "today": date(2026, 8, 1),
         "history": [{"role": "user", "content": turns[0].question}]}
    )  # fmt: skip
    assert "tariff" in read.text
    assert "2025" not in read.text
    assert read.periods == ()
    assert read.recency == "strong"


def test_a_period_is_carried_where_the_follow_up_names_none() -> None:
    history = [{"role": "user", "content": "What did Seoul promise in July 2025?"}]
    query = understand({"question": "And Japan?", "history": history, "today": date(2026, 1, 1)})
    assert query.periods == ((date(2025, 7, 1), date(2025, 7, 31)),)


def test_any_message_list_becomes_turns() -> None:
    said = [
        HumanMessage("One?"),
        AIMessage("Answer [1]."),
        AIMessage("More."),
        HumanMessage("Two?"),
    ]
    assert turns_of(said) == [Turn("One?", "Answer [1]. More."), Turn("Two?")]
    assert turns_of([{"role": "system", "content": "x"}, ("user", "One?")]) == [Turn("One?")]
    assert turns_of([]) == []


def test_two_conversations_never_mix() -> None:
    first = standalone_question("Which models are in it?", ORDERED)
    standalone_question("and taiwan?", RATE)
    assert standalone_question("Which models are in it?", ORDERED) == first


def test_a_row_of_particles_that_can_be_told_in_two_ways() -> None:
    # Each may be one particle or two: with the choice left open, 25 of them took a minute.
    assert PARTICLES.sub("", "한국" + "의 경우는" * 25) == "한국"
    assert PARTICLES.sub("", "의 경우는" * 25 + "x") == "의 경우는" * 25 + "x"
