"""ninjs, news in JSON (IPTC, versions 1 to 3), and what wires write that is much like it.

Versions 1 and 2 write names in lower case and version 3 in camel case, so case is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest import fields, markup, text
from ingest.parsers.news import nitf
from ingest.parsers.news.item import (
    TEXT,
    NewsItem,
    best,
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

_FIGURE = re.compile(r"<(/?)figure\b[^>]{0,4000}>", re.IGNORECASE)
_NITF = re.compile(r"(?<![a-z])nitf")

DEPTH = 3
"""Levels of items within items that are followed."""

_TEASERS = frozenset({"summary", "abstract", "teaser", "short", "brief", "caption", "headline"})
_AUTHORS = frozenset({"author", "writer", "reporter", "creator", "byline"})

Json = Mapping[str, Any]


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
    for part in nested.values() if isinstance(nested, dict) else _list(nested):
        if depth > 1 and isinstance(part, Mapping) and part.get("uri"):
            for item in items(part, number, depth - 1):
                if item.kind == TEXT and (item.body or item.status):
                    yield item


def _read(low: Json, number: int) -> NewsItem:
    inner = _inner(low)
    kind = kind_with(kind_of(_text(low.get("type"))) or _guessed(low), inner.body)
    headline = _headline(low) or inner.headline
    made = date(_text(low.get("versioncreated")))
    first = next(
        (
            (f"ninjs: {n}", found)
            for n in ("firstpublished", "firstcreated", "contentcreated", "published")
            if (found := date(_text(low.get(n))))
        ),
        ("", ""),
    )
    published, updated = created(first, ("ninjs: versioncreated", made))
    body = text.body_of(without_headline(inner.body.split("\n\n"), headline))
    located = _located(low)
    own = NewsItem(
        kind=kind,
        uri=_identity(low),
        url=next((v for n in ("url", "canonicalurl", "weburl") if (v := _text(low.get(n)))), ""),
        headline=headline,
        byline=_byline(low),
        dateline=located,
        body=body,
        published=published,
        updated=updated,
        language=_text(low.get("language")),
        outlet=_outlet(low),
        subjects=names(map(_name, _list(low.get("subjects") or low.get("subject")))),
        places=names(
            [
                located,
                *map(_name, _list(low.get("places") or low.get("place") or low.get("location"))),
            ]
        ),
        version=_text(low.get("version")),
        made=made,
        status=state_of(_text(low.get("pubstatus"))),
        embargoed=date(_text(low.get("embargoed"))),
        number=number,
    ).over(inner)
    return own if own.dateline else NewsItem.over(own, NewsItem(dateline=dateline_in(body)))


def _guessed(low: Json) -> str:
    """The kind of an item that names none: what it has details of."""
    details = {"eventdetails": "event", "planningdetails": "planning item"}
    return next((kind for name, kind in details.items() if name in low), TEXT)


def _inner(low: Json) -> NewsItem:
    """The text, and what NITF in it says of itself. Of several renditions one with paragraphs
    marked up is taken, unless another is much longer."""
    found: list[tuple[str, str]] = []
    for part in _list(low.get("bodies")):
        if isinstance(part, Mapping):
            kind = f"{part.get('role', '')} {part.get('contentType', part.get('contenttype', ''))}"
            found.append((kind.lower(), _text(part.get("value"))))
        else:
            found.append(("", _text(part)))
    for name, part in low.items():
        if name.startswith("body") and isinstance(part, str):
            found.append((name.removeprefix("body").strip("_"), part))
    main = [(kind, v) for kind, v in found if kind.split(" ")[0] not in _TEASERS]
    read = [_rendition(kind, value) for kind, value in main or found if value.strip()]
    return best([pair for pair in read if pair[0] >= 0] or read)


def _rendition(kind: str, value: str) -> tuple[int, NewsItem]:
    """How well a rendition shows its paragraphs (2 NITF, 1 HTML, 0 plain, -1 XML that we do not
    know), and its text. Captions are none of it."""
    if _NITF.search(kind) or nitf.looks(value):
        return 2, nitf.of(value)
    if kind.endswith("/xml") and "<p>" not in value:
        return -1, NewsItem(body=text.body_of(markup.from_html(value).paragraphs))
    value = _without_figures(value)
    if markup.has_tags(value) or "html" in kind:
        return 1, NewsItem(body=text.body_of(markup.from_html(value).paragraphs))
    return 0, NewsItem(body=fields.plain_body(value))


def _without_figures(value: str) -> str:
    """HTML without its closed figures; in one pass, as one may open a million."""
    kept: list[str] = []
    at, opened = 0, -1
    for tag in _FIGURE.finditer(value):
        if not tag[1]:
            opened = tag.start() if opened < 0 else opened
        elif opened >= 0:
            kept += [value[at:opened], " "]
            at, opened = tag.end(), -1
    return "".join([*kept, value[at:]])


def _headline(low: Json) -> str:
    lines = [part for part in _list(low.get("headlines")) if isinstance(part, Mapping)]
    main = [p for p in lines if str(p.get("role", "main")).lower() in {"main", "headline", ""}]
    written = [low.get("headline"), low.get("headline_main"), *(p.get("value") for p in main)]
    written += [p.get("value") for p in lines]
    written += [low.get(name) for name in low if name.startswith("headline_")]
    written += [low.get("title"), low.get("name")]
    return next((fields.plain(v) for v in map(_text, written) if v), "")


def _byline(low: Json) -> str:
    for name in ("byline", "by"):
        if said := _text(low.get(name)):
            return fields.plain(said)
    for name in ("bylines", "byline", "authors", "creators", "infosources"):
        people = [p for p in _list(low.get(name)) if name != "infosources" or _role(p) in _AUTHORS]
        if found := names(
            _text(p.get("by")) or _name(p) if isinstance(p, Mapping) else _name(p) for p in people
        ):
            return ", ".join(found)
    people = [p for n in ("people", "person") for p in _list(low.get(n)) if _role(p) in _AUTHORS]
    return ", ".join(names(map(_name, people)))


def _role(part: object) -> str:
    return (
        str(part.get("role") or part.get("rel") or "").lower() if isinstance(part, Mapping) else ""
    )


def _outlet(low: Json) -> str:
    """The provider, else who holds the copyright, else the source."""
    for name in ("provider", "copyrightholder", "source", "sources", "infosource", "infosources"):
        for part in _list(low.get(name)):
            if found := text.line(_name(part)):
                return found
    return next(
        (o for n in ("copyrightnotice", "copyrightline") if (o := owner(_text(low.get(n))))), ""
    )


def _located(low: Json) -> str:
    """Where the item was written: `located`, as text or as the parts of a place."""
    for name in ("dateline", "located", "datelinelocation"):
        for part in _list(low.get(name)):
            if not isinstance(part, Mapping):
                return text.line(_text(part))
            ways = ("city", "locality", "countryareaname", "countryname", "country")
            if found := _name(part) or ", ".join(names(_text(part.get(w)) for w in ways)):
                return text.line(found)
    return ""


def _identity(low: Json) -> str:
    """The item's `uri`, without a query that differs from one delivery to the next."""
    uri, other = _text(low.get("uri")), low.get("altids")
    own = _text(other.get("itemid")) if isinstance(other, Mapping) else ""
    if own and own in uri.partition("?")[0]:
        return uri.partition("?")[0]
    return uri or own or _text(low.get("guid")) or _text(low.get("id"))


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return (
        str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def _name(part: object) -> str:
    """The name of a concept, else its literal, code or address."""
    if isinstance(part, Mapping):
        low = {str(name).lower(): value for name, value in part.items()}
        choices = (low.get(n) for n in ("name", "literal", "code", "qcode", "uri"))
        return next((v for v in map(_text, choices) if v), "")
    return _text(part)
