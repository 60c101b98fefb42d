"""Dates that pages show to readers, after a word that says what they are: "Updated", 입력."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ingest import text
from ingest.dates import parse as parse_date
from ingest.parsers.wording import phrases

LONGEST = 160
"""Characters of the longest piece of text that is looked at: lines with dates are short."""

UNSEEN = frozenset({"script", "style", "title", "noscript", "template", "a", "li", "footer"})
_SEAM = re.compile(r"[|·ㅣ\[\]\n]| [/\-–] ")
_WORDS = 8
"""Words of the longest date: `Thursday, 31 July 2025 at 2:20 pm KST`."""


def dates(tree: Any) -> dict[str, list[str]]:
    """The dates after labels, as ISO 8601 in the page's order, by "published" and "updated"."""
    found: dict[str, list[str]] = {}
    pieces = list(_pieces(tree))
    for number, piece in enumerate(pieces):
        before, *rest = _label().split(piece)
        if before.strip() and not _SEAM.search(before[-3:]):
            continue
        for label, after in zip(rest[::2], rest[1::2], strict=True):
            following = pieces[number + 1] if number + 1 < len(pieces) else ""
            iso = date(after if re.search(r"\w", after) else following)
            if iso:
                found.setdefault(_labels()[label.casefold()], []).append(iso)
    return found


def parts(piece: str) -> list[str]:
    """A text, and what stands in it after a label such as "Published"."""
    line = text.line(piece)
    return [line, *_label().split(line)[2::2]]


def date(after: str) -> str:
    """The date at the start of a text, "" if none."""
    words = _SEAM.split(after.lstrip(" :：.,-–"), maxsplit=1)[0].split()[:_WORDS]
    for count in range(len(words), 0, -1):
        if iso := parse_date(" ".join(words[:count]).rstrip(",;")):
            return iso
    return ""


def _pieces(tree: Any) -> Iterator[str]:
    """The short pieces of text between tags, in the page's order."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        own = element.text if element.tag not in UNSEEN else None
        for written in (own, element.tail):
            if written and len(written) < 2 * LONGEST:
                piece = text.line(written)
                if piece and len(piece) <= LONGEST:
                    yield piece


@cache
def _labels() -> dict[str, str]:
    rows = (row.split("\t") for row in phrases("datelabels.tsv"))
    return {label: role for role, label in rows}


@cache
def _label() -> re.Pattern[str]:
    longest = sorted(_labels(), key=len, reverse=True)
    words = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w)({words})(?![^\W\d])", re.IGNORECASE)
