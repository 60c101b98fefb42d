"""The searches that a query stands for: one for the whole, and one for each subquestion.

Each gets its own periods, expansions and weight of recency.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chatbot.language.phrases import language_of
from chatbot.language.synonyms import expansions, name_groups
from chatbot.understanding.temporal_intent import periods
from chatbot.understanding.translation import translate_to_english
from chatbot.values import Query
from vectorstore import Filters, SearchQuery, Wording

PERIOD_WEIGHT, YEAR_WEIGHT = 0.2, 0.05
"""What a passage of a named period, or of a named year, is moved up by. Chosen on eval/gold."""

RECENCY = {"strong": 0.2, "weak": 0.03, "none": 0.0}
"""What the newest passage is moved up by. Chosen on eval/gold."""

YEAR_DAYS = 300
"""Days from which a period is as wide as a year."""


def search_queries(query: Query) -> list[SearchQuery]:
    """The searches of a query: one for each subquestion, and one for the whole.

    The subquestions come first, so that each has its best passages at the top of the result. A
    list of a period has one search restricted to the period, too.
    """
    whole = _search_query(query, query.text, query.periods)
    if query.within and not query.parts:
        since, until = query.within
        inside = replace(whole, filters=query.filters.over(Filters(since=since, until=until)))
        return [inside, whole]
    own = [tuple(periods(part, query.today)) for part in query.parts]
    return [
        *(
            _search_query(query, part, p or query.periods)
            for part, p in zip(query.parts, own, strict=True)
        ),
        whole,
    ]


def _search_query(
    query: Query, text: str, named_periods: tuple[tuple[date, date], ...]
) -> SearchQuery:
    wide = all((end - start).days > YEAR_DAYS for start, end in named_periods)
    return SearchQuery(
        text=text,
        wordings=query.wordings if text == query.text else part_wordings(text),
        names=query.names if text == query.text else name_groups(text),
        filters=query.filters,
        periods=named_periods,
        period_weight=YEAR_WEIGHT if wide else PERIOD_WEIGHT,
        recency=RECENCY[query.recency],
        outlets=query.outlets,
    )


def part_wordings(text: str) -> tuple[Wording, ...]:
    """What is searched beside a subquestion: synonyms, and for a Korean one English words."""
    if language_of(text) != "ko":
        return expansions(text)
    english, _ = translate_to_english(text)
    return (Wording(english, 1.0, meaning=False), *expansions(english)) if english else ()
