"""Event triggers: a question why somebody was fired is not answered by his appointment.

An article that tells of such an event has a trigger word for it ("fired", "ousted"). If none of
the best candidates has one, the archive does not tell of the event, however near the names
come. The words are data in `lexicon/event_triggers.tsv`; other events are left to
`answerability`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from chatbot.language.synonyms import lexicon_lines


@cache
def _triggers() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = (line.split("\t") for line in lexicon_lines("event_triggers.tsv"))
    return tuple((_starting(rf"(?:{question})\b"), _starting(text)) for question, text in rows)


def _starting(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives})", re.IGNORECASE)


def lacks_event_trigger(question: str, texts: Iterable[str]) -> bool:
    """Whether a question is about an event for which none of the texts has a trigger word."""
    wanted = [trigger for asks, trigger in _triggers() if asks.search(question)]
    read = list(texts) if wanted else []
    return any(not any(trigger.search(text) for text in read) for trigger in wanted)
