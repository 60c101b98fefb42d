"""Spelling correction of a question against the vocabulary of the archive."""

from __future__ import annotations

import re

from chatbot.language.phrases import phrases
from chatbot.understanding.generic_terms import without_generic_terms
from vectorstore import Archive
from vectorstore.index.analyzer import STOP_WORDS

WORD = re.compile(r"[^\W\d_]+")

MOST_CORRECTIONS = 4
"""Words of a question that are read as others; with more it is in another language."""

Corrections = tuple[tuple[str, str], ...]


def correct_spelling(question: str, archive: Archive) -> tuple[str, Corrections]:
    """The question with misspelt words corrected, and the pairs of (typed, corrected) words.

    A word is corrected if no article has it and some have one near to it (`Archive.respelt`). It
    keeps its capitals. Short words, stop words and generic terms stay as they are.
    """
    words = dict.fromkeys(WORD.findall(without_generic_terms(question)))
    near = archive.respelt(w for w in words if w.isascii() and w.lower() not in STOP_WORDS)
    found = {word: _match_case(word, meant) for word, meant in near.items()}
    if not 0 < len(found) <= MOST_CORRECTIONS:
        return question, ()
    read = WORD.sub(lambda m: found.get(m.group(), m.group()), question)
    return read, tuple(found.items())


def correction_notes(slips: Corrections, language: str) -> list[str]:
    """Sentences for the reader, one for each word that was corrected."""
    texts = phrases(language)["notes"]["respelt"]
    return [texts.format(typed=typed, read=read) for typed, read in slips]


def _match_case(word: str, near: str) -> str:
    if word.isupper():
        return near.upper()
    return near.capitalize() if word[0].isupper() else near
