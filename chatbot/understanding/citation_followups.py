"""Follow-up questions about a citation: "what else does [2] say?".

Such a question is searched in the cited article alone, and the sentences that were quoted
already are left out of the new answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage

from chatbot.language.phrases import phrases
from chatbot.values import Citation, Query
from vectorstore import Filters, Hit, InputError


@dataclass(frozen=True, slots=True)
class EarlierQuote:
    """A quote of the answer before: its number, its article's id and headline, its offsets."""

    number: int
    article: str
    headline: str
    start: int
    end: int


def earlier_quotes(inputs: Mapping[str, Any]) -> list[EarlierQuote]:
    """The quotes of the answer before: the input `cited`, its citations (or `EarlierQuote`); else
    those that the last message of the history carries (see `Answer.to_message`).

    Raises InputError if `cited` holds something else.
    """
    given = inputs.get("cited")
    if given is None:
        return _quotes_in_history(inputs.get("history") or [])
    if not all(isinstance(c, (Citation, EarlierQuote)) for c in given):
        raise InputError("cited is a list of citations, those of the answer before")
    return [
        EarlierQuote(c.number, c.article.id, c.article.headline, c.start, c.end)
        if isinstance(c, Citation)
        else c
        for c in given
    ]


def _quotes_in_history(history: Sequence[Any]) -> list[EarlierQuote]:
    last = next((m for m in reversed(history) if isinstance(m, AIMessage)), None)
    blocks = last.content if last and isinstance(last.content, list) else []
    notes = [n for b in blocks if isinstance(b, dict) for n in b.get("annotations", ())]
    extras = [(n.get("title") or "", n.get("extras") or {}) for n in notes]
    return [
        EarlierQuote(x["number"], x["article"], title, x["start"], x["end"])
        for title, x in extras
        if {"number", "article", "start", "end"} <= {*x}
    ]


def restrict_to_citation(query: Query, number: int | None, quoted: Sequence[EarlierQuote]) -> Query:
    """The query restricted to the article of a citation, beyond what was quoted of it."""
    one = next((q for q in quoted if q.number == number), None)
    if one is None:
        return query
    spans = tuple((q.start, q.end) for q in quoted if q.article == one.article)
    note = str(phrases(query.language)["in_article"]).format(headline=one.headline)
    return replace(
        query,
        filters=Filters(as_of=query.filters.as_of, articles=(one.article,)),
        beyond=spans,
        notes=(note,) if one.headline else (),
    )


def without_quoted(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """The hits without the sentences that were quoted already."""
    return [
        replace(
            hit,
            sentences=tuple(
                s
                for s in hit.sentences
                if not any(s.start < end and start < s.end for start, end in query.beyond)
            ),
        )
        for hit in hits
    ]
