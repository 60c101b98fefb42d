"""What a page says of itself in its head: names, addresses, language, feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest import text
from ingest.parsers import addresses
from ingest.parsers.addresses import absolute
from ingest.parsers.wording import language

MAX_FEEDS = 50
FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json "
    "application/json text/xml application/xml".split()
)
_NO_FEED = re.compile(r"/wp-json/|oembed|/comments/feed|manifest\.json", re.IGNORECASE)
_NAMES = ("property", "name", "itemprop", "http-equiv")
_ADDRESS = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_PARTS = re.compile(r" +[|\-–—·:<>»«ㅣ/]+ +")
"""What stands between a headline and the names of site and section in a `<title>`."""


class Head:
    """The declarations of one page; `url` is where it was found, "" if that is not known."""

    def __init__(self, tree: Any, url: str = "") -> None:
        self.tree, self.url = tree, url
        self.base = self._base()
        self.metas: dict[str, list[str]] = {}
        for meta in tree.iter("meta"):
            content = text.line((meta.get("content") or "")[:5_000])
            for name in {meta.get(attribute) for attribute in _NAMES} - {None, ""}:
                if content:
                    self.metas.setdefault(name.strip().lower(), []).append(content)

    def first(self, *names: str) -> str:
        """The first meta element's content of the first of these names (lower case), else ""."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    def canonical(self) -> str:
        """The address that the page says it has, as far as that can be believed, else ""."""
        for written in (*self._hrefs("canonical"), self.first("og:url")):
            if found := addresses.canonical(absolute(written, self.base), self.url):
                return found
        return ""

    def title(self) -> str:
        """What the page is called, with the site's name if that stands in its title."""
        return self.first("og:title", "twitter:title") or self.window_title()

    def window_title(self) -> str:
        """The `<title>`."""
        found = next((t for t in self.tree.iter("title") if not _in_svg(t)), None)
        return "" if found is None else text.line("".join(found.itertext())[:2_000])

    def site_name(self) -> str:
        """Who publishes here, by the page's own word, else ""."""
        names = ("og:site_name", "application-name", "twitter:app:name:iphone")
        found = (self.first(name) for name in names)
        return next((name for name in found if name and not _ADDRESS.match(name)), "")

    def language(self) -> str:
        """`en` for the page's declared language, "" if it declares none."""
        root = self.tree.getroottree().getroot()
        declared = (
            root.get("lang"),
            root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"),
            self.first("content-language", "og:locale", "language", "dc.language"),
        )
        return next(filter(None, map(language, declared)), "")

    def feeds(self) -> list[dict[str, str]]:
        """The feeds that the page announces: `{"url", "title"}` each, in its order."""
        found: dict[str, str] = {}
        for link in self._links("alternate"):
            kind = (link.get("type") or "").partition(";")[0].strip().lower()
            address = absolute(link.get("href"), self.base)
            if kind in FEED_TYPES and address and not _NO_FEED.search(address):
                found.setdefault(address, text.line((link.get("title") or "")[:500]))
        return [{"url": u, "title": t} for u, t in list(found.items())[:MAX_FEEDS]]

    def _base(self) -> str:
        for element in self.tree.iter("base"):
            if address := absolute(element.get("href"), self.url):
                return address
        return self.url

    def _hrefs(self, relation: str) -> Iterator[str]:
        return (link.get("href") or "" for link in self._links(relation))

    def _links(self, relation: str) -> Iterator[Any]:
        for link in self.tree.iter("link"):
            if relation in (link.get("rel") or "").lower().split():
                yield link


def without_site(title: str, site: str) -> str:
    """A title without the parts that name the site: `Deal struck` of `Deal struck | Wire`."""
    parts = _PARTS.split(title)
    seams = _PARTS.findall(title)
    if len(parts) == 1:
        return title
    if site:
        name = _folded(site)
        while len(parts) > 1 and _names(name, _folded(parts[-1])):
            parts.pop()
            seams.pop()
        while len(parts) > 1 and _names(name, _folded(parts[0])):
            parts.pop(0)
            seams.pop(0)
    return "".join(part + seam for part, seam in zip(parts, [*seams, ""], strict=True))


def _names(site: str, part: str) -> bool:
    return bool(part) and (part == site or part in site or (len(site) > 3 and site in part))


def _folded(words: str) -> str:
    return re.sub(r"[\W_]", "", words.casefold())


def _in_svg(element: Any) -> bool:
    return any(getattr(above, "tag", "") == "svg" for above in element.iterancestors())
