"""A message list of any kind that LangChain accepts, as turns of question and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage, convert_to_messages

from vectorstore import InputError

LONGEST_TURN = 4_000
"""Characters of a turn that are read."""

MOST_TURNS = 20
"""Turns that are read, the last ones."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and the text of its answer, "" where there was none."""

    question: str
    answer: str = ""


def turns_of(history: Sequence[Any]) -> list[Turn]:
    """The turns of any message list that LangChain accepts; the last MOST_TURNS of them.

    Each user's message begins a turn; system and tool messages are left out. Raises InputError for
    something else.
    """
    try:
        messages: list[BaseMessage] = convert_to_messages(list(history))
    except (ValueError, NotImplementedError, KeyError, TypeError) as error:
        raise InputError(
            'history is a list of messages like {"role": "user", "content": "…"}'
        ) from error
    turns: list[Turn] = []
    for message in messages:
        text = " ".join(str(message.text).split())[:LONGEST_TURN]
        if message.type == "human" and text:
            turns.append(Turn(text))
        elif message.type == "ai" and turns:
            turns[-1] = Turn(turns[-1].question, f"{turns[-1].answer} {text}".strip())
    return turns[-MOST_TURNS:]
