"""Query translation between Korean and English, word by word, from a glossary.

It makes no sentences: it gives terms, so that a search finds articles in the other language,
too. Korean words are looked for inside compounds ("자동차관세는"), the longest first; particles
and endings fall away, and amounts become English ones. The data is `lexicon/glossary.tsv`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from chatbot.language.phrases import phrases
from chatbot.values import Kind
from vectorstore import terms

HANGUL = re.compile("[가-힣]+")
LONGEST = 12
"""Syllables of the longest entry."""

PARTICLES = ("", *"은는이가을를의에로와과도만")
"""What may stand behind a word of one syllable; without one it is part of another word."""

UNITS = {"만": 10**4, "억": 10**8, "조": 10**12}
SECTION = re.compile(
    r"제(\d+)조|(?<![\d,.])(\d{3})조(?! ?\d|[가-힣]*(?:원|달러|엔|유로|위안)|\s*(?:원|달러|규모))"
)
"""A section of a law, which is written as a trillion is: "301조", with no currency behind it."""

AMOUNT = re.compile(r"(?<!\d)(?<!\d,)(\d[\d,]{0,60}(?:\.\d+)?) ?(만|억|조)(?![가-힣]*항)")
DATES = (
    (re.compile(r"(\d{4})년(?:도)? ?(\d\d?)월 ?(\d\d?)일"), "{2} {m} {0} "),
    (re.compile(r"(\d{4})년(?:도)? ?(\d\d?)월"), "{m} {0} "),
    (re.compile(r"(\d\d?)월 ?(\d\d?)일"), "{1} {m} "),
    (re.compile(r"(?<!\d)(1[0-2]|[1-9])월"), "{m} "),
    (re.compile(r"(\d{4})년(?:도)?"), "{0} "),
)
ASKED: dict[Kind, str] = {
    "how much": "how much", "when": "when", "where": "where", "who": "who", "why": "why",
}  # fmt: skip


@cache
def glossary() -> dict[str, tuple[str, ...]]:
    """The glossary from Korean words to English ones, the most usual first."""
    found = {}
    for line in (files("chatbot") / "lexicon" / "glossary.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            korean, _, english = line.partition("\t")
            found[korean] = tuple(w.strip() for w in english.split(";") if w.strip())
    return found


@cache
def reversed_glossary() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The glossary from the terms of English words or phrases to Korean words."""
    found: dict[tuple[str, ...], list[str]] = {}
    for korean, english in glossary().items():
        for word in english:
            found.setdefault(tuple(terms(word)), []).append(korean)
    return {key: tuple(words) for key, words in found.items()}


def translate_to_english(
    question: str, kinds: tuple[Kind, ...] = ()
) -> tuple[str, tuple[str, ...]]:
    """A Korean question's words in English, and further English words for them.

    Words that the glossary lacks are left out, except Latin words and numbers.
    """
    text = _amounts(SECTION.sub(lambda m: f"Section {m[1] or m[2]} ", _dated(question)))
    said: list[str] = []
    more: list[str] = []
    for token in re.findall(r"[가-힣]+|[A-Za-z$€£](?:(?![가-힣])[\w.&-])*|\d[\d.,]*%?", text):
        if not HANGUL.match(token):
            said.append(token)
            continue
        for start, end in segment(token):
            english = glossary()[token[start:end]]
            said.append(english[0])
            more += english[1:]
    asking_words = [ASKED[k] for k in kinds if k in ASKED][:1]
    if not asking_words and said and said[0][:1].isupper():  # a name is none where it comes first
        asking_words = ["what"]
    return " ".join(dict.fromkeys([*asking_words, *said])), tuple(dict.fromkeys(more))


def translate_to_korean(question: str) -> tuple[str, ...]:
    """The Korean words for an English question's words and phrases."""
    have, table = terms(question), reversed_glossary()
    found: list[str] = []
    at = 0
    while at < len(have):
        for length in (4, 3, 2, 1):
            if words := table.get(tuple(have[at : at + length])):
                found += words[:3]
                at += length - 1
                break
        at += 1
    return tuple(dict.fromkeys(found))


def segment(token: str) -> list[tuple[int, int]]:
    """The spans of glossary words in a run of Hangul, from the left, the longest match first.

    A name of two syllables counts only at the start or after another word: "가나" is Ghana, but it
    is no part of 내려가나.
    """
    table, found, at = glossary(), list[tuple[int, int]](), 0
    while at < len(token):
        for length in range(min(LONGEST, len(token) - at), 0, -1):
            alone = length > 1 or (at == 0 and token[1:] in PARTICLES)
            english = table.get(token[at : at + length], ("",)) if alone else ("",)
            after = at <= 1 or (found and found[-1][1] == at)
            if english[0] and (length > 2 or after or english[0].islower()):
                found.append((at, at + length))
                at += length - 1
                break
        at += 1
    return found


def _dated(text: str) -> str:
    for pattern, form in DATES:
        text = pattern.sub(lambda m, f=form: _date(m, f), text)  # type: ignore[misc]
    return text


def _date(match: re.Match[str], form: str) -> str:
    groups = match.groups()
    month = groups[1] if len(groups[0]) == 4 and len(groups) > 1 else groups[0]
    name = phrases("en")["months"][int(month) - 1] if 1 <= int(month) <= 12 else ""
    return form.format(*groups, m=name)


def _amounts(text: str) -> str:
    """3,500억 as 350 billion, 100만 as 1 million, 1조 5000억 as 1.5 trillion."""

    def english(match: re.Match[str]) -> str:
        parts = AMOUNT.findall(match.group())
        total = sum(float(n.replace(",", "")) * UNITS[unit] for n, unit in parts)
        for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
            if total >= size:
                return f"{total / size:.6g} {name}"
        return f"{total:,.0f}"

    return re.sub(rf"{AMOUNT.pattern}(?: ?{AMOUNT.pattern})*", english, text)
