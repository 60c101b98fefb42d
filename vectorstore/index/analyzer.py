"""One analyzer for index and question: text becomes the terms of the lexical index.

Chosen by script: Latin words are folded, spelt the American way and stemmed (Snowball
English); runs of Hangul, Han and kana become overlapping pairs, as Lucene's CJK analyzer makes
them. Numbers lose their thousands separators, so that "36,000" and "36000" are one term.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

from vectorstore.index.american import american

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

STOP_WORDS_KO = frozenset(
    "얼마 몇 무엇 무슨 누구 누가 언제 어디 왜 어떻게 어떤 어느 뭐 뭔가 대해 대한 관련 있 했 하 되"
    " 됐".split()
)
ENDING_KO = re.compile(
    "(?:(?:이|하|했|되|됐|있|였|었|았|렸)?(?:나요|는가요?|은가요?|인가요?|니까|습니까|입니까|을까요?"
    "|나|지요|죠)|했는지|하는지|인지|에서는|에서|에게|으로|부터|까지|이란|란|은|는|이|가|을|를|의|에|로|와|과|도|만)$"
)
"""Particles and question endings that a Korean question puts behind its words. They are
taken off questions only, from words of three syllables or more, until morphemes do it."""

_stemmer = Stemmer.Stemmer("english")
_stemming = threading.Lock()
"""The stemmer keeps the word at hand in itself: two threads in it mix theirs up, and what
they get would stay in the cache."""


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
    return list(_question_terms(text))


@lru_cache(maxsize=2048)
def _question_terms(text: str) -> tuple[str, ...]:
    words = (_bare(m) for m in TOKEN.finditer(text))
    kept = (w for w in words if w.lower() not in STOP_WORDS and w not in STOP_WORDS_KO)
    return tuple(dict.fromkeys(term for word in kept for term in terms(word)))


def _bare(match: re.Match[str]) -> str:
    """A word of a question, a Korean one without its particle or question ending."""
    word = match.group()
    if match.lastgroup != "pairs":
        return re.sub(r"['’](?:s|re|d|ll|ve)$", "", word)
    bare = ENDING_KO.sub("", word)
    return bare if len(bare) >= 2 or bare in STOP_WORDS_KO else word[:2]


def folded(word: str) -> str:
    """A word in small letters, without accents and possessive s."""
    apart = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return plain.replace("’", "'").removesuffix("'s")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(american(folded(word))))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
