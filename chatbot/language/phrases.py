"""Dateline's own words, its dates in words, and simple checks of a text's language and form.

The texts that Dateline says are data in `phrases.toml`. The language is told by script and by
stop words; a line is checked for being only names or too short to say anything.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from vectorstore import Dated

EDITORIAL_NOTE = re.compile(
    r"^(?:correction|clarification|editor'?s note)\b|\bearlier version of this"
    r"|^this article is part of|정정|바로잡|^이 기사는",
    re.IGNORECASE,
)
"""A sentence about the article itself: a correction repeats what was wrong."""

NAME_LIST_WORDS = 8
"""Words of a line that may be nothing but names."""

UNINFORMATIVE_WORDS = 3
"""Words of a sentence that may be too few to say anything."""

_TITLED = re.compile(r"[A-Z](?:\.|[\w.'’-]*[a-z.])?|[A-Z]{2,3}|of|and|the|for|de|&")

HANGUL = re.compile("[\uac00-\ud7a3]")


def is_name_list(text: str) -> bool:
    """Whether a line is nothing but names, as the lines under a signature are."""
    words = text.strip(' :;,."“”').replace(",", "").split()
    return len(words) <= NAME_LIST_WORDS and all(_TITLED.fullmatch(w) for w in words)


def is_uninformative(text: str) -> bool:
    """Whether a line says nothing by itself.

    That is a line all in capitals, or up to three words without a name or a number, such as "No
    summary provided.".
    """
    words = text.strip(' :;,."“”').split()
    if len(words) > 1 and text.isupper():
        return True
    plain = all(w.isalpha() and w.isascii() and w.islower() for w in words[1:])
    return 0 < len(words) <= UNINFORMATIVE_WORDS and plain and words[0].isascii()


@cache
def phrases(language: str) -> dict[str, Any]:
    """Dateline's own texts in a language; the English ones for a language it does not have."""
    table = tomllib.loads((files("chatbot") / "phrases.toml").read_text("utf-8"))
    found: dict[str, Any] = table.get(language, table["en"])
    return found


def language_of(text: str) -> str:
    """The language of a text: "ko" if it has Hangul, else "en"."""
    return "ko" if HANGUL.search(text) else "en"


OTHER_SCRIPTS = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0370-\u05ff\u0600-\u06ff\u0900-\u0e7f]")
"""Letters of scripts that are neither Latin nor Hangul: Japanese, Chinese, Russian and so on."""

FOREIGN_STOP_WORDS = frozenset(
    "el los las una del que por para con cuánto cuánta cuántos cómo cuándo quién qué dónde es le"
    " les des du une est qui quand comment combien où sont pourquoi quel quelle der das den dem und"
    " ist sind wie wann wer warum welche welcher von mit für zu wird hat il gli della perché quanto"
    " quando come chi o os as da dos não quem".split()
)
"""Small words of Spanish, French, German, Italian and Portuguese."""

ENGLISH_STOP_WORDS = frozenset(
    "the of and is are was were what who when how why which did does do in on to".split()
)


def is_other_language(text: str) -> bool:
    """Whether a text is in neither English nor Korean, by its script and stop words."""
    if HANGUL.search(text):
        return False
    words = re.findall(r"\w+", text.lower())
    foreign, english = (
        sum(w in known for w in words) for known in (FOREIGN_STOP_WORDS, ENGLISH_STOP_WORDS)
    )
    return bool(OTHER_SCRIPTS.search(text)) or (
        foreign >= FOREIGN_WORDS_LEAST and foreign > english
    )


FOREIGN_WORDS_LEAST = 2
"""Small words of another language that a text has at least; one may be part of a name."""


def long_date(day: date, language: str) -> str:
    """A day in words: 31 July 2025, or 2025년 7월 31일."""
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {phrases('en')['months'][day.month - 1]} {day.year}"


def attribution(outlet: str, published: Dated | None, language: str, speaker: str = "") -> str:
    """The attribution before a quote: "Yonhap, 24 April 2025: "; less where less is known.

    A `speaker` is added if the quote itself does not name them.
    """
    texts = phrases(language)
    day = long_date(published.day, language) if published else ""
    if speaker:
        return ", ".join(part for part in (outlet, day, speaker) if part) + ": "
    if outlet and day:
        return str(texts["lead"]).format(outlet=outlet, date=day)
    if outlet:
        return str(texts["lead_outlet"]).format(outlet=outlet)
    return str(texts["lead_date"]).format(date=day) if day else ""
