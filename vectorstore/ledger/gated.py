"""Texts of which only a part was to be had: which of two says more of the same article."""

from __future__ import annotations

import re

SHARED = 0.6
"""Share of a part's words that the fuller text has, at least; the rest may have been corrected
since, or be the page's own furniture."""

_WORD = re.compile(r"\w+")


def fuller(held: str, part: str) -> bool:
    """Whether a text that is held is longer than a part of it that came later, and of the same
    article: then the part has nothing to add."""
    if len(held) <= len(part):
        return False
    words = set(_WORD.findall(part.lower()))
    return len(words & set(_WORD.findall(held.lower()))) >= SHARED * len(words)
