"""Feeds: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ingest.sources import delivered
from ingest.sources.visit import Asking, Entry, key_of

LONGEST_ID = 200
"""Characters of the longest id that is kept between runs."""


def entries(asking: Asking) -> Iterator[Entry]:
    """What the source's feeds announce, in their order."""
    for url in asking.source.urls:
        reply = asking.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from asking.each(list(delivered.entries(asking.sandbox, reply)))
            continue
        found = asking.sandbox.parse(
            "feed", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        for _ in range(found["beyond"]):
            asking.counting.announce([""])
            asking.counting.tell("postponed", "beyond what is read of one feed")
        yield from asking.each(list(of(found)))


def of(found: dict[str, Any]) -> Iterator[Entry]:
    """The entries of a parsed feed, those without a URL too.

    An id names an article if it is no address of it and no other entry has it: some feeds give
    all of theirs the same.
    """
    ids = Counter(item["id"] for item in found["entries"])
    for item in found["entries"]:
        named = item["id"] != item["url"] and ids[item["id"]] == 1 and len(item["id"]) <= LONGEST_ID
        yield Entry(
            url=key_of(item["url"]) if item["url"] else "",
            headline=item["headline"],
            byline=item["byline"],
            published=item["published"],
            updated=item["updated"],
            summary=item["summary"],
            body=item["body"],
            text=item["text"],
            language=item["language"] or found["language"],
            outlet=item["outlet"],
            guid=item["id"] if named else "",
        )
