"""Output guardrails: sentences that must not be shown, whatever they cite.

They are leaks of the prompt, sentences in another language than the question's, and refusals.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

SHINGLE = 6
"""Words in a row that a sentence may not share with the instructions."""

_WORDS = re.compile(r"\w+")
_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[^\W\d])[\w-]{6,}")
"""Letters and digits in one word: what passwords, canaries and keys look like. A word is looked at
from its beginning only."""

HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
ENGLISH = frozenset(
    "the a an of to in and is was were are be been for on that this which will would by with at"
    " from has have had it its as not no but said says who what when where how did does do"
    " or than more also after before about".split()
)
"""Words of which an English sentence of some length has at least one."""

LANGUAGE_WORDS = 8
"""Words of a sentence whose language can be told by them."""

OWN_SCRIPT = 0.3
"""Share of letters in the question's script from which a sentence is in its language; names
of firms and people stay in theirs."""


class LeakDetector:
    """Detects that a sentence repeats a secret text; `allowed` is what may be said all the same."""

    def __init__(self, secret: str, allowed: str = "") -> None:
        self._rows = set(_rows(secret)) - set(_rows(allowed))
        self._codes = _codes(secret) - _codes(allowed)

    def __call__(self, sentence: str) -> bool:
        """Whether a sentence repeats a part of the secret text."""
        return not (
            self._rows.isdisjoint(_rows(sentence)) and self._codes.isdisjoint(_codes(sentence))
        )


def is_other_language(question: str, sentence: str) -> bool:
    """Whether a sentence is plainly in another language than the question.

    It is told by script and by English stop words; False where that cannot be told.
    """
    letters = len(_LETTER.findall(sentence))
    if not letters:
        return False
    if HANGUL.search(question):
        return len(HANGUL.findall(sentence)) / letters < OWN_SCRIPT
    if not _LATIN.search(question):
        return False
    if len(_LATIN.findall(sentence)) / letters < OWN_SCRIPT:
        return True
    words = _WORDS.findall(sentence.casefold())
    english = ENGLISH & set(_WORDS.findall(question.casefold()))
    return bool(english) and len(words) >= LANGUAGE_WORDS and ENGLISH.isdisjoint(words)


def is_refusal(reply: str) -> bool:
    """Whether a reply begins as one that declines to answer (prompts/refusals.tsv)."""
    start = " ".join(reply[:200].casefold().replace("’", "'").split())
    return any(words in start for words in _refusals())


@cache
def _refusals() -> tuple[str, ...]:
    lines = (files("chatbot") / "prompts" / "refusals.tsv").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _rows(text: str) -> list[tuple[str, ...]]:
    words = _WORDS.findall(text.casefold())
    return [tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)]


def _codes(text: str) -> set[str]:
    return {m.casefold() for m in _CODE.findall(text)}
