"""What many queries of the ledger share: lists in batches, filters as conditions in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from vectorstore.filters import Filters
from vectorstore.ledger import schema, tags

T = TypeVar("T")

IN_LIMIT = 900
"""Values in one SQL IN list: under SQLite's oldest limit of 999 variables."""

a = schema.articles.c


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in batches that fit into an SQL IN list."""
    for i in range(0, len(values), IN_LIMIT):
        yield values[i : i + IN_LIMIT]


def conditions(filters: Filters) -> list[Any]:
    """`Filters` as SQL conditions on the articles table; see `Filters.admits`."""
    found: list[Any] = []
    if filters.articles:
        found.append(a.id.in_(filters.articles))
    if filters.outlets:
        found.append(a.outlet.in_(filters.outlets))
    if filters.languages:
        found.append(a.language.in_(filters.languages))
    if filters.since is not None:
        found.append(a.published_day >= filters.since.toordinal())
    if filters.until is not None:
        found.append(a.published_day <= filters.until.toordinal())
    if filters.as_of is not None:
        known = a.published_day <= filters.as_of.toordinal()
        found.append(known | a.published_day.is_(None))
    return [*found, *tags.conditions(filters)]
