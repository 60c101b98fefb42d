"""ninjs, news in JSON (IPTC, versions 1 to 3), and what wires write that is much like it.

Versions 1 and 2 write names in lower case and version 3 in camel case, so case is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingest import fields, text
from ingest.parsers.news.item import (
    TEXT,
    NewsItem,
    created,
    date,
    dateline_in,
    kind_of,
    kind_with,
    names,
    owner,
    state_of,
    without_headline,
)
from ingest.parsers.news.json_values import Json, as_list, as_text, name_of
from ingest.parsers.news.renditions import best_rendition

MARKS = frozenset(
    "versioncreated pubstatus bodies headlines body_text body_xhtml body_html body_main "
    "body_richtext description_text representationtype renditions associations contentcreated "
    "eventdetails planningdetails".split()
)
"""Names, one of which stands beside `uri` in any ninjs that has more than a headline."""

ORDINARY = frozenset({"text", "content", "articlebody", "body"})
"""Names of the text in rows that are of no standard; ninjs has none of them."""

TELLING = MARKS - {"body_text", "body_html", "description_text"}
"""Names that no ordinary row has beside its text."""

DEPTH = 3
"""Levels of items within items that are followed."""

_AUTHORS = frozenset({"author", "writer", "reporter", "creator", "byline"})


def is_item(value: object) -> bool:
    """Whether a JSON value is an item of ninjs, or of a wire that has `body_nitf`."""
    if not isinstance(value, Mapping):
        return False
    low = {str(name).lower() for name in value}
    if "body_nitf" in low:
        return True
    standard = value.get("standard") or value.get("$standard")
    if isinstance(standard, Mapping) and str(standard.get("name")).lower() == "ninjs":
        return True
    if ordinary(value) and low.isdisjoint(TELLING):
        return False
    named = isinstance(value.get("uri") or value.get("guid"), str)
    return named and not low.isdisjoint(MARKS)


def ordinary(value: Mapping[Any, Any]) -> bool:
    """Whether a JSON object has its text under a name of no standard."""
    return any(
        str(name).lower() in ORDINARY and isinstance(part, str) and part.strip()
        for name, part in value.items()
    )


def items(value: Json, number: int = 1, depth: int = DEPTH) -> Iterator[NewsItem]:
    """An item, then the texts among those that it is associated with."""
    low = {str(name).lower(): part for name, part in value.items()}
    yield _read(low, number)
    nested = low.get("associations")
    for part in nested.values() if isinstance(nested, dict) else as_list(nested):
        if depth > 1 and isinstance(part, Mapping) and part.get("uri"):
            for item in items(part, number, depth - 1):
                if item.kind == TEXT and (item.body or item.status):
                    yield item


def _read(low: Json, number: int) -> NewsItem:
    inner = best_rendition(low)
    kind = kind_with(kind_of(as_text(low.get("type"))) or _guessed(low), inner.body)
    headline = _headline(low) or inner.headline
    made = date(as_text(low.get("versioncreated")))
    first = next(
        (
            (f"ninjs: {n}", found)
            for n in ("firstpublished", "firstcreated", "contentcreated", "published")
            if (found := date(as_text(low.get(n))))
        ),
        ("", ""),
    )
    published, updated = created(first, ("ninjs: versioncreated", made))
    body = text.body_of(without_headline(inner.body.split("\n\n"), headline))
    located = _located(low)
    places = low.get("places") or low.get("place") or low.get("location")
    own = NewsItem(
        kind=kind,
        uri=_identity(low),
        url=next((v for n in ("url", "canonicalurl", "weburl") if (v := as_text(low.get(n)))), ""),
        headline=headline,
        byline=_byline(low),
        dateline=located,
        body=body,
        published=published,
        updated=updated,
        language=as_text(low.get("language")),
        outlet=_outlet(low),
        subjects=names(map(name_of, as_list(low.get("subjects") or low.get("subject")))),
        places=names([located, *map(name_of, as_list(places))]),
        version=as_text(low.get("version")),
        made=made,
        status=state_of(as_text(low.get("pubstatus"))),
        embargoed=date(as_text(low.get("embargoed"))),
        number=number,
    ).over(inner)
    return own if own.dateline else NewsItem.over(own, NewsItem(dateline=dateline_in(body)))


def _guessed(low: Json) -> str:
    """The kind of an item that names none: what it has details of."""
    details = {"eventdetails": "event", "planningdetails": "planning item"}
    return next((kind for name, kind in details.items() if name in low), TEXT)


def _headline(low: Json) -> str:
    lines = [part for part in as_list(low.get("headlines")) if isinstance(part, Mapping)]
    main = [p for p in lines if str(p.get("role", "main")).lower() in {"main", "headline", ""}]
    written = [low.get("headline"), low.get("headline_main"), *(p.get("value") for p in main)]
    written += [p.get("value") for p in lines]
    written += [low.get(name) for name in low if name.startswith("headline_")]
    written += [low.get("title"), low.get("name")]
    return next((fields.plain(v) for v in map(as_text, written) if v), "")


def _byline(low: Json) -> str:
    for name in ("byline", "by"):
        if said := as_text(low.get(name)):
            return fields.plain(said)
    for name in ("bylines", "byline", "authors", "creators", "infosources"):
        people = as_list(low.get(name))
        if name == "infosources":
            people = [p for p in people if _role(p) in _AUTHORS]
        if found := names(map(_author, people)):
            return ", ".join(found)
    people = [p for n in ("people", "person") for p in as_list(low.get(n)) if _role(p) in _AUTHORS]
    return ", ".join(names(map(name_of, people)))


def _author(part: object) -> str:
    """Whom a part of a byline names: as it is to be printed, else the name."""
    printed = as_text(part.get("by")) if isinstance(part, Mapping) else ""
    return printed or name_of(part)


def _role(part: object) -> str:
    return (
        str(part.get("role") or part.get("rel") or "").lower() if isinstance(part, Mapping) else ""
    )


def _outlet(low: Json) -> str:
    """The provider, else who holds the copyright, else the source."""
    for name in ("provider", "copyrightholder", "source", "sources", "infosource", "infosources"):
        for part in as_list(low.get(name)):
            if found := text.line(name_of(part)):
                return found
    return next(
        (o for n in ("copyrightnotice", "copyrightline") if (o := owner(as_text(low.get(n))))), ""
    )


def _located(low: Json) -> str:
    """Where the item was written: `located`, as text or as the parts of a place."""
    for name in ("dateline", "located", "datelinelocation"):
        for part in as_list(low.get(name)):
            if not isinstance(part, Mapping):
                return text.line(as_text(part))
            ways = ("city", "locality", "countryareaname", "countryname", "country")
            if found := name_of(part) or ", ".join(names(as_text(part.get(w)) for w in ways)):
                return text.line(found)
    return ""


def _identity(low: Json) -> str:
    """The item's `uri`, without a query that differs from one delivery to the next."""
    uri, other = as_text(low.get("uri")), low.get("altids")
    own = as_text(other.get("itemid")) if isinstance(other, Mapping) else ""
    if own and own in uri.partition("?")[0]:
        return uri.partition("?")[0]
    return uri or own or as_text(low.get("guid")) or as_text(low.get("id"))
