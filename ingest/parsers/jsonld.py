"""JSON-LD in pages: the object that describes the article (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest import fields, text

MAX_CHARACTERS = 2_000_000
"""Characters of JSON-LD that are looked at; articles with their text have 5,000 to 50,000."""

MAX_OBJECTS = 2_000
_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report\w*|\w*NewsArticle)$")
_PAGE = frozenset({"WebPage", "ItemPage", "CreativeWork"})
_BELOW = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")

Object = Mapping[str, Any]


class JsonLd:
    """The JSON-LD of a page, by what describes its article; empty values where it has none."""

    def __init__(self, tree: Any, names: Iterable[str] = ()) -> None:
        """`names` are headlines and addresses of the page; they choose among many articles."""
        objects = list(_objects(tree))
        self._known = {str(o["@id"]): o for o in objects if "@id" in o and len(o) > 1}
        articles = [o for o in objects if any(_ARTICLE.match(t) for t in _types(o))]
        pages = [o for o in objects if not _PAGE.isdisjoint(_types(o))]
        wanted = set(filter(None, names))
        fitting = (o for o in articles if wanted & {self._name(o), *_addresses(o)})
        chosen: Object = next(fitting, articles[0] if articles else {})
        self._sources = [chosen, *(pages[:1] if len(articles) < 2 else [])]

    def text(self, name: str) -> str:
        """The value as one line of text, "" if there is none."""
        for found in self._sources:
            value = found.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, str | int | float) and (words := fields.plain(str(value)[:5_000])):
                return words
        return ""

    def flag(self, name: str) -> bool | None:
        """A yes or no, None if it says neither."""
        said = self.text(name).rpartition("/")[2].lower()
        return {"true": True, "false": False}.get(said)

    def locked(self) -> list[str]:
        """The CSS selectors of the article's parts that are declared as not free."""
        parts = [part for found in self._sources for part in _listed(found.get("hasPart"))]
        said = (p for p in parts if _word(p.get("isAccessibleForFree")) == "false")
        named = (one for part in said for one in _listed_words(part.get("cssSelector")))
        return [selector.strip() for selector in named if selector.strip()][:20]

    def people(self, name: str) -> list[str]:
        """The names of persons or organisations, in their order."""
        for found in self._sources:
            value = found.get(name)
            names = [self._name(v) for v in (value if isinstance(value, list) else [value])]
            if any(names):
                return [n for n in names if n][:50]
        return []

    def _name(self, value: object) -> str:
        if isinstance(value, Mapping):
            whole = self._known.get(str(value.get("@id", "")), value)
            value = whole.get("name") or value.get("name") or whole.get("headline")
        if isinstance(value, list):
            value = value[0] if value else ""
        return fields.plain(value[:500]) if isinstance(value, str) else ""


def _listed(value: object) -> list[Object]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found[:50] if isinstance(one, Mapping)]


def _listed_words(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found[:50] if isinstance(one, str)]


def _word(value: object) -> str:
    return str(value).rpartition("/")[2].strip().lower()


def _types(found: Object) -> set[str]:
    types = found.get("@type")
    listed = types if isinstance(types, list) else [types]
    return {t.rpartition("/")[2] for t in listed if isinstance(t, str)}


def _addresses(found: Object) -> Iterator[str]:
    for name in ("url", "@id", "mainEntityOfPage"):
        value = found.get(name)
        value = value.get("@id") if isinstance(value, Mapping) else value
        if isinstance(value, str):
            yield value.strip()


def _objects(tree: Any) -> Iterator[Object]:
    """The objects of all scripts, those within lists and graphs too, in their order."""
    waiting: list[tuple[Any, int]] = [(value, 0) for value in _values(tree)]
    count = 0
    while waiting and count < MAX_OBJECTS:
        value, depth = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = [(v, depth + 1) for v in value[:MAX_OBJECTS] if depth < 6]
        elif isinstance(value, Mapping):
            count += 1
            yield value
            waiting[:0] = [(value[n], depth + 1) for n in _BELOW if n in value and depth < 6]


def _values(tree: Any) -> Iterator[Any]:
    left = MAX_CHARACTERS
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        source = script.text or ""
        left -= len(source)
        if left < 0:
            return
        try:
            yield json.loads(_bare(source), strict=False)
        except (ValueError, RecursionError):  # pages are full of it; there are other witnesses
            continue


def _bare(source: str) -> str:
    """JSON without what templates leave around it: comments, CDATA, a last semicolon."""
    found = source.strip()
    for start, end in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>")):
        found = found.removeprefix(start).removesuffix(end).strip()
    return text.visible(found.rstrip(";").strip()) if "\t" not in found else found.rstrip(";")
