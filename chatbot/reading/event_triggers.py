"""Deeds that decide: a question why somebody was fired is not answered by his appointment.

An article that tells of such a deed has a word for it. Where none of the sentences that fit a
question best stands near one, what is asked for is not told, however near the names come. The
words are in lexicon/event_triggers.tsv; others than these are left to what `answerability` has learnt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from chatbot.language.synonyms import lexicon_lines


@cache
def _triggers() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = (line.split("\t") for line in lexicon_lines("event_triggers.tsv"))
    return tuple((_starting(rf"(?:{asked})\b"), _starting(told)) for asked, told in rows)


def _starting(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives})", re.IGNORECASE)


def lacks_event_trigger(question: str, texts: Iterable[str]) -> bool:
    """Whether a question is about a deed that none of the texts has a word for."""
    wanted = [told for asked, told in _triggers() if asked.search(question)]
    read = list(texts) if wanted else []
    return any(not any(told.search(text) for text in read) for told in wanted)
