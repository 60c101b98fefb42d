"""Notes that tell the reader how a question was understood, in whole sentences."""

from __future__ import annotations

from chatbot.language.calendar import Period
from chatbot.language.phrases import is_other_language, language_of, long_date, phrases
from chatbot.understanding.spelling import correction_notes
from chatbot.values import Query


def notes(query: Query) -> tuple[str, ...]:
    """Sentences that tell how a query was understood; () if there is nothing to tell.

    They tell what was carried over, read as a time or outlet, corrected, or searched apart.
    """
    texts, language = phrases(query.language)["notes"], query.language
    found = correction_notes(query.respelt, language)
    if query.follows:
        found.append(texts["follows"].format(question=query.follows))
    if query.periods:
        spans = ", ".join(period_text(period, language) for period in query.periods)
        found.append(texts["period"].format(periods=spans))
    if query.filters.as_of and query.filters.as_of < query.today:
        found.append(texts["as_of"].format(day=long_date(query.filters.as_of, language)))
    if query.filters.outlets:
        found.append(texts["only_outlets"].format(outlets=", ".join(query.filters.outlets)))
    if query.filters.languages:
        found.append(texts["only_language"].format(languages=", ".join(query.filters.languages)))
    if query.outlets:
        found.append(texts["outlets"].format(outlets=", ".join(query.outlets)))
    if query.recency == "strong":
        found.append(texts["now"])
    if query.parts:
        found.append(texts["parts"].format(parts="; ".join(query.parts)))
    english = next((text for text in query.readings if language_of(text) == "en"), "")
    if query.language == "ko" and english:
        found.append(texts["words"].format(text=english))
    if is_other_language(query.question):
        found.append(texts["other_language"])
    return tuple(found)


def period_text(period: Period, language: str) -> str:
    """A period in words: one day, or its first and its last day."""
    first, last = (long_date(day, language) for day in period)
    return first if first == last else f"{first} – {last}"
