"""Pages that list articles: their links, and the feeds that they announce."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urlsplit

from ingest import text
from ingest.parsers import html
from ingest.parsers.addresses import absolute, is_home, same_site
from ingest.parsers.head import Head
from ingest.parsers.wording import weight

MAX_LINKS = 2_000
"""Links of a page that are taken; front pages of newspapers have 300 to 800."""

HEADLINE = 20
"""Weight of the shortest text that is taken for a headline; section names are shorter."""

_AROUND = frozenset({"nav", "header", "footer", "aside", "form"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_OTHER = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|css|js|pdf|hwpx?|docx?|xlsx?|pptx?|zip|mp[34]|m4a|mov|avi"
    r"|rss|xml|json|ics)$",
    re.IGNORECASE,
)
_SLUG = re.compile(r"\d{4}|[^-_][-_][^-_]++[-_][^-_]")
"""A number, or three words with hyphens between them: a long word alone is read once."""


def parse(data: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """The links of the page in `data`, found at `url`, in the order of the page.

    Returns `{"title", "language", "links": [{"url", "text"}], "feeds": [{"url", "title"}]}`.
    Links are of the same site, each once with its longest text; what stands in the page's
    navigation, header and footer is left out, and so is what looks like a section rather than
    an article, unless that is all there is. Raises ValueError for what is no page.
    """
    tree = html.tree(data, content_type)
    head = Head(tree, url)
    found: dict[str, _Link] = {}
    for link in _links(tree, head.base, url):
        if kept := found.get(link.url):
            kept.around = kept.around and link.around
            kept.text = max(kept.text, link.text, key=len)
        elif len(found) < MAX_LINKS:
            found[link.url] = link
    links = list(found.values())
    inside = [link for link in links if not link.around] or links
    likely = [link for link in inside if link.likely()] or inside
    return {
        "title": head.title(),
        "language": head.language(),
        "links": [{"url": link.url, "text": link.text} for link in likely],
        "feeds": head.feeds(),
    }


class _Link:
    __slots__ = ("around", "text", "url")

    def __init__(self, url: str, words: str, *, around: bool) -> None:
        self.url, self.text, self.around = url, words, around

    def likely(self) -> bool:
        """Whether this looks like an article: by a headline's length, or by its address."""
        last = urlsplit(self.url).path.rstrip("/").rpartition("/")[2]
        return weight(self.text) >= HEADLINE or _SLUG.search(last) is not None


def _links(tree: Any, base: str, page: str) -> Iterator[_Link]:
    here = urldefrag(page)[0]
    for element, around in _elements(tree):
        target = urldefrag(absolute(element.get("href"), base))[0]
        if not target or target == here or is_home(target):
            continue
        if (page and not same_site(target, page)) or _OTHER.search(urlsplit(target).path):
            continue
        words = text.line("".join(element.itertext())[:1_000]) or text.line(
            str(element.get("title") or element.get("aria-label") or "")[:1_000]
        )
        yield _Link(target, words, around=around)


def _elements(tree: Any) -> Iterator[tuple[Any, bool]]:
    """Every `<a>`, and whether it stands around the page's content. Linear in the page."""
    inside = 0
    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _AROUND or element.get("role") in _ROLES:
            # An article's own <header> has its headline, and often the link.
            parent = element.getparent()
            own = element.tag == "header" and parent is not None and parent.tag == "article"
            inside += 0 if own else (1 if event == "start" else -1)
        if event == "start" and element.tag == "a" and element.get("href"):
            yield element, inside > 0
