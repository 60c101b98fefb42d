"""Feeds: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.sources import delivered
from ingest.sources.visit import Asking, Entry, key_of


def entries(asking: Asking) -> Iterator[Entry]:
    """What the source's feeds announce, in their order."""
    for url in asking.source.urls:
        reply = asking.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from delivered.entries(asking.sandbox, reply)
            continue
        found = asking.sandbox.parse(
            "feed", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        asking.nameless += sum(not item["url"] for item in found["entries"])
        yield from of(found)


def of(found: dict[str, Any]) -> Iterator[Entry]:
    """The entries of a parsed feed that have a URL."""
    for item in found["entries"]:
        if item["url"]:
            yield Entry(
                url=key_of(item["url"]),
                headline=item["headline"],
                byline=item["byline"],
                published=item["published"],
                updated=item["updated"],
                summary=item["summary"],
                body=item["body"],
                language=item["language"] or found["language"],
                outlet=item["outlet"],
            )
