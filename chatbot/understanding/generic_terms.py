"""Generic terms: words of a question that name no topic ("what happened", "tell me more").

The patterns are data in `lexicon/generic_terms.toml`. A question that has nothing but such words
and a period asks for a digest of that period.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from chatbot.understanding.temporal_intent import asks_for_now, periods, without_dates
from chatbot.values import Kind
from vectorstore import question_terms

WANTED = frozenset[Kind](("what happened", "latest", "list", "what"))
"""Kinds of questions that a digest may answer."""


@cache
def _generic() -> Mapping[str, re.Pattern[str]]:
    table = tomllib.loads((files("chatbot") / "lexicon" / "generic_terms.toml").read_text("utf-8"))
    return {lang: re.compile(table[lang], re.IGNORECASE) for lang in ("en", "ko")}


def asks_for_digest(
    question: str, kinds: Sequence[Kind], today: date, outlets: Iterable[str] = ()
) -> bool:
    """Whether a question names a time, and has no words but that and those of asking and of
    outlets: "What happened in July 2025?", "What's new?"."""
    timed = "latest" in kinds or asks_for_now(question) or periods(question, today)
    if not ({*kinds} & WANTED and timed):
        return False
    rest = without_dates(question, today)
    for outlet in outlets:
        rest = re.sub(re.escape(outlet), " ", rest, flags=re.IGNORECASE)
    return not [t for t in question_terms(without_generic_terms(rest)) if len(t) > 1]


def without_generic_terms(text: str) -> str:
    """A question without the words that name no topic."""
    for pattern in _generic().values():
        text = pattern.sub(" ", text)
    return text
