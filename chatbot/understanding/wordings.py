"""Query expansion: the text that is searched, and the other wordings that are searched beside it.

Wordings are synonyms, and for a Korean question English words, or the other way round; each has a
weight beside the text's own, which is 1.
"""

from __future__ import annotations

import re

from chatbot.language.phrases import language_of
from chatbot.language.synonyms import expansions, lexical_wording
from chatbot.understanding.decomposition import content_words
from chatbot.understanding.translation import translate_to_english, translate_to_korean
from chatbot.values import Kind
from vectorstore import Wording

EVENT_WORDS = re.compile(
    r"\bwhat (?:has |had |have |all )*(?:happen(?:ed|s)|occurred|went on|took place|transpired)\b",
    re.IGNORECASE,
)
"""What a question may begin with that no article about it says."""

ORIGINAL, FURTHER, KOREAN = 1.0, 0.3, 0.5
"""Weights of a Korean question's own words, of the glossary's further English words, and of
Korean words for an English question; the searched text has 1."""


def without_event_words(text: str, kinds: tuple[Kind, ...]) -> str:
    """A question without "what happened", which says nothing of what it was."""
    if kinds[0] != "what happened":
        return text
    rest = " ".join(EVENT_WORDS.sub(" ", text).split()).strip("?! ")
    return rest if content_words(rest) else text


def search_text(
    text: str, kinds: tuple[Kind, ...], meaning: bool
) -> tuple[str, tuple[Wording, ...]]:
    """What is searched, and the words that are searched beside it.

    A Korean question is searched by its own words, and by its English ones: those for their
    `meaning`, too, where the embedding model reads English only.
    """
    if language_of(text) != "ko":
        return text, (*expansions(text), *lexical_wording(translate_to_korean(text), KOREAN))
    english, further = translate_to_english(text, kinds)
    if not english:
        return text, ()
    return text, (
        Wording(english, ORIGINAL, meaning),
        *expansions(english),
        *lexical_wording(further, FURTHER),
    )
