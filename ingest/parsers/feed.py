"""Feeds: RSS 0.9x to 2.0, RDF, Atom and CDF by feedparser, JSON Feed by json.

feedparser is given bytes only: it would open a string as a path or an address.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest import dates, decode, markup, text
from ingest.parsers import bylines, jsonfeed
from ingest.parsers.addresses import absolute
from ingest.parsers.wording import divided, language, weight, without_footers

MAX_ENTRIES = 5_000
"""Entries of a feed that are taken; the newest come first in nearly every feed."""

_HTML = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{2,40})")
_CLOCK = re.compile(r"\d{1,2}[:시]\s?\d{2}")
_NO_DAY = re.compile(r"\d{2}|\d{4}(?:-?\d{2})?")
_DC = "http://purl.org/dc/elements/1.1/"


def parse(data: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """The feed in `data`, found at `url`; its entries in their order.

    Returns `{"title", "url", "language", "entries": [{"id", "url", "headline", "byline",
    "published", "updated", "summary", "body", "text", "language", "outlet"}], "problems": [str],
    "beyond": int}`, the last the number of entries over MAX_ENTRIES.
    All are plain text, URLs are absolute http(s), dates are ISO 8601 as far as they can be
    read, `body` is "" unless the feed clearly carries the whole article, `text` is the longest
    text that it has of it, be it a summary, and `outlet` is set only where an entry names
    another publisher. Raises ValueError for what is no feed.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise ValueError("is empty")
    if jsonfeed.is_json(data, content_type):
        return _capped(jsonfeed.parse(data, url))
    parsed = _feedparser(data, content_type)
    problems = []
    if parsed.bozo and (flaw := _flaw(parsed)):
        problems.append(flaw)
    if not (parsed.version or parsed.entries or parsed.feed.get("title")):
        raise ValueError(f"is no feed: {_instead(data)}")
    shared = _Feed(parsed, url)
    found = {
        "title": plain_line(parsed.feed, "title"),
        "url": absolute(_alternate(parsed.feed, shared.base), shared.base),
        "language": language(parsed.feed.get("language")),
        "entries": [shared.entry(entry, problems) for entry in parsed.entries[:MAX_ENTRIES]],
        "problems": problems,
    }
    return found | _beyond(len(parsed.entries), problems)


def _feedparser(data: bytes, content_type: str) -> Any:
    import feedparser

    # Without the feed's URL, which feedparser would also put before ids that are no URLs.
    headers = {"content-type": content_type} if content_type else {}
    try:
        return feedparser.parse(io.BytesIO(_as_declared(data)), response_headers=headers)
    except RecursionError:
        raise ValueError("is no readable feed: it is nested too deeply") from None
    except MemoryError:
        raise
    except Exception as error:  # 20 of 2,000 mutated feeds made it raise something else
        kind = type(error).__name__
        raise ValueError(f"is no readable feed: feedparser failed ({kind}: {error})") from error


def _as_declared(data: bytes) -> bytes:
    """A feed in CP949 that says, or leaves it to be taken, that it is UTF-8, made that.

    feedparser would read it as Latin-1.
    """
    named = _ENCODING.match(data[:300])
    if named and named[1].lower() not in {b"utf-8", b"utf8"}:
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        written = decode.korean(data)
        return data if written is None else written.encode()
    return data


def _flaw(parsed: Any) -> str:
    """What is wrong with the feed's XML, "" for what does not matter here."""
    import feedparser

    error = parsed.get("bozo_exception")
    if isinstance(error, feedparser.NonXMLContentType | feedparser.CharacterEncodingOverride):
        return ""
    return f"is not well-formed, read as far as possible: {text.line(str(error))[:120]}"


def _instead(data: bytes) -> str:
    head = data[:2_000].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        return "it is an HTML page"
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "it is a sitemap"
    return "it is no RSS, RDF, Atom, CDF or JSON Feed"


def _capped(found: dict[str, Any]) -> dict[str, Any]:
    entries = found["entries"]
    return found | {"entries": entries[:MAX_ENTRIES]} | _beyond(len(entries), found["problems"])


def _beyond(count: int, problems: list[str]) -> dict[str, int]:
    """How many entries are left out as there are too many."""
    if count > MAX_ENTRIES:
        problems.append(f"has {count:,} entries, over the limit of {MAX_ENTRIES:,}")
    return {"beyond": max(0, count - MAX_ENTRIES)}


