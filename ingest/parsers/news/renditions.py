"""Renditions of one text in ninjs (NITF, HTML, plain text), and which of them is taken."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest import fields, markup, text
from ingest.parsers.news import nitf
from ingest.parsers.news.item import NewsItem, best
from ingest.parsers.news.json_values import Json, as_list, as_text

_FIGURE = re.compile(r"<(/?)figure\b[^>]{0,4000}>", re.IGNORECASE)
_NITF = re.compile(r"(?<![a-z])nitf")
_TEASERS = frozenset({"summary", "abstract", "teaser", "short", "brief", "caption", "headline"})


def best_rendition(low: Json) -> NewsItem:
    """The text of an item of ninjs, whose names are in lower case, and what NITF in it says.

    Of several renditions one with paragraphs marked up is taken, unless another is much longer.
    """
    found: list[tuple[str, str]] = []
    for part in as_list(low.get("bodies")):
        if isinstance(part, Mapping):
            kind = f"{part.get('role', '')} {part.get('contentType', part.get('contenttype', ''))}"
            found.append((kind.lower(), as_text(part.get("value"))))
        else:
            found.append(("", as_text(part)))
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
