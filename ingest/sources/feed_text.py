"""The text that a feed itself has of an article: whether it is one, and why not."""

from __future__ import annotations

from ingest.parsers import gates
from ingest.parsers.wording import fold, is_teaser, weight
from ingest.sources.declared import Source
from ingest.sources.items import Entry

LEAST, SURE = 100, 200
"""Weights from which a feed's description is an article: where the source is declared to have
its texts in the feed, one full sentence; where it only stands in for a page that cannot be read,
the least that a page's own text has (`assemble.SHORT`)."""


def comes_with_feed(source: Source, entry: Entry) -> bool:
    """Whether an entry's page need not be read, as the feed carries the whole text."""
    if source.full_text == "auto":
        return bool(entry.body) and not is_gated(entry.body)
    return source.full_text == "feed" and bool(entry.body or entry.digest)


def feed_body(source: Source, entry: Entry) -> str:
    """The text of an article that comes with the feed, "" if it is none: see `rejection`."""
    if entry.body or rejection(entry, LEAST):
        return entry.body
    return entry.text if source.full_text == "feed" else ""


def fallback_body(source: Source, entry: Entry) -> str:
    """The feed's own text, for when the page cannot be read; "" if that is none of an article."""
    if source.kind != "feed" or source.full_text != "auto":
        return ""
    return entry.body or ("" if rejection(entry, SURE) else entry.text)


def rejection(entry: Entry, least: int) -> str:
    """Why a feed's text is no article, "" if it is one."""
    words = "\n\n".join(gates.without(entry.text.split("\n\n"))[0])  # what is before a gate counts
    if not words:
        return "has no text in the feed"
    if is_teaser(words):
        return "has only a teaser in the feed"
    if (
        entry.headline
        and fold(words).startswith(fold(entry.headline))
        and len(words) < (len(entry.headline) + least)
    ):
        return "has only its headline in the feed"
    if weight(words) < least:
        return f"is too short in the feed to be an article ({len(words)} characters)"
    return ""


def is_gated(body: str) -> bool:
    """Whether a text is cut off by a gate."""
    return gates.without(body.split("\n\n"))[1]
