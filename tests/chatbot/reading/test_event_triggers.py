"""An event that is asked about must be told."""

from __future__ import annotations

import pytest

from chatbot.reading.event_triggers import lacks_event_trigger


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Why did the president veto the bill?", "The president signed the bill into law.", True),
        ("Why did the president veto the bill?", "Congress lacked votes against the veto.", False),
        ("When did Kim resign as minister?", "Minister Kim opened the talks on Monday.", True),
        ("When did Kim resign as minister?", "Kim stepped down on Monday.", False),
        ("When did Kim resign?", "Two departments and Kim are not quite there.", True),
        ("How many people died?", "The regulated deadline needs more skill.", True),
        ("Why did Trump fire Kim?", "The wildfire was put out.", True),
        ("When did the agency approve the fire grant?", "The agency agreed on Monday.", False),
        ("Who won the election?", "Lee was elected with 49 percent.", False),
        ("What is the tariff on cars?", "It is 15 percent.", False),
        ("How many people died and were injured?", "Nine people were killed.", True),
    ],
)
def test_whether_an_event_is_told(question: str, text: str, expected: bool) -> None:
    assert lacks_event_trigger(question, [text]) is expected
