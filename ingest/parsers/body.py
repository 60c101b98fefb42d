"""The text of an article page: trafilatura's extraction as paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest import text
from ingest.parsers.wording import fold, is_teaser, weight, without_footers

_BLOCKS = frozenset({"p", "head", "quote", "code", "ab", "fw", "list", "div"})
_ENOUGH = 250
"""Weight of a text from which a short last paragraph may be a teaser's end ("Read more")."""


def paragraphs(tree: Any, *, around: tuple[str, ...] = ()) -> list[str]:
    """The paragraphs of the page's article, [] if it has none.

    `around` are lines that belong to the head of the article (headline, byline): where one
    stands at the begin, it is left out.
    """
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, include_comments=False, include_tables=True)
    if found is None or found.body is None:
        return []
    parts = [line for line in _flat(found.body) if line]
    return _trimmed(parts, {fold(line) for line in around if line})


def _trimmed(parts: list[str], around: set[str]) -> list[str]:
    start = 0
    while start < min(4, len(parts)) and fold(parts[start]) in around:
        start += 1
    parts = without_footers(parts[start:])
    while len(parts) > 1 and weight(parts[-1]) < 60 and is_teaser(parts[-1]):
        parts.pop()
    return parts


def _flat(body: Any) -> Iterator[str]:
    """Paragraphs of trafilatura's tree: list items are one each, a table is one as a whole."""
    open_: list[str] = []

    def closed() -> Iterator[str]:
        whole = "\n".join(filter(None, map(text.line, "".join(open_).split("\v"))))
        open_.clear()
        if whole:
            yield whole

    def walk(element: Any) -> Iterator[str]:
        tag = element.tag
        if tag == "table":
            yield from closed()
            yield "\n".join(filter(None, map(_row, element.iter("row"))))
        elif tag == "lb":
            open_.append("\v")
        elif tag != "graphic":
            block = tag in _BLOCKS or tag == "item"
            if block:
                yield from closed()
            if tag == "item" and (number := _ordinal(element)):
                open_.append(f"{number}. ")
            open_.append(element.text or "")
            for child in element:
                yield from walk(child)
                open_.append(child.tail or "")
            if block:
                yield from closed()

    yield from walk(body)
    yield from closed()


def _row(row: Any) -> str:
    cells = (text.line(" ".join(cell.itertext())) for cell in row.iter("cell"))
    return " | ".join(filter(None, cells))


def _ordinal(item: Any) -> int:
    """The number that a reader sees before an item of a numbered list, else 0."""
    above = item.getparent()
    if above is None or above.get("rend") != "ol":
        return 0
    return 1 + sum(1 for _ in item.itersiblings("item", preceding=True))
