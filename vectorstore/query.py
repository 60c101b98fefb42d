"""What is searched: a text, what else was said of it, and what moves a hit up.

Reading a question is the caller's; a `SearchQuery` is what it came to. Weights are in the
unit of a hit's score, whose part for the text lies between 0 and about 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from vectorstore.filters import Filters

Period = tuple[date, date]
"""Its first and last day, both inclusive."""

ANY = Filters()

AFTER = 14
"""Days after a period in which it is still reported on."""

FADE = 45.0
"""Days in which the weight of being near, in time, falls to a third."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Another way to say a query, or some more words for it.

    `weight` is against the query's own text, which has 1. `meaning` false leaves it out of
    the vectors, for names and synonyms that only the words' index should look for.
    """

    text: str
    weight: float = 0.5
    meaning: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A text to search, and what the caller has read out of the question.

    `wordings` are expansions and what a follow-up leans on. `names` are groups of names of
    the same thing ("USTR", "Trade Representative"): whichever occurs counts, as if it stood
    in the text. `periods` move what was published in them, or shortly after, up by
    `period_weight`; `recency` moves the newest up, counting days back from `newest` (the
    newest candidate's day if None); `outlets` move theirs up by `outlet_weight`. None of
    these hides anything; `filters` do.
    """

    text: str
    wordings: tuple[Wording, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    filters: Filters = ANY
    periods: tuple[Period, ...] = ()
    period_weight: float = 0.2
    recency: float = 0.0
    newest: date | None = None
    outlets: tuple[str, ...] = ()
    outlet_weight: float = 0.1

    def within(self, filters: Filters | None) -> SearchQuery:
        """The same query; each filter that is given wins over what it has of its kind."""
        return replace(self, filters=filters.over(self.filters)) if filters else self


Asked = str | SearchQuery | Sequence[str | SearchQuery]
"""What `Archive.search` takes: several are searched each for itself, and take turns."""


def queries(asked: Asked, filters: Filters | None) -> list[SearchQuery]:
    """The queries of what is asked, those without a text left out."""
    several = [asked] if isinstance(asked, str | SearchQuery) else asked
    made = [SearchQuery(text=q) if isinstance(q, str) else q for q in several]
    return [q.within(filters) for q in made if q.text.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a hit stands where it does.

    `ranks` are its places in the indexes that found it, from 1 ("meaning", "words").
    `parts` add up to its score. `query` is what was searched, with the filters that held.
    """

    query: SearchQuery
    ranks: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)
