"""Subqueries: a part of a question as a query of its own, and the hits that it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.reading.answer_spans import requested_units
from chatbot.understanding.answer_types import kinds_of
from chatbot.understanding.search_queries import part_wordings
from chatbot.understanding.temporal_intent import periods
from chatbot.values import Query
from vectorstore import Hit


def subquery(query: Query, part: str) -> Query:
    """A part of a question as one of its own; what it leaves open is as in the whole."""
    kinds = kinds_of(part)
    if kinds == ("what",):
        kinds = tuple(k for k in query.kinds if k not in ("compare", "list", "how")) or kinds
        if "compare" in query.kinds and requested_units(part):
            kinds = ("how much",)
    return replace(
        query,
        question=part,
        text=part,
        wordings=part_wordings(part),
        parts=(),
        kinds=kinds,
        periods=tuple(periods(part, query.today)) or query.periods,
    )


def hits_of_subquery(part: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that a part's own search found; all of them if that is not known."""
    return [h for h in hits if h.why and h.why.query.text == part] or list(hits)
