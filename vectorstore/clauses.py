"""A `SearchQuery` as a tantivy query: BM25 over weighted fields, names, and filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vectorstore.analyzer import question_terms, terms
from vectorstore.query import SearchQuery
from vectorstore.values import Filters

FIELDS = {"body": 1.0, "headline": 0.4, "by": 0.2}
"""The fields with words, and what a term in them counts. A headline is the whole article's,
so its terms say less of one passage; `by` is outlet and byline."""

MOST_TERMS = 64
"""Terms of a text that are looked for, the first ones."""

LAST_DAY = 4_000_000
"""Later than any ordinal day."""


def built(schema: Any, query: SearchQuery) -> Any:
    """The query for tantivy; None if there is no word to look for."""
    from tantivy import Occur, Query

    weights = _weights(query)
    found = [_term(schema, term, weight) for term, weight in weights.items()]
    found += [name for group in query.names if (name := _names(schema, group))]
    if not found:
        return None
    words = Query.boolean_query([(Occur.Should, one) for one in found])
    if narrowed := list(_narrowed(schema, query.filters)):
        return Query.boolean_query([(Occur.Must, one) for one in (words, *narrowed)])
    return words


def _weights(query: SearchQuery) -> dict[str, float]:
    """Each term with its largest weight among the texts that have it."""
    weights = dict.fromkeys(question_terms(query.text)[:MOST_TERMS], 1.0)
    for wording in query.wordings:
        for term in question_terms(wording.text)[:MOST_TERMS]:
            weights[term] = max(weights.get(term, 0.0), wording.weight)
    return weights


def _term(schema: Any, term: str, weight: float) -> Any:
    return _in_fields(schema, [term], weight)


def _names(schema: Any, group: Iterable[str]) -> Any:
    """The best of several names, each as a phrase; None if none of them has a term."""
    from tantivy import Query

    found = [words for name in dict.fromkeys(group) if (words := terms(name))]
    if not found:
        return None
    return Query.disjunction_max_query([_in_fields(schema, words, 1.0) for words in found])


def _in_fields(schema: Any, words: list[str], weight: float) -> Any:
    """A term, or a phrase of several, in each of the fields."""
    from tantivy import Occur, Query

    def one(field: str) -> Any:
        if len(words) == 1:
            return Query.term_query(schema, field, words[0])
        return Query.phrase_query(schema, field, [*words])

    parts = [(Occur.Should, Query.boost_query(one(f), weight * w)) for f, w in FIELDS.items()]
    return Query.boolean_query(parts)


def _narrowed(schema: Any, filters: Filters) -> Iterable[Any]:
    """The filters as queries that do not score."""
    from tantivy import FieldType, Query

    def days(first: int, last: int) -> Any:
        return Query.range_query(schema, "day", FieldType.Integer, first, last)

    if filters.since or filters.until:
        first = filters.since.toordinal() if filters.since else 1
        last = filters.until.toordinal() if filters.until else LAST_DAY
        yield Query.const_score_query(days(first, last), 0.0)
    if filters.as_of:
        yield Query.const_score_query(days(0, filters.as_of.toordinal()), 0.0)
    for field, names in (("outlet", filters.outlets), ("language", filters.languages)):
        if names:
            yield Query.const_score_query(Query.term_set_query(schema, field, list(names)), 0.0)
