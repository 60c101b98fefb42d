"""Dates in English and Korean text, complete or partial, as values that can be compared.

`dates` finds them in order; a `PartialDate` has None for what the text does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chatbot.language.phrases import phrases

MONTHS = [m.lower() for m in phrases("en")["months"]]
_FULL = "|".join(phrases("en")["months"])
_SHORT = "|".join(f"{m[:3]}" for m in phrases("en")["months"]) + "|Sept"
_MONTH = rf"(?P<month>(?:{_FULL}|(?:{_SHORT})\b\.?))"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
WEEKDAYS_KO = "월요일 화요일 수요일 목요일 금요일 토요일 일요일".split()
DATE_PATTERNS = tuple(
    re.compile(form)
    for form in (
        r"\b(?P<year>(?:1[5-9]|20)\d\d)-(?P<m>\d\d)-(?P<day>\d\d)\b",
        rf"\b{_DAY}(?: of)? {_MONTH},?\s{_YEAR}\b",
        rf"\b{_MONTH} {_DAY},? {_YEAR}\b",
        rf"{_YEAR}년 ?(?P<m>\d\d?)월(?: ?(?P<day>\d\d?)일)?",
        rf"\b{_MONTH},? (?:of )?{_YEAR}\b",
        rf"\b{_DAY}(?: of)? {_MONTH}\b",
        rf"\b{_MONTH} {_DAY}\b(?!,\d)",
        r"(?<!\d)(?P<m>1[0-2]|[1-9])월 ?(?P<day>\d\d?)일",
        rf"(?<![\d,.$-]){_YEAR}(?:\b(?![,.]\d| ?(?:percent|%|billion|million|dollars))|(?=년))",
        r"(?<!\d)(?P<m>1[0-2]|[1-9])월",
        rf"\b(?!March|May)(?P<month>{_FULL})\b",
    )
)
"""From the most exact form to a bare year or month; a bare "March" or "May" is a word."""
DATE_HINT = re.compile(rf"\d|{_FULL}")
"""What a text without any date has not; a quick look before the slow one."""
WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b|{'|'.join(WEEKDAYS_KO)}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as a text gives it, with its span; None for what the text does not say."""

    year: int | None
    month: int | None
    day: int | None
    text: str
    start: int
    end: int

    def agrees(self, other: PartialDate) -> bool:
        """Whether nothing that both say differs, and the other says all that this one does."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine is None or mine == theirs for mine, theirs in pairs)

    def filled(self, year: int | None) -> PartialDate:
        """The same in the given year, where it has none of its own."""
        known = self.year if self.year is not None else year
        return PartialDate(known, self.month, self.day, self.text, self.start, self.end)

    @property
    def exact(self) -> date | None:
        """The calendar day, if the text gives all of it."""
        try:
            return date(self.year or 0, self.month or 0, self.day or 0)
        except ValueError:
            return None


def dates(text: str) -> list[PartialDate]:
    """The dates of a text in order; each place is read once, in its most exact form."""
    if not DATE_HINT.search(text):
        return []
    taken: list[tuple[int, int]] = []
    found = []
    for form in DATE_PATTERNS:
        for match in form.finditer(text):
            if all(match.end() <= a or match.start() >= b for a, b in taken):
                taken.append(match.span())
                found.append(_read(match))
    return sorted(found, key=lambda d: d.start)


def _read(match: re.Match[str]) -> PartialDate:
    got = match.groupdict()
    name = (got.get("month") or "")[:3].lower()
    number = got.get("m") or next(
        (i for i, m in enumerate(MONTHS, 1) if name and m.startswith(name)), None
    )
    year, day = got.get("year"), got.get("day")
    return PartialDate(
        int(year) if year else None,
        int(number) if number else None,
        int(day) if day else None,
        match.group(),
        *match.span(),
    )


def mask_dates(text: str) -> str:
    """The text with its dates overwritten by spaces, so that all offsets stay the same."""
    for d in dates(text):
        text = text[: d.start] + " " * (d.end - d.start) + text[d.end :]
    return text


def weekday_dates(text: str, published: date) -> Iterator[tuple[str, date]]:
    """The weekdays that a text names, each with the day it was for an article of that day.

    The nearest day within three days is not certain, so the usage of news is taken: the day of
    publication itself, or the last such day before it.
    """
    for match in WEEKDAY.finditer(text):
        word = match.group().casefold()
        number = (WEEKDAYS if word.isascii() else WEEKDAYS_KO).index(word)
        yield match.group(), published - timedelta(days=(published.weekday() - number) % 7)
