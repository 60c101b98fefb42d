"""What kind of word a run of Hangul is: a foreign name, a Korean's, or one that says little.

Foreign words are spelled with few of the consonants that may close a syllable, and with
syllables that neither the readings of Chinese characters nor Korean's own words have. The
lists are data, in lexicon/korean.toml.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from chatbot.synonyms import lines

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""Hangul's parts in the order of Unicode (chapter 3.12)."""

FOREIGN_CODAS = frozenset(" ㄱㄴㄹㅁㅂㅅㅇ")
"""What closes a syllable of a foreign word."""

NEVER = frozenset("져쳐죠쵸쥬츄쟈")
"""Syllables that foreign words do not have."""

FREQUENT = 34
"""Surnames that a name is told by, the most frequent ones."""

RUN = re.compile(r"[가-힣]+")


def parts(syllable: str) -> tuple[str, str, str]:
    """A syllable's onset, vowel and coda; a space where nothing closes it."""
    at = ord(syllable) - 0xAC00
    return ONSETS[at // 588], VOWELS[at % 588 // 28], CODAS[at % 28]


def may_be_foreign(word: str) -> bool:
    """Whether foreign words may be spelled like this."""
    return NEVER.isdisjoint(word) and all(parts(s)[2] in FOREIGN_CODAS for s in word)


def is_foreign(word: str) -> bool:
    """Whether a word has a syllable that only foreign words have."""
    usual = _syllables("readings") | _syllables("own")
    return len(word) > 1 and any(s not in usual and parts(s)[0] not in "ㄲㄸㅃㅆㅉ" for s in word)


def is_korean_name(forms: tuple[str, ...]) -> bool:
    """Whether a word in its forms is a Korean's name by its look, with a particle behind it: a
    frequent surname, and two syllables of given names."""
    given, surnames = _syllables("given"), "".join(lines("surnames.txt"))[:FREQUENT]
    return any(
        len(f) == 3 and f[0] in surnames and f[1] in given and f[2] in given for f in forms[1:]
    )


def is_common(word: str) -> bool:
    """Whether a word says nothing of what is looked for, or is an outlet's or a name that is
    listed and read elsewhere."""
    longer, single = _common()
    return word.startswith(longer) or not single.isdisjoint(forms(word))


@cache
def forms(word: str) -> tuple[str, ...]:
    """A word, and without what may be a particle, or a suffix and a particle; the longest first."""
    found = {word}
    for _ in range(2):
        found |= {f.removesuffix(p) for f in found for p in _words("particles") if f.endswith(p)}
    kept = (f for f in found if f and not f.endswith("으"))
    return tuple(sorted(kept, key=lambda f: (-len(f), f)))


def stem(word: str) -> str:
    """A word without what may be the ending of a verb."""
    return re.sub(str(_table()["endings"]), "", word)


@cache
def _common() -> tuple[tuple[str, ...], frozenset[str]]:
    """Beginnings of common words, and those of one syllable, which stand alone."""
    listed = RUN.findall(" ".join([*lines("names.tsv"), *lines("outlets.tsv")]))
    words = _words("common")
    longer = tuple(w for w in (*words, *listed) if len(w) > 1)
    return longer, frozenset(w for w in words if len(w) == 1)


@cache
def _syllables(name: str) -> frozenset[str]:
    return frozenset("".join(_words(name)))


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(str(_table()[name]).split())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("chatbot") / "lexicon" / "korean.toml").read_text("utf-8"))
