"""An office holder is the name beside the office."""

from __future__ import annotations

import pytest

from chatbot.reading.office_holders import holders, requested_office


@pytest.mark.parametrize(
    ("question", "office"),
    [
        ("Who is Korea's trade minister?", "Korea's trade minister"),
        ("Who was the Secretary of Commerce?", "the Secretary of Commerce"),
        ("Who is Howard Lutnick?", ""),
        ("Who was nominated to be ambassador in Seoul?", ""),
        ("What did the trade minister say?", ""),
    ],
)
def test_the_office_that_is_asked_for(question: str, office: str) -> None:
    assert requested_office(question) == office


@pytest.mark.parametrize(
    ("office", "text", "name"),
    [
        (
            "Korea's trade minister",
            "Industry Minister Kim Jung-kwan and Trade Minister Yeo Han-koo met Howard Lutnick.",
            "Yeo Han-koo",
        ),
        (
            "the Secretary of Commerce",
            "Assistant Secretary of Commerce David Fogel sat beside Commerce Secretary Howard "
            "Lutnick and Secretary of State Marco Rubio.",
            "Howard Lutnick",
        ),
        ("the Secretary of Commerce", "Howard Lutnick, the Secretary of Commerce, agreed.",
         "Howard Lutnick"),
        (
            "the Secretary of Health and Human Services",
            "Secretary of Health and Human Services Robert F. Kennedy, Jr. said no.",
            "Robert F. Kennedy, Jr.",
        ),
        ("the head of the EPA", "Lee Zeldin is the head of the EPA.", "Lee Zeldin"),
        ("the Secretary of Labor", "MEMORANDUM FOR THE SECRETARY OF LABOR THE SECRETARY OF WAR",
         ""),
    ],
)  # fmt: skip
def test_its_holder(office: str, text: str, name: str) -> None:
    held = [text[h.start : h.end] for h, score in holders(office, text) if score >= 0.9]
    assert held == ([name] if name else [])
