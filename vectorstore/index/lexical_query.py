"""A `SearchQuery` as tantivy queries: BM25 in weighted fields, the share of words, filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vectorstore.filters import Filters
from vectorstore.index.analyzer import question_terms, terms
from vectorstore.ledger import tags
from vectorstore.query import SearchQuery

FIELDS = {"body": 1.0, "headline": 0.4, "by": 0.2}
"""The fields with words, and what a term in them counts. A headline is the whole article's,
so its terms say less of one passage; `by` is outlet and byline."""

MOST_TERMS = 64
"""Terms of a text that are looked for, the first ones."""

LAST_DAY = 4_000_000
"""Later than any ordinal day."""


def bm25_query(schema: Any, query: SearchQuery) -> Any:
    """The terms, names and filters of a query for BM25 ranking; None without a word to look for."""
    from tantivy import Occur, Query

    weights = term_weights(query)
    found = [_term(schema, term, weight) for term, weight in weights.items()]
    found += [name for group in query.names if (name := _names(schema, group))]
    if not found:
        return None
    words = Query.boolean_query([(Occur.Should, one) for one in found])
    if narrowed := list(_narrowed(schema, query.filters)):
        return Query.boolean_query([(Occur.Must, one) for one in (words, *narrowed)])
    return words


def term_weights(query: SearchQuery) -> dict[str, float]:
    """Each term with its largest weight among the texts that have it."""
    weights = dict.fromkeys(question_terms(query.text)[:MOST_TERMS], 1.0)
    for wording in query.wordings:
        for term in question_terms(wording.text)[:MOST_TERMS]:
            weights[term] = max(weights.get(term, 0.0), wording.weight)
    return weights


def coverage_query(
    schema: Any,
    worth: Mapping[str, float],
    names: Iterable[tuple[Sequence[str], float]],
    ids: Sequence[str],
) -> Any:
    """A query for the given passages that scores what each term and name is worth once.

    It counts in the body or the headline, however often it stands there.
    """
    from tantivy import Occur, Query

    def once(forms: Sequence[list[str]], value: float) -> Any:
        places = [_at(schema, f, form) for form in forms for f in ("body", "headline")]
        constant = [Query.const_score_query(place, value) for place in places]
        return Occur.Should, Query.disjunction_max_query(constant)

    parts = [once([[term]], value) for term, value in worth.items()]
    parts += [once(forms, value) for group, value in names if (forms := _forms(group))]
    # One clause an id: a set of terms walks the whole dictionary (2.0 ms for 140 ids, not 0.7)
    named = [Query.term_query(schema, "id", i, index_option="basic") for i in ids]
    any_of = Query.boolean_query([(Occur.Should, one) for one in named])
    wanted = Query.const_score_query(any_of, 0.0)
    return Query.boolean_query([(Occur.Must, wanted), *parts])


def term_query(schema: Any, field: str, term: str) -> Any:
    """A query for one term in one field."""
    return _at(schema, field, [term])


def phrase_query(schema: Any, words: Sequence[str]) -> Any:
    """A query for terms side by side in any of the fields."""
    return _in_fields(schema, [*words], 1.0)


def _forms(group: Iterable[str]) -> list[list[str]]:
    """The terms of each of several names."""
    return [words for name in dict.fromkeys(group) if (words := terms(name))]


def _at(schema: Any, field: str, words: Sequence[str]) -> Any:
    """A term, or a phrase of several, in one field."""
    from tantivy import Query

    if len(words) == 1:
        return Query.term_query(schema, field, words[0])
    return Query.phrase_query(schema, field, [*words])


def _term(schema: Any, term: str, weight: float) -> Any:
    return _in_fields(schema, [term], weight)


def _names(schema: Any, group: Iterable[str]) -> Any:
    """The best of several names, each as a phrase; None if none of them has a term."""
    from tantivy import Query

    found = _forms(group)
    if not found:
        return None
    return Query.disjunction_max_query([_in_fields(schema, words, 1.0) for words in found])


def _in_fields(schema: Any, words: list[str], weight: float) -> Any:
    """A term, or a phrase of several, in each of the fields."""
    from tantivy import Occur, Query

    return Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(_at(schema, field, words), weight * worth))
            for field, worth in FIELDS.items()
        ]
    )


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
    named: list[tuple[str, Sequence[str]]] = [
        ("outlet", filters.outlets),
        ("language", filters.languages),
        ("article", filters.articles),
        *(("tag", words) for words in tags.filter_codes(filters)),
    ]
    for field, names in named:
        if names:
            yield Query.const_score_query(Query.term_set_query(schema, field, list(names)), 0.0)
