"""Question and history become a query: text to search, filters, the day it is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from langchain_core.messages import BaseMessage, convert_to_messages

from chatbot.values import Inputs, Query
from chatbot.wording import language_of, phrases
from vectorstore import Filters, InputError

LONGEST_QUESTION = 4_000
"""Characters of a question that are searched; the rest is cut off."""

MONTHS = "|".join(m[:3] for m in phrases("en")["months"])
DATE = rf"\d{{4}}-\d\d?-\d\d?|\d\d? (?:{MONTHS})[a-z]* \d{{4}}|(?:{MONTHS})[a-z]* \d\d?,? \d{{4}}"
AS_OF = re.compile(
    rf"(?:as of|as at|as known on|(?:was |were |is |been )?known (?:on|by|as of)) (?P<day>{DATE})",
    re.IGNORECASE,
)
AS_OF_KO = re.compile(r"(?P<y>\d{4})년 (?P<m>\d\d?)월 (?P<d>\d\d?)일 (?:기준|현재|당시|시점)")

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


def understand(inputs: Inputs | str) -> Query:
    """Read `{"question": …, "history": […], "today": date, "filters": Filters}`.

    Only the question is required; a plain string is one. History is any message list that
    LangChain accepts. Filters that are given win over what the question says. Raises
    InputError where something is not of its kind.
    """
    if isinstance(inputs, str):
        inputs = {"question": inputs}
    question = inputs.get("question")
    if not isinstance(question, str):
        raise InputError('the chain takes {"question": "…", "history": […]}')
    question = " ".join(question.split())[:LONGEST_QUESTION]
    today = inputs.get("today")
    return Query(
        question=question,
        text=_carried(question, _asked_before(inputs.get("history") or [])),
        filters=_filters(question, inputs.get("filters"), today),
        today=today or date.today(),  # noqa: DTZ011 (the asker's own day)
        language=language_of(question),
    )


def _asked_before(history: Sequence[Any]) -> list[str]:
    try:
        messages: list[BaseMessage] = convert_to_messages(list(history))
    except (ValueError, NotImplementedError, KeyError, TypeError) as error:
        raise InputError(
            'history is a list of messages like {"role": "user", "content": "…"}'
        ) from error
    return [str(m.text) for m in messages if m.type == "human"]


def _carried(question: str, before: Sequence[str]) -> str:
    """A follow-up behind the questions it leans on, the nearest said twice."""
    if not before:
        return question
    words = question.split()
    whole = ASKS.search(question) and len(words) >= SHORT
    if not POINTS_BACK.search(question) and (len(words) > SHORT or whole):
        return question
    return " ".join([*before[-EARLIER:], question, question])


def _filters(question: str, given: Filters | None, today: date | None) -> Filters:
    if given:
        return given
    said = AS_OF.search(question)
    if said and (day := _day(said["day"])):
        return Filters(as_of=day)
    if korean := AS_OF_KO.search(question):
        try:
            return Filters(as_of=date(int(korean["y"]), int(korean["m"]), int(korean["d"])))
        except ValueError:
            pass
    return Filters(as_of=today)


def _day(text: str) -> date | None:
    text = re.sub(rf"({MONTHS})[a-z]*", r"\1", text.replace(",", ""), flags=re.IGNORECASE)
    for form in ("%Y-%m-%d", "%d %b %Y", "%b %d %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None
