"""Patterns of temporal expressions in English and Korean, made of the lexicon's words of time.

The groups of a match name what was read ("month", "rel", "n", …); `temporal_expressions`
resolves them to days.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def time_words(language: str) -> dict[str, Any]:
    """The words of time of a language, from `lexicon/temporal_expressions.toml`."""
    table = tomllib.loads(
        (files("chatbot") / "lexicon" / "temporal_expressions.toml").read_text("utf-8")
    )
    found: dict[str, Any] = table[language]
    return found


def any_of(choices: Iterable[str]) -> str:
    """A regular expression that matches any of the choices, the longest first."""
    return "|".join(re.escape(c) for c in sorted(choices, key=len, reverse=True))


EN, KO = time_words("en"), time_words("ko")

NAMES = {n: i for i, m in enumerate(EN["months"], 1) for n in (m, m[:3])} | {"sept": 9}

UNSURE = any_of(EN["unsure"])

MONTH = rf"(?P<month>{any_of(NAMES)})\b\.?"

SURE = rf"(?!(?:{UNSURE})\b){MONTH}"

AFTER_WORD = rf"(?:(?<=\b)(?:{EN['before_month']})[ -]?(?:the )?)"

YEAR = r"(?P<year>(?:19|20)\d\d)"

REL = r"(?P<rel>last|this|next|the previous|the following|previous)"

OF_YEAR = rf"(?:,? (?:of |in )?(?:{YEAR}|{REL.replace('<rel>', '<of_rel>')} year))"

DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"

TO_DAY = r"(?: ?(?:-|–|to|and) ?(?P<day2>\d\d?)(?:st|nd|rd|th)?)?"

COUNT = rf"(?P<n>\d{{1,9}}|{any_of(EN['numbers'])})"

ORDINAL = rf"(?P<ordinal>{any_of(EN['ordinals'])})"

UNIT = r"(?P<unit>day|week|month|quarter|year)"

KO_YEAR = r"(?:(?P<year>(?:19|20)\d\d)년?|(?P<ko_rel>재작년|작년|지난 ?해|올해|금년|내년))"

KO_COUNT = rf"(?P<n>(?<!\d)\d{{1,9}}|{any_of(KO['numbers'])}) ?"

KO_UNIT = "(?P<ko_unit>일|주일|주|개월|달|년|해)"

PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-./](?P<m>\d\d?)[-./](?P<day>\d\d?)(?!\d)",
        r"(?<!\d)(?P<m>\d\d?)/(?P<day>\d\d?)/(?P<year>20\d\d)(?!\d)",
        rf"\b{DAY}{TO_DAY} (?:of )?{MONTH}{OF_YEAR}",
        rf"\b{MONTH} {DAY}{TO_DAY}\b(?! ?(?:percent|%|billion|million)){OF_YEAR}",
        rf"\b{MONTH}{OF_YEAR}",
        rf"\b{DAY}{TO_DAY} (?:of )?{MONTH}",
        rf"\b{MONTH} {DAY}{TO_DAY}\b(?!,\d| ?(?:percent|%|billion|million|votes|people))",
        rf"\b(?:{ORDINAL}|q(?P<q>[1-4])) ?(?:quarter)?{OF_YEAR}",
        rf"\b{YEAR} ?q(?P<q>[1-4])\b",
        r"\b(?P<ordinal>first|second|third|fourth) quarter\b",
        rf"\bh(?P<half>[12]) ?{YEAR}",
        rf"\b(?:the )?(?P<season>{any_of(EN['seasons'])}){OF_YEAR}",
        rf"\b{REL} (?P<season>{any_of(EN['seasons'])})\b",
        rf"\b(?P<holiday>{any_of(EN['holidays'])})(?:{OF_YEAR}|\b)",
        rf"\b{REL} {SURE}",
        rf"\b(?P<rel>last|this|next) (?P<weekday>{any_of(EN['weekdays'])})\b",
        r"(?:\b(?:on|since|until|by|before|after) )(?P<at>)"
        rf"(?P<weekday>{any_of(EN['weekdays'])})\b",
        rf"\b(?P<weekday>{any_of(EN['weekdays'])})['’]s\b",
        rf"\b(?:over |in |during |within )?(?:the )?(?:past|last|previous) {COUNT}"
        r" (?P<past_unit>day|week|month|quarter|year)s?\b",
        rf"\b(?:about |some |around )?{COUNT} (?P<ago>day|week|month|year)s? ago\b",
        rf"\b(?P<rel>last|this|past|next|earlier this|later this|the past|the previous|previous"
        rf"|the current|current) {UNIT}\b",
        r"\b(?P<day_word>the day before yesterday|yesterday|today|tonight|tomorrow"
        r"|this morning|this afternoon|this evening|last night|this weekend|last weekend)\b",
        rf"{KO_YEAR} ?(?P<m>\d\d?)월(?: ?(?P<day>\d\d?)일)?",
        r"(?P<m>\d\d?)월 ?(?P<day>\d\d?)일",
        r"지난 ?(?P<m>\d\d?)월",
        rf"{KO_YEAR} ?(?P<q>[1-4])분기",
        rf"{KO_YEAR} ?(?P<season>{any_of(KO['seasons'])})",
        rf"(?:{KO_YEAR} )?(?P<holiday>{any_of(KO['holidays'])})",
        r"(?P<ko_rel>재작년|작년|지난 ?해|올해|금년|내년|지난 ?달|저번 ?달|이번 ?달|이달|다음 ?달"
        r"|지난 ?주|저번 ?주|이번 ?주|금주|다음 ?주|오늘|어제|그제|그저께|내일)",
        rf"{KO_COUNT}{KO_UNIT} ?전(?!체|부|국)",
        rf"(?:최근|지난) ?{KO_COUNT}(?P<ko_past>일|주일|주|개월|달|년) ?(?:간|동안|새)?",
        r"(?<!\d)(?P<m>1[0-2]|[1-9])월(?![가-힣]*요일)",
        rf"(?<![\d$€£₩.,])\b{YEAR}(?:년|(?=['’]s)|\b)(?![,.]?\d| ?(?:%|percent|[bm]illion|units))",
        rf"\b{SURE}\b",
        rf"(?:\b{AFTER_WORD})(?P<at>){MONTH}(?! (?:have|be|not|i|we)\b)",
    )
)
"""From the most exact form to a bare month; what an earlier one took, a later one leaves."""
