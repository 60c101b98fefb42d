"""Misspelt words of a question, read as the archive's own texts spell them."""

from __future__ import annotations

import re

from vectorstore import Archive
from vectorstore.analyzer import STOP_WORDS

WORD = re.compile(r"[^\W\d_]+")

MOST = 4
"""Words of a question that are read as others; with more it is in another language."""

Respelt = tuple[tuple[str, str], ...]


def respelt(question: str, archive: Archive) -> tuple[str, Respelt]:
    """The question with words that no text has as near ones that some have; which they are.

    A word keeps its capitals. Common words that the archive happens not to have stay, and so
    do short ones; see `Archive.respelt`.
    """
    found: dict[str, str] = {}
    for word in dict.fromkeys(WORD.findall(question)):
        if word.isascii() and word.lower() not in STOP_WORDS and (near := archive.respelt(word)):
            found[word] = near.upper() if word.isupper() else _cased(word, near)
    if not 0 < len(found) <= MOST:
        return question, ()
    read = WORD.sub(lambda m: found.get(m.group(), m.group()), question)
    return read, tuple(found.items())


def _cased(word: str, near: str) -> str:
    return near.capitalize() if word[0].isupper() else near
