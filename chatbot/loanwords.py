"""Foreign names and words written in Hangul, found in the archive as it spells them.

엡스타인 is Epstein, and 에픽 퓨리 Epic Fury: the parts of the syllables are laid over the letters
of the archive's own words, each at what it costs to be written so (see lexicon/loanwords.toml).
Words that come into question are those with the same consonants, taken in classes in which b
and p, or l and r, are one. What costs too much, or is too short to tell, is not taken for a name,
unless a word beside it is one too and the two stand side by side in an article.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from math import inf, log
from typing import Any
from weakref import WeakKeyDictionary

from chatbot.hangul import parts
from vectorstore import Vocabulary

MOST_KEYS = 48
"""Readings of a word's consonants that are indexed."""

MOST_PARTS = 3
"""Parts of syllables in a row that stand for letters together."""

KEPT = 5_000
"""Words of questions whose likely ones are remembered."""

FEW = 3
"""Letters of words that the list of words is without."""

LONGER = 2
"""How many letters a word may have for each part of a syllable."""

INITIALS = {
    "ㄱ": "gckq",
    "ㅋ": "kcq",
    "ㄲ": "kcq",
    "ㄴ": "nkg",
    "ㄷ": "dt",
    "ㅌ": "tdp",
    "ㄸ": "td",
}
INITIALS |= {"ㄹ": "lrw", "ㅁ": "m", "ㅂ": "bvwp", "ㅍ": "pfvb", "ㅃ": "pb", "ㅅ": "sczxpt"}
INITIALS |= {"ㅆ": "scxz", "ㅈ": "jgzscxtd", "ㅉ": "tzc", "ㅊ": "cztqj", "ㅎ": "hjfwgckx"}
INITIALS |= {"": "aeiouwyhjx"}
"""The letters that a word may begin with, by the consonant that begins it in Hangul."""

LIMIT = 0.8
"""Cost from which a word is not looked at any more."""

SILENT = {"h": 0.1, "e": 0.35, "w": 0.4, "y": 0.35, "g": 0.6, "u": 0.35, "l": 0.5, "a": 0.4}
SILENT |= {"i": 0.4, "o": 0.4, "s": 0.6, "t": 0.6, "d": 0.7, "k": 0.7, "b": 0.7, "p": 0.8}
"""What a letter costs that Hangul does not have."""

Sounds = tuple[str, ...]


def sounds(word: str) -> Sounds:
    """The parts of Hangul's syllables in a row, those that close one with a dot."""
    found = []
    for syllable in word:
        onset, vowel, coda = parts(syllable)
        found += [onset, vowel] if onset != "ㅇ" else [vowel]
        if coda != " ":
            found.append(f"{coda}.")
    return tuple(found)


class Index:
    """An archive's words by their initial letter and the classes of their consonants, each
    letter's when it is first asked for, and what was found so far."""

    def __init__(self, held: Vocabulary, short: Vocabulary) -> None:
        few = {w: n for w, n in short.counts.items() if len(w) <= FEW}
        self.counts = {w: n for w, n in (held.counts | few).items() if w.isascii() and len(w) > 1}
        self._letters: dict[str, dict[str, list[str]]] = {}
        self._found: dict[str, tuple[tuple[str, float], ...]] = {}

    def likely(self, word: str) -> tuple[tuple[str, float], ...]:
        """The words that Hangul may stand for, each with its cost, the best first."""
        if word not in self._found:
            if len(self._found) >= KEPT:
                self._found.clear()
            self._found[word] = self._likely(word)
        return self._found[word]

    def _likely(self, word: str) -> tuple[tuple[str, float], ...]:
        heard = sounds(word)
        keys, longest = hangul_keys(heard), LONGER * len(heard)
        initials = INITIALS.get(heard[0], INITIALS[""])
        words = {w for i in initials for k in keys for w in self._words(i).get(k, ())}
        costs = {w: cost(heard, w) for w in words if len(w) <= longest}
        near = [(w, price) for w, price in costs.items() if price < LIMIT]
        return tuple(sorted(near, key=lambda n: (n[1] - 0.02 * log(1 + self.counts[n[0]]), n[0])))

    def _words(self, initial: str) -> dict[str, list[str]]:
        """The words with an initial letter, by their consonants."""
        if initial not in self._letters:
            own: dict[str, list[str]] = {}
            for word in (w for w in self.counts if w[0] == initial):
                for key in latin_keys(word):
                    own.setdefault(key, []).append(word)
            self._letters[initial] = own
        return self._letters[initial]


_indexes: WeakKeyDictionary[Vocabulary, Index] = WeakKeyDictionary()


def likely(
    word: str, held: Vocabulary, short: Vocabulary, most: int = 8
) -> tuple[tuple[str, float], ...]:
    """Words of an archive that Hangul may stand for, each with its cost, the best first.

    `held` has its words, of which those of a few letters are taken from `short`.
    """
    index = _indexes.get(held)
    if index is None:
        index = _indexes[held] = Index(held, short)
    return index.likely(word)[:most]


