"""Question and history become a query: text to search, filters, the day it is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from langchain_core.messages import BaseMessage, convert_to_messages

from chatbot.events import ArchiveEvents, Events
from chatbot.kinds import kinds_of
from chatbot.values import Inputs, Query
from chatbot.when import recency_of, said_as_of, said_of_time
from chatbot.wording import language_of
from vectorstore import Archive, Filters, InputError

T = TypeVar("T")

LONGEST_QUESTION = 4_000
"""Characters of a question that are searched; the rest is cut off."""

POINTS_BACK = re.compile(
    r"^(?:and|but|so|then|or|what about|how about)\b|^(?:그럼|그러면|그리고|그런데|그래서)"
    r"|\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|then"
    r"|the same|which one|former|latter)\b|그것|그건|이것|그는|그녀|거기",
    re.IGNORECASE,
)
SHORT = 3
"""A question of this many words or fewer leans on what was said before it, unless it
asks a whole question of its own ("Who discovered penicillin?")."""

ASKS = re.compile(r"^(?:who|what|when|where|why|how|which|whose)\b", re.IGNORECASE)

EARLIER = 3
"""Earlier questions that a follow-up carries along."""


def understand(inputs: Inputs | str, archive: Archive | None = None) -> Query:
    """Read `{"question": …, "history": […], "today": date, "filters": Filters}`.

    Only the question is required; a plain string is one. History is any message list that
    LangChain accepts. Nothing published after `today`, after the filters' `as_of`, or after
    a day that the question names as such ("as of 3 March") is seen: the earliest counts.
    With an archive, events are looked up in it ("since the election"). Raises InputError
    where something is not of its kind.
    """
    if isinstance(inputs, str):
        inputs = {"question": inputs}
    if not isinstance(inputs, dict) or not isinstance(inputs.get("question"), str):
        raise InputError('the chain takes {"question": "…", "history": […]}')
    today, filters = _given(inputs, "today", date), _given(inputs, "filters", Filters)
    question = " ".join(inputs["question"].split())[:LONGEST_QUESTION]
    leant_on = _leant_on(question, _asked_before(inputs.get("history") or []))
    if isinstance(today, datetime):
        today = today.date()
    day = today or date.today()  # noqa: DTZ011 (the asker's own day)
    limits = filters or Filters()
    if today:
        limits = replace(limits, as_of=min(today, limits.as_of or today))
    events = ArchiveEvents(archive, limits) if archive else None
    named = [s.period for s in said_of_time(question, day, events=events)]
    asked = [question, *reversed(leant_on)]
    return Query(
        question=question,
        text=" ".join([*leant_on, question, question] if leant_on else [question]),
        filters=_filters(asked, limits, day, events),
        today=day,
        language=language_of(question),
        kinds=kinds_of(question),
        recency=recency_of(question, named),
        periods=tuple(named),
    )


def _given(inputs: Inputs, name: str, kind: type[T]) -> T | None:
    value = inputs.get(name)
    if value is not None and not isinstance(value, kind):
        raise InputError(f"{name} is a {kind.__name__}, not {value!r}")
    return value


def _asked_before(history: Sequence[Any]) -> list[str]:
    try:
        messages: list[BaseMessage] = convert_to_messages(list(history))
    except (ValueError, NotImplementedError, KeyError, TypeError) as error:
        raise InputError(
            'history is a list of messages like {"role": "user", "content": "…"}'
        ) from error
    return [str(m.text) for m in messages if m.type == "human"]


def _leant_on(question: str, before: Sequence[str]) -> list[str]:
    """The earlier questions that a follow-up carries along; none for a whole question."""
    words = question.split()
    whole = ASKS.search(question) and len(words) >= SHORT
    if not POINTS_BACK.search(question) and (len(words) > SHORT or whole):
        return []
    return list(before[-EARLIER:])


def _filters(asked: Sequence[str], given: Filters, day: date, events: Events | None) -> Filters:
    """The given filters, as of the earliest of what was given and said."""
    said = next((d for text in asked if (d := said_as_of(text, day, events))), None)
    known = [d for d in (given.as_of, said) if d]
    return replace(given, as_of=min(known, default=None))
