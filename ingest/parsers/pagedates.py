"""When a page says it was published and changed, and where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from ingest import dates, text
from ingest.parsers import labelled, marked, zones
from ingest.parsers.head import Head
from ingest.parsers.jsonld import JsonLd

Dates = dict[str, dict[str, str] | None]
"""`{"value", "found"}` of "published" and "updated", None where nothing is said."""

METAS = {
    "published": (
        "article:published_time", "article:published", "og:article:published_time",
        "og:published_time", "og:article:published", "datepublished", "date_published",
        "publishdate", "publish-date", "publish_date", "published_date", "published-date",
        "published_time", "pubdate", "publication_date", "publication-date", "parsely-pub-date",
        "sailthru.date", "article.published", "bt:pubdate", "cxenseparse:recs:publishtime",
        "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
        "dcterms.date", "citation_publication_date", "citation_date", "article:created",
        "displaydate", "ptime", "date",
    ),
    "updated": (
        "article:modified_time", "article:modified", "og:article:modified_time",
        "og:updated_time", "og:modified_time", "datemodified", "date_modified", "modified_time",
        "article.updated", "dcterms.modified", "dc.date.modified", "lastmod", "last-modified",
        "last_updated", "lastmodified", "lastmodifieddate", "revised", "modified", "utime",
    ),
}  # fmt: skip
"""Names of meta elements, the most reliable first."""

_ITEMS = {"published": "datePublished", "updated": "dateModified"}
_LABELLED = {
    "published": re.compile(
        r"publi|posted|pubdate|entry-date|issued|created|date-?time", re.IGNORECASE
    ),
    "updated": re.compile(r"updat|modif|revis|edited", re.IGNORECASE),
}
_IN_URL = re.compile(
    r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)
_SHORT, _SENTENCE = 100, 40
"""Characters of the longest text, and of the longest sentence, that a date is guessed from:
running text tells of other days."""


def found(tree: Any, head: Head, data: JsonLd) -> Dates:
    """The dates of a page: declared ones first, guessed ones only where nothing is declared.

    Values are ISO 8601 with the zone that is written, as far as they can be read. `found`
    begins with "htmldate", "URL", "element marked" or "first time" where the date is a guess.
    """
    declared: Dates = {}
    for role in METAS:
        candidates = list(_declared(tree, head, data, role))
        good = [c for c in candidates if _plausible(c["value"])]
        declared[role] = _confirmed(good, tree, head) or next(iter(candidates), None)
    said = declared["published"]
    if said is None or not _plausible(said["value"]):
        # A day that cannot be is often a template's, for one that it was not told.
        placeholder = said is not None and dates.parse(said["value"]) is not None
        guess = _by_address(head) if placeholder else _guessed(tree, head)
        declared["published"] = guess or said
    return declared


def _confirmed(good: list[dict[str, str]], tree: Any, head: Head) -> dict[str, str] | None:
    """The first date, in the zone in which the page shows it. Where another one has its clock
    but another zone, and is what the page shows, that one."""
    for one in good:
        if one["value"][:19] == good[0]["value"][:19]:
            shown = zones.local(one["value"], tree, head)
            if shown != one["value"]:
                return one | {"value": shown}
    return next(iter(good), None)


def _declared(tree: Any, head: Head, data: JsonLd, role: str) -> Iterator[dict[str, str]]:
    name = _ITEMS[role]
    yield from _dated(data.text(name), f"JSON-LD {name}")
    for meta in METAS[role]:
        for written in head.metas.get(meta, ()):
            yield from _dated(written, f"meta {meta}")
    for element in tree.iter():
        if isinstance(element.tag, str) and name in (element.get("itemprop") or "").split():
            written = element.get("datetime") or element.get("content") or _words(element)
            yield from _dated(written, f"itemprop {name}")
    for element in _times(tree):
        if role in _labels(element):
            yield from _dated(element.get("datetime") or _words(element), f"time element, {role}")
    for written in labelled.dates(tree).get(role, ()):
        yield {"value": written, "found": f"text after a label, {role}"}


def _dated(written: str, where: str) -> Iterator[dict[str, str]]:
    written = text.line(written[:100])
    if written:
        yield {"value": dates.parse(written) or written, "found": where}


def _plausible(value: str) -> bool:
    iso = dates.parse(value)
    return iso is not None and 1990 <= int(iso[:4]) <= datetime.now(UTC).year + 1


def _words(element: Any) -> str:
    return text.line("".join(element.itertext())[:500])


def _times(tree: Any) -> Iterator[Any]:
    """The `<time>` elements that may belong to the article itself."""
    for element in tree.iter("time"):
        above = {getattr(a, "tag", "") for a in element.iterancestors()}
        if marked.OUTSIDE.isdisjoint(above):
            yield element


def _labels(element: Any) -> set[str]:
    """Which date a `<time>` is, by its attributes, those above it and the word before it."""
    if element.get("pubdate") is not None:
        return {"published"}
    parent = element.getparent()
    around = [element] if parent is None or len(parent) > 3 else [element, parent]
    told = " ".join(f"{e.get('class') or ''} {e.get('id') or ''}" for e in around)
    before = element.getprevious()
    words = (parent.text if before is None and parent is not None else None) or (
        before.tail if before is not None else ""
    )
    told = f"{told} {words or ''}"
    return {role for role, named in _LABELLED.items() if named.search(told)}


def _guessed(tree: Any, head: Head) -> dict[str, str] | None:
    """A probable date of publication: from the first time element, one whose class says that
    it is a date, the address, the layout.

    Where such elements name several days, or one that is not clear, the layout knows no better.
    """
    seen = next((d for e in _times(tree) for d in _dated(e.get("datetime") or _words(e), "")), None)
    if seen and _plausible(seen["value"]):
        return {"value": seen["value"], "found": "first time element"}
    named = marked.days(tree)
    good = [iso for iso in named if _plausible(iso)]
    if good and len({iso[:10] for iso in named}) == 1:
        return {"value": max(good, key=len), "found": "element marked as a date"}
    if (by_address := _by_address(head)) or named:
        return by_address
    day = _by_htmldate(tree)
    return {"value": day, "found": "htmldate"} if day else None


def _by_address(head: Head) -> dict[str, str] | None:
    for address in filter(None, (head.canonical(), head.url)):
        if (day := _IN_URL.search(address)) and (iso := dates.parse("-".join(day.groups()))):
            return {"value": iso, "found": "URL"}
    return None


def _by_htmldate(tree: Any) -> str:
    """The day that htmldate finds outside running text, "" if none."""
    from htmldate import find_date

    outline = deepcopy(tree)
    for element in list(outline.iter("p", "blockquote", "figcaption", "li", "td")):
        words = _words(element)
        if len(words) > (_SENTENCE if words.endswith((".", "!", "?", "。")) else _SHORT):
            element.drop_tree()
    try:
        return find_date(outline, extensive_search=False, original_date=True, url="") or ""
    except (ValueError, OverflowError, AttributeError, TypeError):  # of odd dates and trees
        return ""