class _Feed:
    """What an entry takes from the feed around it."""

    def __init__(self, parsed: Any, url: str) -> None:
        self.base = url
        self.language = language(parsed.feed.get("language"))
        self.atom = parsed.version.startswith("atom")
        byline = _byline(parsed.feed) if self.atom else ""
        self.byline = "" if byline == plain_line(parsed.feed, "title") else byline
        # Of the names that feedparser calls `updated`, Dublin Core's means the publication.
        self.dated_by_dc = not self.atom and _DC in parsed.get("namespaces", {}).values()

    def entry(self, entry: Any, problems: list[str]) -> dict[str, str]:
        link = self._link(entry)
        headline = plain_line(entry, "title")
        if not link and (written := entry.get("link")):
            problems.append(f"link is no http(s) URL, left out: {text.line(str(written))[:60]!r}")
        published, updated = (_date(entry, name, problems) for name in ("published", "updated"))
        published = published or _date(entry, "created", problems)
        if self.dated_by_dc and not published:
            published, updated = updated, ""
        summary, body, longest = _texts(entry)
        outlet = _outlet(entry)
        return {
            "id": text.line(str(entry.get("id") or "")) or link,
            "url": link,
            "headline": headline.removesuffix(f" - {outlet}") if outlet else headline,
            "byline": _byline(entry) or self.byline,
            "published": published,
            "updated": updated,
            "summary": summary,
            "body": body,
            "text": longest,
            "language": _language(entry) or self.language,
            "outlet": outlet,
        }

    def _link(self, entry: Any) -> str:
        original = absolute(entry.get("feedburner_origlink"), self.base)
        return original or absolute(_alternate(entry, self.base), self.base)


def _alternate(context: Mapping[str, Any], base: str) -> object:
    """The link to a page with the text itself: feedparser's choice if it is one, else the first."""
    pages = [
        link.get("href")
        for link in context.get("links", ())
        if link.get("rel", "alternate") == "alternate"
        and str(link.get("type", "text/html")).lower() in _HTML
        and absolute(link.get("href"), base)
    ]
    chosen = context.get("link")
    return pages[0] if pages and chosen not in pages else chosen


def plain_line(context: Mapping[str, Any], name: str) -> str:
    """A field as one line of text, by the content type that feedparser found for it."""
    return text.line(" ".join(_paragraphs(context.get(f"{name}_detail") or {}, context.get(name))))


def _paragraphs(detail: Mapping[str, Any], value: object) -> list[str]:
    source = value if value is not None else detail.get("value")
    if not isinstance(source, str):
        return []
    if detail.get("type", "text/html") in _HTML:
        return markup.from_html(source).paragraphs
    return text.paragraphs(source)


def _texts(entry: Any) -> tuple[str, str, str]:
    """The summary, the body if the entry clearly carries the whole article, and its longest
    text."""
    contents = [
        text.body_of(without_footers(_paragraphs(part, None)))
        for part in entry.get("content", ())
        if str(part.get("type", "text/html")).startswith("text/") or part.get("type") in _HTML
    ]
    content = max(contents, key=len, default="")
    paragraphs = _paragraphs(entry.get("summary_detail") or {}, dict.get(entry, "summary"))
    summary = text.body_of(without_footers(paragraphs))
    return *divided(summary, content), max(summary, content, key=weight)


def _date(entry: Any, name: str, problems: list[str]) -> str:
    """The date as written in ISO 8601; where only feedparser reads it, its UTC value."""
    written = text.line(str(dict.get(entry, name) or ""))[:100]
    if not written or (iso := dates.parse(written)):
        return iso or "" if written else ""
    moment = dict.get(entry, f"{name}_parsed")
    if moment is None or _NO_DAY.fullmatch(written):
        problems.append(f"{name} is no date that can be read: {written[:60]!r}")
        return written
    try:
        instant = datetime.fromtimestamp(calendar.timegm(moment), UTC)
    except (ValueError, OverflowError, OSError):
        return written
    return instant.isoformat() if _CLOCK.search(written) else str(instant.date())


def _byline(context: Mapping[str, Any]) -> str:
    """The authors' names, in their order; an address only where there is no name."""
    people = [p for p in context.get("authors") or () if isinstance(p, Mapping)]
    names = [str(p.get("name") or p.get("email") or "") for p in people]
    return bylines.joined(names if any(names) else [str(context.get("author") or "")])


def _language(entry: Any) -> str:
    declared = [entry.get("language"), (entry.get("content") or [{}])[0].get("language")]
    details = (entry.get(f"{name}_detail") or {} for name in ("title", "summary"))
    return next(filter(None, map(language, [*declared, *(d.get("language") for d in details)])), "")


def _outlet(entry: Any) -> str:
    """Who an entry says it is from, where a feed gathers from many (`<source>`)."""
    source = entry.get("source")
    named = plain_line(source, "title") if isinstance(source, Mapping) else ""
    return named or text.line(str(entry.get("publisher") or ""))
