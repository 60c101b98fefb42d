"""Who wrote an article, as one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest import markup, text

_BY = re.compile(r"(?:written )?by[:\s]\s*", re.IGNORECASE)
_MAIL = re.compile(r"(?<![^\s@<>()])[^\s@<>()]+@[^\s@<>()]+")
_EMPTY = re.compile(r"\(\s*\)|<\s*>")


def joined(names: Iterable[str]) -> str:
    """Names as one byline: each once, without "By", and without addresses beside a name."""
    clean = (text.line(_named(name)) for name in names)
    return ", ".join(dict.fromkeys(filter(None, clean)))


def _named(name: str) -> str:
    """`Kim Min-ji` of `By Kim Min-ji <kim@example.org>`; an address alone stays."""
    shown = " ".join(markup.from_html(name).paragraphs) if markup.has_tags(name) else name
    shown = text.line(shown)
    if by := _BY.match(shown):
        shown = shown[by.end() :]
    rest = _EMPTY.sub("", _MAIL.sub("", shown)).strip() if "@" in shown else shown
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    return rest or shown
