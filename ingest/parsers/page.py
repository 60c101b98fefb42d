"""Article pages: text, names, dates, address, and the feeds that a page announces."""

from __future__ import annotations

import re
from typing import Any

from ingest import keys, text
from ingest.parsers import body, bylines, gates, html, pagedates
from ingest.parsers.addresses import absolute
from ingest.parsers.head import Head, without_site
from ingest.parsers.jsonld import JsonLd
from ingest.parsers.wording import LONG, fold, weight

_SAVED = re.compile(rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(\S+)")
"""Where a page was saved from, as Chromium and SingleFile note it."""

_AUTHORS = (
    "author", "article:author", "byl", "byline", "parsely-author", "sailthru.author",
    "dc.creator", "dcterms.creator", "citation_author", "og:article:author", "dable:author",
)  # fmt: skip
NEARLY = 0.9
"""Share of the words that a page says its article has from which all are there: captions and the
headline may be counted too."""

_NO_NAME = re.compile(
    r"https?://|www\.|^@|^(?:admin|webmaster|editor|user|guest)\d*$", re.IGNORECASE
)
_BYLINES = "byline author reporter writer journalist_name article-author".split()


def parse(data: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """The article of the page in `data`, found at `url`.

    Returns `{"url", "headline", "byline", "outlet", "language", "body", "partial",
    "published", "updated", "feeds": [{"url", "title"}], "problems": [str]}`: plain text, the
    body's paragraphs with a blank line between them; dates are `{"value", "found"}` or None;
    "url" is the page's canonical address as far as it can be believed; "partial" is whether
    the rest of the text stands behind a gate. Raises ValueError for what is no page; a page
    without an article has an empty body.
    """
    tree = html.tree(data, content_type)
    head = Head(tree, url or _saved_from(data))
    canonical = head.canonical()
    data_ld = JsonLd(tree, (head.title(), canonical, head.url, *_headings(tree)))
    outlet = head.site_name() or next(iter(data_ld.people("publisher")), "")
    headline = _headline(tree, head, data_ld, outlet)
    byline = _byline(tree, head, data_ld, outlet)
    dates = pagedates.found(tree, head, data_ld)
    closed = gates.cut(tree)
    parts = body.paragraphs(tree, around=(headline, head.title(), byline, f"by {byline}"))
    parts, cut_off = gates.without(parts)
    whole = text.body_of(parts)
    return {
        "url": canonical or ("" if url else keys.canonical(head.url)),
        "headline": headline,
        "byline": byline,
        "outlet": outlet,
        "language": _language(head.language() or data_ld.text("inLanguage")[:2].lower(), whole),
        "body": whole,
        "partial": bool(whole) and _partial(tree, head, data_ld, whole, gated=closed or cut_off),
        **dates,
        "feeds": head.feeds(),
        "problems": [],
    }


def _saved_from(data: bytes) -> str:
    noted = _SAVED.search(data[:5_000])
    return absolute(noted[1].decode("utf-8", "replace")) if noted else ""


def _headings(tree: Any) -> list[str]:
    found = (text.line("".join(h.itertext())[:1_000]) for h in tree.iter("h1"))
    return [heading for heading in found if heading][:20]


def _headline(tree: Any, head: Head, data: JsonLd, outlet: str) -> str:
    """The heading that the page's declarations confirm; else what it declares."""
    declared = [data.text("headline"), head.title(), head.window_title()]
    declared = [without_site(title, outlet) for title in declared if title]
    headings = _headings(tree)
    folded = [fold(title) for title in declared]
    for heading in headings:
        shown = fold(heading)
        if len(shown) > 3 and any(shown == f or shown in f or _cut_from(f, shown) for f in folded):
            return heading
    if declared:
        return declared[0]
    return headings[0] if headings else ""


def _cut_from(title: str, heading: str) -> bool:
    """Whether a declared title is the begin of the heading: many are cut at 60 to 110 letters."""
    return len(title) > 20 and heading.startswith(title.rstrip(" .…"))


def _byline(tree: Any, head: Head, data: JsonLd, outlet: str) -> str:
    names = data.people("author") or data.people("creator")
    if not names:
        names = next((head.metas[n] for n in _AUTHORS if _named(head.metas.get(n, []))), [])
    if not names:
        names = list(_marked(tree))[:1]
    clean = [name for name in _named(names) if fold(name) != fold(outlet)]
    return bylines.joined(clean)[:300]


def _partial(tree: Any, head: Head, data: JsonLd, whole: str, *, gated: bool) -> bool:
    """Whether the page shows a part of its text: by its publisher's word, else by its gate.

    A part that is declared as not free and delivered all the same is text like any other. A
    tier (`article:content_tier`) is the article's price and not what is delivered: with it a text
    is a part if a gate ends it, or if it is so short that it may be a teaser.
    """
    free, locked = data.flag("isAccessibleForFree"), data.locked()
    if free is None:
        free = {"false": False, "true": True}.get(head.first("isaccessibleforfree").lower())
    tier = free is None and head.first("article:content_tier").lower() == "locked"
    if not locked and (free is False or tier):
        locked = head.metas.get("cssselector", [])
    if tier and not locked:
        return gated or not (weight(whole) >= LONG or _all_words(data, whole))
    if free is False or locked:
        return not gates.open_text(tree, locked)
    return gated and free is None


def _all_words(data: JsonLd, whole: str) -> bool:
    """Whether a text has nearly as many words as the page says that the article has."""
    declared = data.text("wordCount")
    return declared.isdecimal() and 0 < NEARLY * int(declared) <= len(whole.split())


def _named(names: list[str]) -> list[str]:
    return [name for name in names if name and not _NO_NAME.search(name)]


def _marked(tree: Any) -> Any:
    """Short texts that are marked up as an author's name."""
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in {"meta", "link", "script"}:
            continue
        marks = {*(element.get("class") or "").lower().split(), element.get("rel") or ""}
        marks |= {(element.get("itemprop") or "").lower()}
        if not marks.isdisjoint(_BYLINES):
            words = text.line("".join(element.itertext())[:400])
            if 2 <= len(words) <= 100 and not any(c.isdigit() for c in words):
                yield words


def _language(declared: str, body_text: str) -> str:
    """The declared language, unless the text is in another script than a template says."""
    seen = text.language_of(body_text)
    if declared in {"ko", "ja", "zh"} and seen == "en":
        return "en"
    return "ko" if seen == "ko" else declared or seen
