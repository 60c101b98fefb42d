"""Quantities in English and Korean text: numbers with their units, as comparable values.

"$350 billion", "3,500억 달러" and "350bn dollars" are one quantity; so are "15 percent", "15%"
and "15퍼센트". In a range the first number takes the unit of the second ("10 to 15 percent").
Dates are not quantities; see `chatbot.language.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from chatbot.language.dates import mask_dates

SCALES = {
    **dict.fromkeys(("thousand", "천"), 1e3),
    **dict.fromkeys(("million", "mn", "m", "백만"), 1e6),
    **dict.fromkeys(("billion", "bn", "b"), 1e9),
    **dict.fromkeys(("trillion", "tn", "t", "조"), 1e12),
    **dict.fromkeys(("hundred", "백"), 1e2),
    "만": 1e4,
    "억": 1e8,
}
UNITS = {
    **dict.fromkeys(
        ("%p", "percentage points", "percentage point", "퍼센트포인트", "포인트"), "point"
    ),
    **dict.fromkeys(("%", "％", "percent", "per cent", "pct", "퍼센트", "프로"), "%"),
    **dict.fromkeys(("us$", "$", "dollars", "dollar", "usd", "달러", "불"), "dollar"),
    **dict.fromkeys(("₩", "won", "krw", "원"), "won"),
    **dict.fromkeys(("€", "euros", "euro", "eur", "유로"), "euro"),
    **dict.fromkeys(("£", "pounds", "pound", "gbp", "파운드"), "pound"),
    **dict.fromkeys(("¥", "yen", "jpy", "엔"), "yen"),
    **dict.fromkeys(("yuan", "rmb", "위안"), "yuan"),
    **dict.fromkeys(("times", "-fold", "fold", "x", "배"), "times"),
    **dict.fromkeys(("years", "year", "-year", "년간", "년", "주년"), "year"),
    **dict.fromkeys(("months", "month", "-month", "개월"), "month"),
    **dict.fromkeys(("weeks", "week", "-week", "주간", "주"), "week"),
    **dict.fromkeys(("days", "day", "-day", "일간", "일"), "day"),
    **dict.fromkeys(("hours", "hour", "-hour", "시간"), "hour"),
    **dict.fromkeys(("minutes", "minute", "-minute", "분"), "minute"),
    **dict.fromkeys(("th", "st", "nd", "rd", "번째"), "ordinal"),
}
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS = {word: float(i) for i, word in enumerate(ONES)}
NUMBER_WORDS |= {word: float(10 * i) for i, word in enumerate(TENS, 2)}
NUMBER_WORDS |= {f"{t}-{o}": NUMBER_WORDS[t] + NUMBER_WORDS[o] for t in TENS for o in ONES[1:10]}
NUMBER_WORDS |= {"dozen": 12.0, "twice": 2.0, "double": 2.0, "triple": 3.0}
COUNTED_KO = {
    w: float(i) for i, w in enumerate("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열".split(), 1)
}


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SMALL = rf"(?:{_DIGITS})(?:\s?[천백]\s?(?:{_DIGITS}))*(?:\s?[천백])?"
"""One way to read each run of digits: with several, sixty digits would take years."""
_KOREAN = (
    rf"{_SMALL}\s?[조억만](?:\s?{_SMALL}\s?[조억만])*(?:\s?{_SMALL})?"
    rf"|(?:{_DIGITS})\s?천(?:\s?\d\s?백)?"
)
_LATIN_SCALES = _either(w for w in SCALES if w.isascii())
_LATIN_UNITS = _either(w for w in UNITS if w.isascii() and w[-1].isalpha())
_OTHER_UNITS = _either(w for w in UNITS if not (w.isascii() and w[-1].isalpha()))
QUANTITY = re.compile(
    rf"(?P<sign>US\$|[$₩€£¥])?\s?"
    rf"(?:(?<!\d)(?P<korean>{_KOREAN})|(?<![\w.])(?P<word>{_either(NUMBER_WORDS)})(?![\w-]*[a-z])"
    rf"|(?<![\w.,])(?P<digits>{_DIGITS})"
    rf"|(?P<counted>(?<![가-힣]){_either(COUNTED_KO)})(?=\s?(?:배|개|명|번|시간|달|차례|척|대|곳|나라)))"
    rf"(?:[\s-]?(?P<scale>(?:{_LATIN_SCALES})(?![a-z])))?"
    rf"(?:\s?(?P<unit>(?:{_LATIN_UNITS})(?![a-z])|{_OTHER_UNITS})|[\s-](?P<noun>(?:{_LATIN_UNITS})(?![a-z])))?",
    re.IGNORECASE,
)
QUANTITY_HINT = re.compile(
    rf"\d|\b(?:{_either(NUMBER_WORDS)})\b"
    rf"|(?:{_either(COUNTED_KO)}) ?(?:배|개|명|번|시간|달|차례|척|대|곳|나라)",
    re.IGNORECASE,
)
"""What a text without any quantity has not; a quick look before the slow one."""
RANGE = re.compile(r"\s?(?:-|–|—|~|to|and|or|에서|,|/)\s?(?:US\$|[$₩€£¥])?\s?", re.IGNORECASE)
SAME = 1e-6
"""Relative difference up to which two values are the same number written in two ways."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: what it may be worth (a range's first may share the scale), unit, place."""

    values: tuple[float, ...]
    unit: str
    text: str
    start: int
    end: int
    scale: float = 1.0

    def agrees(self, other: Quantity) -> bool:
        """Whether the other is the same number, of the same unit where both have one."""
        units = not self.unit or not other.unit or self.unit == other.unit
        return units and any(
            a == b or abs(a - b) <= SAME * max(abs(a), abs(b))
            for a in self.values
            for b in other.values
        )