def cost(heard: Sounds, word: str) -> float:
    """What it costs to read a word's letters as these sounds; inf if it is out of question."""
    steps, silent, end = _steps(heard), _silent(word), len(word)
    fronts: list[dict[int, float]] = [{} for _ in range(len(heard) + 1)]
    fronts[0][0] = 0.0
    for i, front in enumerate(fronts):
        for at in range(min(front, default=end), end):
            if at in front and (skipped := front[at] + silent[at]) < front.get(at + 1, LIMIT):
                front[at + 1] = skipped
        if i == len(heard):
            break
        for at, so_far in front.items():
            for count, letters, price in (*steps[i].get(word[at : at + 1], ()), *steps[i][""]):
                new, to = so_far + price, at + len(letters)
                then = fronts[i + count]
                if new < then.get(to, LIMIT) and word.startswith(letters, at):
                    then[to] = new
    return fronts[-1].get(end, inf)


@lru_cache(maxsize=5_000)
def _steps(heard: Sounds) -> tuple[dict[str, list[tuple[int, str, float]]], ...]:
    """For each sound, by the letter that they begin with: letters that it and those behind it
    may be, for how many sounds, and the cost."""
    found = []
    for i in range(len(heard)):
        own: dict[str, list[tuple[int, str, float]]] = {"": []}
        for count in range(1, min(MOST_PARTS, len(heard) - i) + 1):
            for letters, price in _sounds().get("".join(heard[i : i + count]), ()):
                own.setdefault(letters[:1], []).append((count, letters, price))
        found.append(own)
    return tuple(found)


def hangul_keys(heard: Sounds) -> set[str]:
    """The classes of the consonants; a ㅅ that closes a syllable is a t, or doubles the next."""
    classes = _classes()
    options: list[tuple[str, ...]] = []
    for at, part in enumerate(heard):
        before = heard[at - 1] if at else ""
        own = classes.get(part[0], "")
        if not own or (before.endswith(".") and classes.get(before[0], "") == own):
            continue
        options.append(("T", "", "S") if part == "ㅅ." else (own,))
    return {"".join(chosen) for chosen in product(*options)}


def latin_keys(word: str) -> set[str]:
    """The classes of a word's consonants, in each way that they may be read."""
    letters = _table("letters")
    keys, at, vowel = {""}, 0, False
    while at < len(word):
        length = next((n for n in (3, 2, 1) if word[at : at + n] in letters), 0)
        if not length:
            vowel = word[at] in "aeiouy"
            at += 1
            continue
        spelled, then = word[at : at + length], word[at + length : at + length + 1]
        options = _options(spelled, then, vowel, letters[spelled].split())
        keys = set(list({k + o for k in keys for o in options})[:MOST_KEYS])
        at, vowel = at + length, False
        while word[at : at + 1] == spelled[-1] and length == 1:  # a letter that is doubled
            at += 1
    return keys


def _options(spelled: str, then: str, after_vowel: bool, classes: list[str]) -> list[str]:
    """The classes that letters may be where they stand: c is soft before e, r silent before a
    consonant."""
    if spelled in ("c", "cc", "gg", "sc") and then not in ("e", "i", "y"):
        classes = classes[:1]
    if spelled == "t" and then not in ("i", "u"):
        classes = ["T"]
    if spelled == "r" and (not after_vowel or (then and then in "aiouy")):
        classes = ["L"]
    if spelled == "l" and then not in ("k", "m", "f", "v"):
        classes = ["L"]
    return ["" if c == "-" else c for c in classes]


@lru_cache(maxsize=50_000)
def _silent(word: str) -> tuple[float, ...]:
    """What each letter costs that is not heard: an r before a consonant nothing."""
    found = []
    for at, letter in enumerate(word):
        before, then = word[at - 1 : at], word[at + 1 : at + 2]
        price = SILENT.get(letter, inf)
        if letter == "r" and before and before in "aeiouy":
            price = 0.0 if not then or then not in "aiouy" else 0.9
        elif letter == "e" and not then:
            price = 0.0
        elif letter == before and letter not in "aeiou":
            price = 0.05
        found.append(price)
    return tuple(found)


@cache
def _sounds() -> dict[str, tuple[tuple[str, float], ...]]:
    """Parts of syllables -> the letters that they stand for, each with its cost."""
    found = {}
    for heard, options in _table("sounds").items():
        priced = (option.partition(":") for option in options.split())
        found[heard] = tuple(
            ("" if letters == "-" else letters, int(price or 0) / 100)
            for letters, _, price in priced
        )
    return found


@cache
def _classes() -> dict[str, str]:
    return {part: name for name, own in _table("classes").items() for part in own}


@cache
def _table(name: str) -> dict[str, str]:
    table: dict[str, Any] = tomllib.loads(
        (files("chatbot") / "lexicon" / "loanwords.toml").read_text("utf-8")
    )
    found: dict[str, str] = table[name]
    return found
