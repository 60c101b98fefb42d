"""An announcement and a page, made one article; the better witness of each field wins."""

from __future__ import annotations

import re
from datetime import datetime

from ingest.dates import dated
from ingest.keys import canonical, outlet_of
from ingest.parsers import gates
from ingest.sources.declared import Source
from ingest.sources.items import Entry
from ingest.text import hangul_share, language_of, line
from vectorstore import Article, Dated

GUESSED = ("htmldate", "URL", "first time", "element marked")
"""How a page's date starts to say that it was found where dates only probably stand."""

SHORT = 200
"""Characters: a page's text below this may be a teaser, and a longer text of the feed wins."""

SAME_TEXT = 0.6
"""Share of the shorter text's words that the longer has: at least this for one article."""

_KOREAN = 0.2
_WORD = re.compile(r"\w+")


def from_feed(source: Source, entry: Entry, body: str, now: datetime) -> tuple[Article, list[str]]:
    """The article of a feed's entry with the text that it has, and what was wrong with it."""
    return _article(source, entry, {"body": body, "partial": False}, entry.url, now)


def from_page(
    source: Source, entry: Entry, page: dict[str, object], url: str, now: datetime
) -> tuple[Article, list[str]]:
    """The article at `url` from its parsed page, and what was wrong with it.

    The page's own words win over its announcement's; of two dates an instant wins over a
    day, and a date that the page declares over one that was guessed from its text.
    """
    return _article(source, entry, page, url, now)


def _article(
    source: Source, entry: Entry, page: dict[str, object], url: str, now: datetime
) -> tuple[Article, list[str]]:
    problems: list[str] = []
    body, partial = str(page.get("body", "")), bool(page.get("partial"))
    if (partial or len(body) < SHORT) and len(entry.body) > len(body):
        body, partial = entry.body, False
    parts, gated = gates.without(body.split("\n\n"))
    body, partial = "\n\n".join(parts), partial or gated

    def first(*values: object) -> str:
        return next((line(str(v)) for v in values if v), "")

    def date(role: str) -> Dated | None:
        announced = getattr(entry, role)
        written = [(f"{source.kind} {role}", announced)] if announced else []
        own = page.get(role)
        if isinstance(own, dict):
            guessed = str(own["found"]).startswith(GUESSED)
            written.insert(len(written) if guessed else 0, (str(own["found"]), str(own["value"])))
        good = []
        for found, value in written:
            if date := dated(value, found, now=now, earliest=source.earliest):
                good.append(date)
            else:
                problems.append(f"{found} is no possible date: {line(value)[:60]!r}")
        return min(good, key=lambda d: d.date_only, default=None)

    declared = first(page.get("language"), entry.language, source.language).lower()
    korean = hangul_share(body) > _KOREAN
    article = Article(
        key=canonical(url) or url,
        url=canonical(url),
        headline=first(page.get("headline"), entry.headline),
        body=body,
        source=source.name,
        path=url,
        outlet=first(source.outlet, page.get("outlet"), entry.outlet) or outlet_of(url),
        byline=first(page.get("byline"), entry.byline),
        language="ko" if korean else (declared.partition("-")[0] or language_of(body)),
        published=date("published"),
        updated=date("updated"),
        partial=partial,
    )
    return article, problems


def same_text(one: str, other: str) -> bool:
    """Whether two texts are of one article: most words of the shorter stand in the longer."""
    a, b = (set(_WORD.findall(t.lower())) for t in (one, other))
    least = min(len(a), len(b))
    return bool(least) and len(a & b) >= SAME_TEXT * least
