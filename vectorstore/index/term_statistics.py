"""Statistics of terms in the lexical index: in how many passages one is, and how rare that is."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import Any

from vectorstore.index import lexical_query as queries


class TermStatistics:
    """What one searcher of tantivy's counts.

    Its own count of a term goes on counting passages that were replaced, so where there are any
    (`replaced`) the living ones are looked up.
    """

    def __init__(self, searcher: Any, schema: Any, *, replaced: bool) -> None:
        self._searcher, self._schema, self._replaced = searcher, schema, replaced

    def document_frequency(self, field: str, term: str) -> int:
        """How many passages have a term in a field."""
        count = int(self._searcher.doc_freq(field, term))
        if not self._replaced or not count:
            return count
        query = queries.term_query(self._schema, field, term)
        return int(self._searcher.search(query, limit=1, count=True).count)

    def rarity(self, terms: Iterable[str], *, known: bool = False) -> dict[str, float]:
        """Inverse document frequency of terms: 0 in every passage, 1 in one or none; if only
        `known`, of those that the index has."""
        total = log(max(self._searcher.num_docs, 2))
        return {
            term: 1 - log(max(count, 1)) / total
            for term in terms
            if (count := self.document_frequency("body", term))
            or not known
            or self.document_frequency("headline", term)
        }
