"""Spelling variants of Korean names, matched by a phonetic key.

Ahn Duk-geun, Ahn Dukgeun, An Deok-geun and 안덕근 are one name: each syllable is reduced to a
key of onset, vowel and coda that is the same for all spellings in use. Only variants that the
archive's own texts contain are returned, to be searched as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from chatbot.language import hangul
from chatbot.language.synonyms import lexicon_lines
from vectorstore import Archive, Vocabulary

ONSETS = {"g": "kk k g", "d": "tt t d", "b": "pp p b", "j": "jj j tch ch", "s": "ss sh s"}
ONSETS |= {"r": "rh r l", "n": "n", "m": "m", "h": "h", "": ""}
VOWELS = {
    "yu": "yeo you yoo yuh yu",
    "ye": "yae ye",
    "ya": "yah ya",
    "yo": "yoh yo",
    "we": "wae we oe oi oy",
    "wa": "wa",
    "wo": "weo wo",
    "wi": "wee wi",
    "i": "eui ui yi ee ie i",
    "u": "woo wu eo eu oo ou uh ur u",
    "e": "ae ai ay eh e",
    "a": "ah ar a",
    "o": "oh o",
}
CODAS = {"g": "ck k g c", "d": "t d", "b": "p b", "l": "l", "m": "m", "ng": "ng", "n": "n", "": ""}
"""Each class with its spellings: the Revised Romanization's, McCune and Reischauer's without
its marks, and those of passports. 어, 으 and 우 are one class, as "u" stands for each."""

_KO = (
    "g g n d d r m b b s s  j j j g d b h",
    "a e ya ye u e yu ye o wa we we yo u wo we wi yu u i i",
    " g g g n n n d l g m b l l b l m b b d d ng d d g d b ",
)
_HEARD = tuple(
    dict(zip(own, keys.split(" "), strict=True))
    for own, keys in zip((hangul.ONSETS, hangul.VOWELS, hangul.CODAS), _KO, strict=True)
)
"""The keys of Hangul's parts."""

LATIN = re.compile(r"\b(?=([A-Z][a-z]{1,5}) ([A-Z][a-z]+)(?:(?:-| (?=[A-Z]))([A-Za-z][a-z]+))?)")
TURNED = re.compile(r"\b([A-Z][a-z]+)-([A-Za-z][a-z]+) ([A-Z][a-z]{1,5})\b")
HANGUL = re.compile(r"(?<![가-힣])[가-힣]{3}")
MOST_NAMES, MOST_SPELLINGS = 6, 8
"""Names of a question that are looked up, and spellings of a syllable that are tried."""


def spelling_variants(question: str, archive: Archive) -> tuple[tuple[str, ...], ...]:
    """The Korean names in a question, each with its other spellings in the archive's texts."""
    found: dict[str, list[str]] = {}
    for typed, surname, given in list(_korean_names(question))[:MOST_NAMES]:
        found.setdefault(typed, []).extend(_attested_spellings(surname, given, archive))
    return tuple(
        tuple(dict.fromkeys((typed, *names)))
        for typed, names in found.items()
        if {*names} - {typed}
    )


def phonetic_key(syllable: str) -> str:
    """The phonetic key of one syllable in Latin letters or Hangul; "" if it is no Korean one."""
    if len(syllable) == 1 and "가" <= syllable <= "힣":
        own = zip(_HEARD, hangul.decompose(syllable), strict=True)
        return _joined_key(*(keys[part] for keys, part in own))
    return _latin(syllable.lower())


@lru_cache(maxsize=50_000)
def _latin(syllable: str) -> str:
    match = _PATTERN.fullmatch(syllable)
    return _joined_key(*(_CLASS[n][match[n]] for n in ("o", "v", "c"))) if match else ""


def _joined_key(onset: str, vowel: str, coda: str) -> str:
    """Initial r falls away before i and y, and is heard as n elsewhere (두음법칙)."""
    if onset == "r":
        onset = "" if vowel[0] in "iy" else "n"
    return f"{onset}-{vowel}-{coda}"


