"""OPML, in which feed readers keep their subscriptions: the feeds in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.text import line

MAX_BYTES = 20_000_000
"""A file over this is refused; a thousand feeds take 0.3 MB."""

_ADDRESS = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_FEED = re.compile(r"^feed:(?://)?(?=https?://)|^feed://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A subscription: its title, its feed's address ("" if it has none that can be fetched),
    and the folders that it lies in, the outermost first."""

    title: str
    url: str
    folders: tuple[str, ...]


def outlines(data: bytes) -> list[Outline]:
    """The subscriptions of an OPML file, in its order and however deep they lie.

    Raises ValueError for what is no OPML.
    """
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise ValueError(f"has over {MAX_BYTES / 1e6:.0f} MB, and a list of feeds has not")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no OPML: {error}") from None
    if root is None or root.tag != "opml":
        raise ValueError("is no OPML: it does not begin with <opml>")
    return list(_below(root))


def _below(root: Any) -> Iterator[Outline]:
    for element in root.iter("outline"):
        given = {name.lower(): line(value) for name, value in element.attrib.items()}
        title = given.get("title") or given.get("text", "")
        leaf = element.find("outline") is None
        if "xmlurl" in given or leaf:
            url = _FEED.sub(_scheme, given.get("xmlurl", ""))
            folders = [_title(e) for e in element.iterancestors("outline")]
            yield Outline(
                title[:200] or url,
                url if _ADDRESS.match(url) else "",
                tuple(name for name in reversed(folders) if name),
            )


def _scheme(found: re.Match[str]) -> str:
    """`feed://a.test` is an address over HTTP; `feed:https://a.test` has its own."""
    return "http://" if found[0].lower() == "feed://" and found.end() == 7 else ""


def _title(element: Any) -> str:
    return line(element.get("title") or element.get("text") or "")[:200]
