"""The words of an archive's texts, to match what a question misspells.

The lexical index holds stems; beside it stands a file of the words as they are written, with
how many passages had each. It is a help and no truth: words of replaced texts stay in it, and
without it the stems do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vectorstore.index.analyzer import TOKEN, folded

SHORTEST = 4
"""Letters of a word that may be misspelt; shorter ones have too many neighbours."""

MIDDLE = 6
"""Letters from which a letter may have become another, or come in."""

LONG = 8
"""Letters from which two slips are looked for; in a shorter word one."""

SURE = 2
"""Passages that a word must be in to be taken for one with two slips."""


def words(text: str) -> list[str]:
    """The words of a text in small letters and without accents, each once; Latin script only."""
    found = (folded(m.group()) for m in TOKEN.finditer(text) if m.lastgroup == "word")
    return list(dict.fromkeys(w for w in found if len(w) >= SHORTEST and w.isalpha()))


class Vocabulary:
    """Words, or terms, with the number of passages that have each in `counts`."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = Counter(dict(counts))
        self._by_letter: dict[str, list[str]] = {}
        for word in (w for w in counts if len(w) >= SHORTEST):
            self._by_letter.setdefault(word[:1], []).append(word)

    def nearest(self, word: str) -> str:
        """The word that a misspelt one is most likely meant to be; "" if none is near.

        A slip is a letter too many, too few, another, or two that changed places (optimal
        string alignment). The first letter stands, unless it changed places with the second.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        word = folded(word)
        if len(word) < SHORTEST:
            return ""
        slips = 2 if len(word) >= LONG else 1
        near = [w for c in dict.fromkeys(word[:2]) for w in self._by_letter.get(c, ())]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=slips, limit=None)
        fit = [
            (away, -self.counts[other], other)
            for other, away, _ in found
            if other != word and _likely(word, other)
            if away == 1 or self.counts[other] >= SURE
        ]
        return min(fit)[2] if fit else ""


def _likely(word: str, other: str) -> bool:
    """Whether the first letter stands; and in a short word, that no letter became another and
    none came in, as such a word is more often one that the archive does not have."""
    start = word[0] == other[0] or word[:2] == other[1::-1]
    return start and (
        len(word) >= MIDDLE or len(other) > len(word) or sorted(word) == sorted(other)
    )
