"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ingest import dates, markup, text
from ingest.parsers import bylines
from ingest.parsers.addresses import absolute
from ingest.parsers.wording import divided, language, weight, without_footers


def is_json(data: bytes, content_type: str) -> bool:
    """Whether the document is JSON rather than XML: by its first character, else its type."""
    first = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return first == b"{" or (first != b"<" and "json" in content_type.lower())


def parse(data: bytes, url: str) -> dict[str, Any]:
    """The feed as `feed.parse` returns it; raises ValueError if it is none."""
    try:
        found = json.loads(data, strict=False)
    except RecursionError:
        raise ValueError("is no JSON Feed: it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"is no JSON Feed: {str(error)[:120]}") from None
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise ValueError("is JSON but no JSON Feed: it has no list of items")
    problems: list[str] = []
    if "jsonfeed" not in str(found.get("version", "")):
        problems.append("does not say which version of JSON Feed it is")
    items = [item for item in found["items"] if isinstance(item, dict)]
    if len(items) < len(found["items"]):
        problems.append(f"{len(found['items']) - len(items)} of its items are no objects")
    base = absolute(found.get("feed_url"), url) or url
    own = language(found.get("language"))
    authors = _authors(found)
    return {
        "title": _line(found.get("title")),
        "url": absolute(found.get("home_page_url"), base),
        "language": own,
        "entries": [_entry(item, base, own, authors, problems) for item in items],
        "problems": problems,
    }


def _entry(
    item: Mapping[str, Any], base: str, own: str, authors: str, problems: list[str]
) -> dict[str, str]:
    link = absolute(item.get("url"), base) or absolute(item.get("external_url"), base)
    written = item.get("content_html")
    if isinstance(written, str) and written.strip():
        content = text.body_of(without_footers(markup.from_html(written).paragraphs))
    else:
        content = text.body_of(without_footers(_plain(item.get("content_text"))))
    said = text.body_of(_plain(item.get("summary")))
    summary, body = divided(said, content)
    return {
        "id": _line(item.get("id")) or link,
        "url": link,
        "headline": _line(item.get("title")),
        "byline": _authors(item) or authors,
        "published": _date(item, "date_published", problems),
        "updated": _date(item, "date_modified", problems),
        "summary": summary,
        "body": body,
        "text": max(said, content, key=weight),
        "language": language(item.get("language")) or own,
        "outlet": "",
    }


def _line(value: object) -> str:
    return text.line(str(value)) if isinstance(value, str | int | float) else ""


def _plain(value: object) -> list[str]:
    return text.paragraphs(value) if isinstance(value, str) else []


def _authors(context: Mapping[str, Any]) -> str:
    """The names in `authors` (1.1) or `author` (1)."""
    people = context.get("authors")
    people = people if isinstance(people, list) else [context.get("author")]
    return bylines.joined(_line(p.get("name")) for p in people if isinstance(p, dict))


def _date(item: Mapping[str, Any], name: str, problems: list[str]) -> str:
    written = _line(item.get(name))[:100]
    iso = dates.parse(written) if written else ""
    if iso is None:
        problems.append(f"{name} is no date that can be read: {written[:60]!r}")
    return iso or written