def _korean_names(question: str) -> Iterable[tuple[str, str, tuple[str, str]]]:
    """What looks like a Korean name: as typed, the key of its surname, of its given name's two."""
    found = list(LATIN.finditer(question))
    for match in HANGUL.finditer(question):
        name = match.group()
        if name[0] in _surnames():
            yield name, phonetic_key(name[0]), (phonetic_key(name[1]), phonetic_key(name[2]))
    latin = [(question[m.start() : m.end(3 if m[3] else 2)], m[1], m[2], m[3] or "") for m in found]
    latin += [(m.group(), m[3], m[1], m[2]) for m in TURNED.finditer(question)]
    for typed, surname, one, two in latin:
        if phonetic_key(surname) in _surname_keys():
            yield from ((typed, phonetic_key(surname), keys) for keys in _given_name_keys(one, two))


def _given_name_keys(one: str, two: str) -> Iterable[tuple[str, str]]:
    """The keys of a given name in two words, or in one that is cut wherever it can be."""
    cuts = [(one, two)] if two else [(one[:at], one[at:]) for at in range(1, len(one))]
    return dict.fromkeys(
        (a, b) for x, y in cuts if (a := phonetic_key(x)) and (b := phonetic_key(y))
    )


def _attested_spellings(surname: str, given: tuple[str, str], archive: Archive) -> list[str]:
    """The full names that sound so and stand in the archive's texts."""
    vocabulary = archive.vocabulary()
    latin, pairs = _phonetic_index(vocabulary)
    ones, twos = (latin.get(sound, ())[:MOST_SPELLINGS] for sound in given)
    both = [(one, two) for one in ones for two in twos]
    apart = archive.have_phrase(f"{one}-{two}" for one, two in both)
    families = latin.get(surname, ())[:MOST_SPELLINGS]
    given_names = [n for n in pairs.get(given, ()) if n.isascii()]
    names = [f"{one.title()} {two.capitalize()}" for two in apart + given_names for one in families]
    names += [
        family + pair
        for pair in pairs.get(given, ())
        if not pair.isascii()
        for family in _surnames()
        if phonetic_key(family) == surname
    ]
    return archive.have_phrase(dict.fromkeys(names))


@lru_cache(maxsize=4)
def _phonetic_index(
    vocabulary: Vocabulary,
) -> tuple[dict[str, list[str]], dict[tuple[str, str], list[str]]]:
    """The terms of an archive that are one syllable, and those that are two, by how they
    sound, the most frequent first."""
    ones: dict[str, list[str]] = {}
    twos: dict[tuple[str, str], list[str]] = {}
    for term, _ in vocabulary.counts.most_common():
        if sound := phonetic_key(term):
            ones.setdefault(sound, []).append(term)
        if (len(term) == 2 and not term.isascii()) or _TWO.fullmatch(term):
            for sounds in _given_name_keys(term, ""):
                twos.setdefault(sounds, []).append(term)
    return ones, twos


@cache
def _surnames() -> frozenset[str]:
    return frozenset("".join(lexicon_lines("surnames.tsv")))


@cache
def _surname_keys() -> frozenset[str]:
    return frozenset(phonetic_key(name) for name in _surnames())


def _pattern(classes: Mapping[str, str], name: str) -> str:
    spellings = sorted((s for own in classes.values() for s in own.split()), key=len, reverse=True)
    optional = "?" if "" in classes else ""
    return f"(?P<{name}>{'|'.join(spellings)}){optional}"


_CLASS = {
    name: {None: "", **{s: k for k, own in classes.items() for s in own.split()}}
    for name, classes in (("o", ONSETS), ("v", VOWELS), ("c", CODAS))
}
_SYLLABLE = _pattern(ONSETS, "o") + _pattern(VOWELS, "v") + _pattern(CODAS, "c")
_PATTERN = re.compile(_SYLLABLE)
_TWO = re.compile("(?:" + re.sub(r"\?P<\w>", "?:", _SYLLABLE) + "){2}")