def quantities(text: str) -> list[Quantity]:
    """The quantities of a text in order; not what is part of a date."""
    return list(_quantities(text))


@lru_cache(maxsize=4096)
def _quantities(text: str) -> tuple[Quantity, ...]:
    if not QUANTITY_HINT.search(text):
        return ()
    plain = mask_dates(text)
    found = [q for m in QUANTITY.finditer(plain) if (q := _read(m, text))]
    return tuple(_ranged(plain, found))


def _read(match: re.Match[str], text: str) -> Quantity | None:
    got = match.groupdict()
    value: float | None
    if got["korean"]:
        value = _korean(got["korean"])
    elif got["word"]:
        value = NUMBER_WORDS[got["word"].casefold()]
        if got["word"].casefold() == "one" and not (got["scale"] or got["unit"] or got["noun"]):
            return None
    elif got["counted"]:
        value = COUNTED_KO[got["counted"]]
    else:
        value = float(got["digits"].replace(",", ""))
    scale = SCALES[got["scale"].casefold()] if got["scale"] else 1.0
    unit = UNITS.get((got["sign"] or got["unit"] or got["noun"] or "").casefold(), "")
    start = match.start() + len(match.group()) - len(match.group().lstrip())
    return Quantity((value * scale,), unit, text[start : match.end()], start, match.end(), scale)


def _korean(run: str) -> float:
    """1조 5,200억, 3천500억, 1천5백억: each big unit closes what stands before it."""
    total = small = 0.0
    for digits, unit in re.findall(rf"({_DIGITS})?\s?([천백조억만]?)", run):
        number = float(digits.replace(",", "")) if digits else None
        if unit in ("천", "백") and unit:
            small += (number if number is not None else 1.0) * SCALES[unit]
        elif unit:
            total += (small + (number or 0.0)) * SCALES[unit]
            small = 0.0
        elif number is not None:
            small += number
    return total + small


def _ranged(text: str, found: list[Quantity]) -> list[Quantity]:
    """Gives a range's first number the unit of its second, and maybe its scale."""
    for i in range(len(found) - 2, -1, -1):
        first, second = found[i], found[i + 1]
        alike = not first.unit or not second.unit or first.unit == second.unit
        ranged = RANGE.fullmatch(text[first.end : second.start])
        if ranged and alike and first.scale == 1.0 and (second.unit or second.scale > 1):
            scaled = tuple(dict.fromkeys((*first.values, first.values[0] * second.scale)))
            found[i] = replace(first, values=scaled, unit=second.unit or first.unit)
            found[i + 1] = replace(second, unit=second.unit or first.unit)
    return found


def missing_quantities(
    claim_text: str, cited: str, *, skip: Callable[[Quantity], bool] | None = None
) -> Iterator[str]:
    """The quantities of a claim that what it cites does not have, as the claim writes them."""
    found = quantities(cited)
    for one in quantities(claim_text):
        if not (skip and skip(one)) and not any(one.agrees(other) for other in found):
            yield one.text
