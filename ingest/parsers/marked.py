"""Dates in elements that say by their class or id that they hold one: `<p class="date">`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest import text
from ingest.dates import parse as parse_date

OUTSIDE = frozenset({"a", "li", "aside", "nav", "footer", "blockquote", "figure"})
"""Elements whose dates are those of something else than the article."""

LONGEST = 60
"""Characters of the longest text that is a date and nothing besides."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_NAMES = frozenset(
    "date dateline datetime pubdate published publish publication posted issued".split()
)
_OTHERS = frozenset(
    "update updated modified modify revised edited event events start end due expiry expires "
    "birth deadline from to until picker filter archive".split()
)
_ELSEWHERE = re.compile(
    r"comment|repl(?:y|ies)|related|recommend|sidebar|widget|teaser|popular|\bcard\b", re.IGNORECASE
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "select", "input", "time"})
_UNCLEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")


def days(tree: Any) -> list[str]:
    """What these elements say, in the page's order: ISO 8601, or "" for what is written as a
    date whose day and month cannot be told apart."""
    return [iso for element in _elements(tree) if (iso := _date(element)) is not None]


def _elements(tree: Any) -> Iterator[Any]:
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in _UNSEEN or not _named(element):
            continue
        above = list(element.iterancestors())
        if OUTSIDE.isdisjoint({a.tag for a in above}) and not any(
            _ELSEWHERE.search(_marks(a)) for a in (element, *above) if a.tag != "body"
        ):
            yield element


def _named(element: Any) -> bool:
    words = {word.lower() for word in _WORD.findall(_marks(element))}
    return not words.isdisjoint(_NAMES) and words.isdisjoint(_OTHERS)


def _marks(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _date(element: Any) -> str | None:
    """The date that is all of an element's text, None if it is none."""
    words = text.line("".join(element.itertext())[: 4 * LONGEST])
    if len(words) > LONGEST:
        return None
    return parse_date(words) or ("" if _UNCLEAR.match(words) else None)
