from __future__ import annotations

from datetime import date

import pytest

from chatbot.answering.excerpts import answer_clause, excerpt
from chatbot.reading.type_matching import best_answer_span, type_match
from chatbot.understanding.answer_types import kinds_of
from chatbot.values import Query
from vectorstore import Filters

BODY = (
    "Han Duck-soo met reporters on Tuesday. He said that the talks would be hard.\n\n"
    "He also thanked the staff.\n\n"
    "“We will open the door. We will strengthen the alliance,” said Choi Sang-mok.\n\n"
    "Estonian Prime Minister Kristen Michal: “It is a historic moment. We strongly support it.”\n\n"
    "MS. LEAVITT: Good morning.\n\nFifty million went out of the door.\n\nMS. LEAVITT: Thank you."
)


def texts(sentence: str) -> tuple[list[str], str]:
    start = BODY.index(sentence)
    found = excerpt(BODY, (start, start + len(sentence)))
    return [BODY[a:b] for a, b in found.spans], found.speaker


@pytest.mark.parametrize(
    ("sentence", "quotes", "speaker"),
    [
        ("Han Duck-soo met reporters on Tuesday.", ["Han Duck-soo met reporters on Tuesday."], ""),
        (
            "He said that the talks would be hard.",
            ["Han Duck-soo met reporters on Tuesday. He said that the talks would be hard."],
            "",
        ),
        (
            "He also thanked the staff.",
            ["He said that the talks would be hard.", "He also thanked the staff."],
            "",
        ),
        (
            "“We will open the door.",
            ["“We will open the door. We will strengthen the alliance,” said Choi Sang-mok."],
            "",
        ),
        (
            "We strongly support it.”",
            ["Estonian Prime Minister Kristen Michal: “It is a historic moment. We strongly"
             " support it.”"],
            "",
        ),
        ("Fifty million went out of the door.", ["Fifty million went out of the door."],
         "MS. LEAVITT"),
    ],
)  # fmt: skip
def test_a_quote_stands_on_its_own(sentence: str, quotes: list[str], speaker: str) -> None:
    assert texts(sentence) == (quotes, speaker)


def query(question: str) -> Query:
    return Query(
        question=question,
        text=question,
        filters=Filters(),
        today=date(2026, 11, 24),
        language="en",
        kinds=kinds_of(question),
    )


@pytest.mark.parametrize(
    ("question", "sentence", "offer"),
    [
        ("What tariff will Korean goods pay?", "Korean goods will pay 15 percent.", "15 percent"),
        ("How much will Seoul invest?", "Seoul will invest $350 billion in 2025.", "$350 billion"),
        (
            "How long did the summit last?",
            "The two talked for two hours and 20 minutes.",
            "two hours and 20 minutes",
        ),
        ("When was it signed?", "It was signed on 31 July 2025.", "31 July 2025"),
        ("Who signed it?", "Lee signed 3 papers on 31 July 2025.", None),
        ("How many tanks did Poland buy?", "Poland bought 300 tanks, mostly used.", "300"),
        ("How many F-35s did Poland buy?", "Poland bought 300 tanks, enabling Poland.", None),
        ("How many F-35s did Poland buy?", "Poland bought 48 F-35s.", "48"),
        ("한국인 몇 명이 체포됐나요?", "대상자는 네 명뿐이었고 한국인은 없었다.", "네 명"),
        ("선박 몇 척을 짓나요?", "조선소는 선박 12척을 짓는다.", "12척"),
        ("When did the 25% tariff begin?", "It was 15% from 16 May 2025.", None),
        ("When did the 25% tariff begin?", "It was 25% from 3 April 2025.", "3 April 2025"),
        ("When do the 10 ships leave?", "The ships leave on 3 April 2025.", "3 April 2025"),
        ("How many goods did Section 232 hit?", "Section 232 goods: (1) goods of steel.", None),
    ],
)
def test_the_amount_or_date_that_is_asked_for(
    question: str, sentence: str, offer: str | None
) -> None:
    found = best_answer_span(query(question), sentence)
    assert (found.text if found else None) == offer


def test_a_sentence_with_what_is_asked_for_fits_better() -> None:
    asked = query("How much will Seoul invest?")
    assert type_match(asked, "Seoul will invest $350 billion.") > type_match(
        asked, "Seoul will invest in ships."
    )
    assert type_match(asked, "Seoul will invest $350 billion.") > type_match(
        asked, "Seoul invests for 10 years."
    )


@pytest.mark.parametrize(
    ("question", "sentence", "lead"),
    [
        (
            "When was the summit?",
            "The office said on 31 July that the tariff would fall, but after the summit of 25 "
            "August no date was given.",
            "25 August",
        ),
        (
            "When did the Gyeongju summit take place?",
            "The office said on 31 July that the tariff would fall, but no date was given at the "
            "Gyeongju summit in October.",
            "",
        ),
        (
            "What is the tariff on Japanese cars?",
            "The tariff on Japanese cars is 15%, down from 27.5%.",
            "15%",
        ),
        (
            "What was the tariff on Japanese cars before?",
            "The tariff on Japanese cars is 15%, down from 27.5%.",
            "27.5%",
        ),
        (
            "How much will Japan invest?",
            "He gave the investment of Japan as $650 billion, although Tokyo agreed to $550 "
            "billion.",
            "",
        ),
        (
            "How big is the park now?",
            "The order reduces the park from approximately 1.36 million acres to 121,100 acres.",
            "121,100",
        ),
    ],
)
def test_what_stands_in_bold_is_what_was_asked_for(question: str, sentence: str, lead: str) -> None:
    offer = best_answer_span(query(question), sentence)
    assert (offer.text if offer else "") == lead


LEGAL = (
    "Pursuant to section 232 and to the agreement of July, the duty on cars and on parts of cars "
    "from Japan shall be 15 percent ad valorem for all goods entered on or after 7 August 2025; "
    "{tail} the Secretary shall publish a notice in the Federal Register that modifies the "
    "schedule of duties so as to give effect to this order within seven days of this date."
)


@pytest.mark.parametrize(
    ("tail", "cut"),
    [("and", True), ("and, unless a court decides otherwise,", False), ("but", False)],
)
def test_a_long_sentence_is_cut_to_its_clause_unless_what_goes_limits_it(tail, cut):
    body = LEGAL.format(tail=tail)
    at = body.index("15 percent")
    start, end = answer_clause(body, (0, len(body)), (at, at + 10))
    assert (start, body[start:end].endswith("7 August 2025")) == (0, cut)


def test_a_clause_keeps_what_answers_wherever_it_stands():
    body = LEGAL.format(tail="and")
    at = body.index("within seven days")
    start, end = answer_clause(body, (0, len(body)), (at, at + 17))
    assert end == len(body)
    assert body[start:].startswith("the Secretary")


def test_a_sentence_of_usual_length_is_quoted_whole():
    body = "The duty on cars is 15 percent; the Secretary shall publish a notice of it."
    assert answer_clause(body, (0, len(body)), (23, 33)) == (0, len(body))
