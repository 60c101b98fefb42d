"""What a question is candidate by."""

from __future__ import annotations

from datetime import date

import pytest

from chatbot.language.aliases import alias_terms
from chatbot.understanding.temporal_intent import without_dates

DAY = date(2025, 8, 20)


@pytest.mark.parametrize(
    ("question", "own", "other"),
    [
        ("What does Seoul spend on defence?", {"seoul"}, {"republ", "of", "korea"}),
        ("Which goods does Korea sell?", {"korea"}, {"seoul"}),
        ("When did North Korea test it?", {"north", "korea"}, {"pyongyang"}),
    ],
)
def test_other_names_of_what_is_named(question: str, own: set[str], other: set[str]) -> None:
    [(found, others)] = alias_terms(question)
    assert found == own
    assert other in others


def test_names_in_two_languages_are_both_equal_to_the_others() -> None:
    found = {tuple(own): others for own, others in alias_terms("한국 Korea investment")}
    assert found.keys() == {("한국",), ("korea",)}
    assert all({"seoul"} in others for others in found.values())


def test_dates_are_left_out_and_nothing_else() -> None:
    asked = "What was known about the car tariff as of 20 August 2025?"
    assert (
        without_dates(asked, DAY).split() == "What was known about the car tariff as of ?".split()
    )
