"""Misspelt words of a question, read as the archive's own texts spell them."""

from __future__ import annotations

import re

from chatbot.language.phrases import phrases
from chatbot.understanding.generic_terms import topical
from vectorstore import Archive
from vectorstore.index.analyzer import STOP_WORDS

WORD = re.compile(r"[^\W\d_]+")

MOST = 4
"""Words of a question that are read as others; with more it is in another language."""

Respelt = tuple[tuple[str, str], ...]


def respelt(question: str, archive: Archive) -> tuple[str, Respelt]:
    """The question with words that no text has as near ones that some have; which they are.

    A word keeps its capitals. Words that only say what is wanted ("summarize") stay, and so do
    common words that the archive happens not to have, and short ones; see `Archive.respelt`.
    """
    words = dict.fromkeys(WORD.findall(topical(question)))
    near = archive.respelt(w for w in words if w.isascii() and w.lower() not in STOP_WORDS)
    found = {word: _cased(word, meant) for word, meant in near.items()}
    if not 0 < len(found) <= MOST:
        return question, ()
    read = WORD.sub(lambda m: found.get(m.group(), m.group()), question)
    return read, tuple(found.items())


def told(slips: Respelt, language: str) -> list[str]:
    """What was read as something else, in sentences for the reader."""
    said = phrases(language)["notes"]["respelt"]
    return [said.format(typed=typed, read=read) for typed, read in slips]


def _cased(word: str, near: str) -> str:
    if word.isupper():
        return near.upper()
    return near.capitalize() if word[0].isupper() else near
