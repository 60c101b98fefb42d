"""One analyzer for index and question: text becomes the terms of the lexical index.

Chosen by script: Latin words are folded and stemmed (Snowball English); runs of Hangul,
Han and kana become overlapping pairs, as Lucene's CJK analyzer makes them. Numbers lose
their thousands separators, so that "36,000" and "36000" are one term.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

PAIRED = "\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
TOKEN = re.compile(
    rf"(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"|(?P<dotted>(?:[^\W\d_]\.){{2,}})"
    rf"|(?P<pairs>[{PAIRED}]+)"
    rf"|(?P<word>(?:(?![{PAIRED}])[^\W_])+(?:['’](?:(?![{PAIRED}])[^\W_])+)?)"
)

STOP_WORDS = frozenset(
    "a about an and any are as at be been being but by can could did do does for from had has"
    " have how i if in into is it its me my no not of on or our please shall should so than that"
    " the their them then there these they this those to up was we were what when where which"
    " who whom whose why will with would you your".split()
)
"""Left out of questions only; the index keeps every word."""

_stemmer = snowballstemmer.stemmer("english")


def terms(text: str) -> list[str]:
    """The terms of a text in order, with repeats."""
    found: list[str] = []
    for match in TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "number":
            found.append(token.replace(",", ""))
        elif match.lastgroup == "pairs":
            found.extend(_pairs(token))
        elif match.lastgroup == "dotted":
            found.append(token.replace(".", "").lower())
        else:
            found.append(_stem(token))
    return found


def question_terms(text: str) -> list[str]:
    """The terms of a question, each once, without stop words."""
    words = (m.group() for m in TOKEN.finditer(text) if m.group().lower() not in STOP_WORDS)
    return list(dict.fromkeys(term for word in words for term in terms(word)))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower())
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    folded = folded.replace("’", "'").removesuffix("'s")
    return str(_stemmer.stemWord(folded))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
