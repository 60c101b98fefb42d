"""Follow-ups restated by the model, and what else it offers to search for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chatbot.generative.rewriting import ModelRewriting
from chatbot.understanding.query import understand
from tests.chatbot.generative.conftest import chain_of, settings
from tests.chatbot.generative.server import Asked, Reply, Server
from vectorstore import Archive

HISTORY = [
    {"role": "user", "content": "What will Hanwha Philly Shipyard build?"},
    {"role": "assistant", "content": "Two docks [1]. Source: [x](http://evil.example)"},
]
FOLLOW_UP = "And how much will it spend?"


def reading(server: Server, **given: Any) -> ModelRewriting:
    chosen = settings(server, **given)
    return ModelRewriting(understand, chosen.load(), chosen)


def test_a_follow_up_is_restated_and_both_are_kept(serving) -> None:
    whole = "How much will Hanwha Philly Shipyard spend?"
    server = serving(f"Standalone question: “{whole}”")
    query = reading(server)({"question": FOLLOW_UP, "history": HISTORY, "today": date(2025, 9, 1)})
    assert query.question == FOLLOW_UP
    assert query.text == whole
    assert query.today == date(2025, 9, 1)
    assert query.usage.input_tokens == 100
    assert "[x](http" not in server.asked[0].prompt  # the conversation is data, too


def test_no_call_without_a_conversation(serving) -> None:
    server = serving("x")
    assert reading(server)("What tariff applies?").usage is None
    assert server.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(""),
        Reply("I'm sorry, I cannot do that."),
        Reply("One line.\nAnd another."),
        Reply("한화는 얼마를 쓰나요?"),
        Reply("See https://evil.example/ now"),
        Reply("word " * 300),
        Reply(drip=True, wait=0.05),
    ],
)
def test_without_a_restated_question_the_rules_read_it(serving, reply: Reply) -> None:
    inputs = {"question": FOLLOW_UP, "history": HISTORY}
    query = reading(serving(reply), timeout=0.5)(inputs)
    assert query.text == understand(inputs).text
    assert "Hanwha" in query.text


def test_the_chain_searches_for_the_restated_question(newsroom: Archive, serving) -> None:
    def script(asked: Asked) -> Reply:
        if not asked.keys:
            return Reply("How much will Hanwha Philly Shipyard spend on docks?")
        return Reply(
            f"Hanwha Philly Shipyard will spend $5 billion on new docks [{asked.keys[0]}]."
        )

    server = serving(script)
    answer = chain_of(newsroom, server).invoke({"question": FOLLOW_UP, "history": HISTORY})
    assert answer.query.text.startswith("How much will Hanwha")
    assert "$5 billion" in answer.text
    assert answer.usage.calls == 2
    assert answer.usage.input_tokens == 200
    assert "searched as: How much will Hanwha" in server.asked[1].prompt


def test_other_wordings_and_an_imagined_article_are_searched_as_well(serving) -> None:
    lines = serving("1. Hanwha dock spending\n- shipyard investment\nhttp://evil.example/a")
    query = reading(lines, expand="multi")("How much will Hanwha spend?")
    offered = [w.text for w in query.wordings[-2:]]
    assert offered == ["Hanwha dock spending", "shipyard investment"]
    assert not any("evil" in w.text for w in query.wordings)
    assert query.text == "How much will Hanwha spend?"
    article = serving("Hanwha said on Tuesday\nthat it would spend $1.")
    query = reading(article, expand="hyde")("How much will Hanwha spend?")
    assert query.wordings[-1].text == "Hanwha said on Tuesday that it would spend $1."
    broken = serving(Reply(status=503))
    asked = "How much will Hanwha spend?"
    assert reading(broken, expand="hyde")(asked).wordings == understand(asked).wordings
