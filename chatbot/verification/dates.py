"""Dates of a claim that its evidence does not have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chatbot.language.dates import WEEKDAY, WEEKDAYS, WEEKDAYS_KO, PartialDate, dates, weekday_dates
from chatbot.verification.evidence import Evidence


def missing_dates(claim_text: str, evidence: Evidence) -> Iterator[str]:
    """The dates and weekdays of a claim that none of its citations has.

    A date may be a quote's own, with the year of its article where the quote has none; the day
    on which an article was published; or the day that a weekday in a quote was.
    """
    known = list(_known(evidence))
    for one in dates(claim_text):
        if not any(one.agrees(other) for other in known):
            yield one.text
    days = [d for k in known if (d := k.exact)]
    for match in WEEKDAY.finditer(claim_text):
        number = _weekday(match.group())
        said = any(_weekday(m.group()) == number for m in WEEKDAY.finditer(evidence.text))
        if not said and all(d.weekday() != number for d in days):
            yield match.group()


def _known(evidence: Evidence) -> Iterator[PartialDate]:
    for c in evidence.citations:
        published = c.article.published.day if c.article.published else None
        for one in dates(c.quote):
            yield one.filled(published.year if published else None)
            if published and one.year is None and one.month == 12 and published.month == 1:
                yield one.filled(published.year - 1)
        if published:
            yield _day(published)
            for _, day in weekday_dates(c.quote, published):
                yield _day(day)


def _day(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day, day.isoformat(), 0, 0)


def _weekday(word: str) -> int:
    folded = word.casefold()
    return (WEEKDAYS if folded.isascii() else WEEKDAYS_KO).index(folded)
