"""Query rewriting and expansion with the chat model's help.

The model restates a follow-up question and may give other wordings to search. Whatever goes
wrong, the question is read by rules alone, and the log says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, convert_to_messages

from chatbot.generative.failures import ModelFailed
from chatbot.generative.guardrails import HANGUL, is_refusal
from chatbot.generative.model_call import ModelCall
from chatbot.generative.prompts import prompt
from chatbot.generative.reply import THOUGHT
from chatbot.generative.sanitization import neutralize
from chatbot.generative.settings import ChatSettings
from chatbot.values import Inputs, Query, Usage
from vectorstore import Wording

log = logging.getLogger(__name__)

TURNS = 6
"""Messages before a question that it may lean on."""

TURN_CHARS = 600
"""Characters of each that the model sees."""

LONGEST = 400
"""Characters of a question or wording; a reply that is longer is no such thing."""

WORDINGS = 3
"""Other ways to search that "multi" asks for."""

TIMEOUT = 15.0
"""Seconds for one such call, before the answer itself has begun."""

QueryReader = Callable[[Inputs | str], Query]

_LABEL = re.compile(r"^(?:[-*•]\s*|\d+[.)]\s*|[\w ]{0,20}question\s*:\s*)+", re.IGNORECASE)


class ModelRewriting:
    """Reads a question as `read` does, with the chat model's help; it can take its place."""

    def __init__(self, read: QueryReader, model: BaseChatModel, settings: ChatSettings) -> None:
        self._read, self._model = read, model
        self._settings = replace(settings, timeout=min(settings.timeout, TIMEOUT))

    def __call__(self, inputs: Inputs | str) -> Query:
        """The query, its `usage` being what the model was used for; raises as `read` does."""
        query = self._read(inputs)
        given: Inputs = {"question": inputs} if isinstance(inputs, str) else inputs
        used: Usage | None = None
        if query.question and (history := list(given.get("history") or [])):
            whole, used = self.condensed(query.question, history)
            if whole and whole.casefold() != query.question.casefold():
                read = self._read({**given, "question": whole, "history": []})
                query = replace(read, question=query.question, language=query.language)
        if query.question and self._settings.expand:
            more, cost = self.wordings(query.text)
            offered = tuple(Wording(text) for text in more)
            query = replace(query, wordings=(*query.wordings, *offered))
            used = used + cost if used else cost
        return replace(query, usage=used)

    def condensed(self, question: str, history: Sequence[Any]) -> tuple[str, Usage]:
        """The question as it stands without the conversation, "" if there is none to be had."""
        turns = [
            f"{'Reader' if m.type == 'human' else 'Archive'}: {_short(str(m.text))}"
            for m in convert_to_messages(list(history))[-TURNS:]
            if m.type in {"human", "ai"}
        ]
        asks = prompt("condense.md", conversation="\n".join(turns), question=neutralize(question))
        reply, used = self._asked(asks)
        lines = [_line(line) for line in reply.splitlines() if line.strip()]
        whole = lines[0] if len(lines) == 1 else ""
        if not whole or bool(HANGUL.search(whole)) != bool(HANGUL.search(question)):
            log.info("the model did not restate the question; it is read by rules")
            return "", used
        return whole, used

    def wordings(self, question: str) -> tuple[tuple[str, ...], Usage]:
        """What else to search for: other wordings, or an article that might answer ("hyde")."""
        hyde = self._settings.expand == "hyde"
        name = "hyde.md" if hyde else "multi.md"
        values = {} if hyde else {"count": str(WORDINGS)}
        reply, used = self._asked(prompt(name, question=neutralize(question), **values))
        lines = [" ".join(reply.split())[:LONGEST]] if hyde else reply.splitlines()
        found = [line for raw in lines if (line := _line(raw))]
        return tuple(dict.fromkeys(found))[:WORDINGS], used

    def _asked(self, asks: str) -> tuple[str, Usage]:
        call = ModelCall(self._model, [HumanMessage(asks)], self._settings)
        try:
            reply = THOUGHT.sub("", call.text())
        except ModelFailed as failed:
            log.warning("the model did not help to read the question: %s", failed.kind)
            reply = ""
        return ("" if is_refusal(reply) else reply), call.usage


def _short(text: str) -> str:
    return " ".join(neutralize(text).split())[:TURN_CHARS]


def _line(text: str) -> str:
    """A line of a reply as something to search for; "" if it is none."""
    line = _LABEL.sub("", " ".join(neutralize(text).split()).strip('"“”* ')).strip('"“”* ')
    return line if len(line) <= LONGEST and "://" not in line else ""
