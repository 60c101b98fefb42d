"""Elements of XML, whatever their namespace: finding them, and their text as paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest import markup, text

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_AS_HTML = {
    "hl1": "h2", "hl2": "h3", "block": "div", "bq": "blockquote", "note": "aside", "fn": "aside",
    "nitf-table": "div", "tagline": "p", "abstract": "div", "credit": "p", "datasource": "p",
    "body.content": "div", "paragraph": "p",
}  # fmt: skip
"""Elements of NITF that stand for paragraphs, by those of HTML that do."""

_LEFT_OUT = frozenset(
    "media media-caption media-producer media-reference media-metadata media-object custom-table "
    "script style title head nitf-table-metadata nitf-col nitf-colgroup object img figure "
    "figcaption".split()
)


def parser() -> Any:
    """A parser that opens nothing, expands no entities, and keeps what it does not know."""
    return etree.XMLParser(**SAFELY)


MOST_IN_A_PARAGRAPH = 6
"""Lines of a paragraph from which it may be a whole text."""

_ESCAPED = re.compile(r"&(?:quot|apos|amp|nbsp|#\d{2,5});")
"""Characters that were escaped twice."""

_INDENTED = re.compile(r"[ \t]{2,}\S")

SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_pis": True,
    "remove_comments": True,
}


def local(element: Any) -> str:
    """An element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """The children of these names, or all."""
    for child in element if element is not None else ():
        if (name := local(child)) and (not names or name in names):
            yield child


def first(element: Any, *way: str) -> Any:
    """The first element down a way of names, None if there is none."""
    for name in way:
        element = next(children(element, name), None)
    return element


def below(element: Any, *names: str) -> Iterator[Any]:
    """All elements of these names at any depth, in their order."""
    for found in element.iter() if element is not None else ():
        if local(found) in names:
            yield found


def words(element: Any) -> str:
    """All text of an element as one line; of an entity what it stands for."""
    return text.line("".join(_texts(element))) if element is not None else ""


def _texts(element: Any) -> Iterator[str]:
    if element.tag is etree.Entity:
        yield html.unescape(element.text)
        return
    if isinstance(element.tag, str):
        yield element.text or ""
        for child in element:
            yield from _texts(child)
            yield child.tail or ""


def words_without(element: Any, name: str) -> str:
    """The words of an element, without those of its children of a name."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if local(child) in {name, ""} else words(child), child.tail or ""]
    return text.line("".join(parts))


def attribute(element: Any, *names: str) -> str:
    """The first of an element's attributes that has a value, else ""."""
    if element is None:
        return ""
    return next((v.strip() for n in names if (v := element.get(n)) and v.strip()), "")


def paragraphs(element: Any) -> list[str]:
    """The text of NITF or HTML as paragraphs; captions of media are none of it."""
    found = markup.from_html("".join(_as_html(element))).paragraphs
    return [html.unescape(part) if _ESCAPED.search(part) else part for part in found]


def _as_html(element: Any) -> Iterator[str]:
    """An element as HTML, piece by piece."""
    name = local(element).lower()
    tag = _AS_HTML.get(name, name)
    yield f"<{tag}>"
    if tag == "br":
        return
    plain = name in {"p", "pre"} and len(element) == 0
    yield from _set_out(element.text or "") if plain else [_escaped(element.text)]
    for child in element:
        if child.tag is etree.Entity:
            yield _escaped(html.unescape(child.text))
        elif local(child) and local(child).lower() not in _LEFT_OUT:
            yield from _as_html(child)
        yield _escaped(child.tail)
    yield f"</{tag}>"


def _escaped(written: str | None) -> str:
    return html.escape(written or "", quote=False)


def _set_out(written: str) -> Iterator[str]:
    """A paragraph broken where it holds a whole text set out by indents, as some wires send it.

    Where nearly all lines are indented, the XML is, and not the text.
    """
    lines = written.split("\n")
    begins = {n for n, line in enumerate(lines) if n and _INDENTED.match(line)}
    full = sum(bool(line.strip()) for line in lines)
    broken = full >= MOST_IN_A_PARAGRAPH and len(begins) <= 0.6 * full
    for number, line in enumerate(lines):
        yield "<br><br>" if broken and number in begins else "\n" * bool(number)
        yield _escaped(line)
