"""An answer as JSON: what was said and quoted, with its sources as they were.

A snapshot outlives changes of the archive: it has each quote with the words around it, and
the headline, outlet and dates of the version that was quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

from chatbot import Answer, Citation, Claim, Query
from vectorstore import Archive, Dated, Filters, Hit, StoredArticle

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
        **_others(answer, "query claims abstained message nearest"),
        "text": answer.text,
        "abstained": answer.abstained,
        "message": answer.message,
        "query": plain(answer.query),
        "claims": [
            {
                **_others(claim, "text citations"),
                "text": claim.text,
                "citations": [c.number for c in claim.citations],
            }
            for claim in answer.claims
        ],
        "citations": [_citation(c) for c in answer.citations],
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


def _others(value: Any, known: str) -> Json:
    names = set(known.split())
    return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in names}


def _citation(cited: Citation) -> Json:
    return {
        **_others(cited, "number article start end quote"),
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
            **_known(Claim, claim),
        )
        for claim in saved["claims"]
    )
    return Answer(
        query=_query(saved.get("query")),
        claims=claims,
        abstained=saved["abstained"],
        message=saved["message"],
        nearest=tuple(_near(place, archive) for place in saved["nearest"]),
        **_known(Answer, saved),
    )


def _known(kind: type, saved: Json) -> Json:
    """Further fields of a kind that are as simple in JSON as in Python."""
    mine = set("query claims abstained message nearest text citations".split())
    known: Json = {}
    for field in fields(kind):
        value = saved.get(field.name)
        if field.name in mine or value is None or not field.init:
            continue
        if isinstance(value, (str, bool, int, float)):
            known[field.name] = value
        elif isinstance(value, list) and all(isinstance(v, (str, int, float)) for v in value):
            known[field.name] = tuple(value)
        elif isinstance(value, dict) and field.default_factory is dict:
            known[field.name] = value
    return known


def _cited(saved: Json, archive: Archive | None) -> Citation:
    article = _article(saved, archive)
    required = {"number": saved["number"], "quote": saved["quote"]}
    return Citation(article=article, start=saved["start"], end=saved["end"], **required)


def _near(saved: Json, archive: Archive | None) -> Hit:
    article = _article(saved, archive)
    return Hit(
        passage_id="",
        article=article,
        start=saved["start"],
        end=saved["end"],
        score=0.0,
        dense=0.0,
        lexical=None,
        sentences=(),
    )


def _article(saved: Json, archive: Archive | None) -> StoredArticle:
    card = saved["article"]
    values: Json = {f.name: "" for f in fields(StoredArticle) if f.default is MISSING}
    values |= {name: value for name, value in card.items() if name in _ARTICLE}
    for name in ("published", "updated"):
        values[name] = Dated(**card[name]) if card.get(name) else None
    for name in ("ingested", "withdrawn", "since"):
        values[name] = datetime.fromisoformat(card[name]) if card.get(name) else None
    kept = saved["before"] + saved["text"] + saved["after"]
    gap = saved["start"] - len(saved["before"])
    article = StoredArticle(**values | {"body": " " * gap + kept})
    try:
        stored = archive.article(card["id"], card["version"]) if archive else None
    except KeyError:
        stored = None
    same = stored and stored.body[saved["start"] : saved["end"]] == saved["text"]
    return replace(article, body=stored.body) if stored and same else article


_ARTICLE = {f.name for f in fields(StoredArticle)}


def _query(saved: Json | None) -> Query | None:
    if saved is None:
        return None
    f = saved["filters"]
    days = {n: date.fromisoformat(f[n]) if f.get(n) else None for n in ("since", "until", "as_of")}
    values: Json = {
        n: v for n, v in saved.items() if n in _QUERY and isinstance(v, (str, bool, int))
    }
    values["today"] = date.fromisoformat(saved["today"])
    return Query(filters=Filters(**days, outlets=tuple(f.get("outlets", ()))), **values)


_QUERY = {f.name for f in fields(Query)}
