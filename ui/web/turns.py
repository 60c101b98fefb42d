"""The turns of a conversation as values: each a question, its answer, and what is kept of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from chatbot import Answer, Message
from ui.web.events import Event

Progress = Literal["asking", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and what came of it.

    `note` is ours (too long, stopped, failed). `shown` and `cards` are the HTML of a turn
    that is finished. `asked` and `message` are the ids of the question and the answer in the
    store, 0 if they are not kept; `said` is the reader's feedback on the answer; `unread`
    names what was not to be read in the question.
    """

    number: int
    question: str
    answer: Answer = field(default_factory=Answer)
    progress: Progress = "asking"
    note: str = ""
    asked: int = 0
    message: int = 0
    said: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    shown: str = field(default="", repr=False)
    cards: str = field(default="", repr=False)


Turns = tuple[Turn, ...]


def history(turns: Sequence[Turn]) -> list[Message]:
    """The turns that were answered, as the chain takes them."""
    messages: list[Message] = []
    for turn in turns:
        if turn.answer.text:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer.text})
    return messages
