"""An answer as JSON: what was said and quoted, with its sources as they were.

A snapshot outlives changes of the archive: it has each quote with the words around it, and
the headline, outlet and dates of the version that was quoted.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from chatbot import Answer, Citation, Claim, Query
from vectorstore import Archive, Hit, StoredArticle

log = logging.getLogger(__name__)

Json = dict[str, Any]

AROUND = 400
"""Characters kept on each side of a quote, within its paragraph."""

NEAREST = 5
"""Nearest articles kept of an answer that the archive does not hold."""


def snapshot(answer: Answer) -> Json:
    """An answer as JSON values; fields that are new to `Answer` or `Claim` go along.

    `claims` hold their citations' numbers, `citations` each once, in order.
    """
    nearest: dict[str, Hit] = {}
    for hit in answer.nearest if answer.abstained else ():
        nearest.setdefault(hit.article.id, hit)
    return {
        **_others(answer),
        "text": answer.text,
        "abstained": answer.abstained,
        "message": answer.message,
        "query": plain(answer.query),
        "claims": [
            {
                **_others(claim),
                "text": claim.text,
                "citations": [c.number for c in claim.citations],
            }
            for claim in answer.claims
        ],
        "citations": [citation(c) for c in answer.citations],
        "nearest": [_place(h.article, h.start, h.end) for h in list(nearest.values())[:NEAREST]],
    }


def article_card(article: StoredArticle) -> Json:
    """Everything about an article's version but its body."""
    card = {f.name: plain(getattr(article, f.name)) for f in fields(article) if f.name != "body"}
    return {name: value for name, value in card.items() if value is not None}


def plain(value: Any) -> Any:
    """A value of ours as JSON: dataclasses as objects, dates in ISO 8601, articles as cards."""
    if isinstance(value, StoredArticle):
        return article_card(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _others(value: Any) -> Json:
    """The fields that this module does not name."""
    return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in _OURS}


def citation(cited: Citation) -> Json:
    """A citation as JSON, with the words around its quote."""
    return {
        **_others(cited),
        "number": cited.number,
        "quote": cited.quote,
        **_place(cited.article, cited.start, cited.end),
    }


def _place(article: StoredArticle, start: int, end: int) -> Json:
    """A span of an article, with the words of its paragraph around it."""
    body = article.body
    low = max(body.rfind("\n\n", 0, start) + 2 if "\n\n" in body[:start] else 0, start - AROUND)
    stop = body.find("\n\n", end)
    high = min(len(body) if stop < 0 else stop, end + AROUND)
    return {
        "start": start,
        "end": end,
        "before": body[low:start],
        "text": body[start:end],
        "after": body[end:high],
        "article": article_card(article),
    }


def restored(saved: Json, archive: Archive | None = None) -> Answer:
    """The answer of a snapshot, to be shown again as it was; nothing is checked anew.

    Bodies come from the archive's own versions; of a version that is not there, only the
    kept words around the quote, at their offsets.
    """
    cited = {c["number"]: _cited(c, archive) for c in saved["citations"]}
    claims = tuple(
        Claim(
            text=claim["text"],
            citations=tuple(cited[n] for n in claim["citations"]),
            **_more(Claim, claim),
        )
        for claim in saved["claims"]
    )
    return Answer(
        query=_read(Query, saved["query"]) if saved.get("query") else None,
        claims=claims,
        abstained=saved["abstained"],
        message=saved["message"],
        nearest=tuple(_near(place, archive) for place in saved["nearest"]),
        **_more(Answer, saved),
    )


def _read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def _more(kind: type, saved: Json) -> Json:
    """Further fields of a kind; one that has changed its type since is left at its default."""
    hints, more = get_type_hints(kind), {}
    for field in fields(kind):
        if field.name in saved and field.name not in _OURS:
            try:
                more[field.name] = _read(hints[field.name], saved[field.name])
            except ValidationError:
                log.info("a snapshot's %s is of an earlier kind", field.name)
    return more


_OURS = frozenset("number article start end quote query claims abstained message nearest".split())
_OURS |= {"text", "citations"}


def _cited(saved: Json, archive: Archive | None) -> Citation:
    article, at = _article(saved, archive), (saved["start"], saved["end"])
    more = _more(Citation, saved)
    number, quote = saved["number"], saved["quote"]
    return Citation(number=number, article=article, start=at[0], end=at[1], quote=quote, **more)


def _near(saved: Json, archive: Archive | None) -> Hit:
    return Hit(
        passage_id="",
        article=_article(saved, archive),
        start=saved["start"],
        end=saved["end"],
        score=0.0,
        dense=0.0,
        lexical=None,
        sentences=(),
    )


def _article(saved: Json, archive: Archive | None) -> StoredArticle:
    """The article of a place, its dates and names as they were."""
    card = saved["article"]
    try:
        stored = archive.article(card["id"], card["version"]) if archive else None
    except KeyError:
        stored = None
    held = stored and stored.body[saved["start"] : saved["end"]] == saved["text"]
    if stored and held:
        body = stored.body
    else:
        gap = saved["start"] - len(saved["before"])
        body = " " * gap + saved["before"] + saved["text"] + saved["after"]
    blank = {"published": None, "updated": None}
    article: StoredArticle = _read(StoredArticle, blank | card | {"body": body})
    return article
