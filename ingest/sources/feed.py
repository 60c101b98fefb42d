"""Feeds: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ingest.keys import key_of
from ingest.sources import delivered
from ingest.sources.items import Entry
from ingest.sources.poll import Poll

LONGEST_ID = 200
"""Characters of the longest id that is kept between runs."""


def entries(poll: Poll) -> Iterator[Entry]:
    """What the source's feeds announce, in their order."""
    for url in poll.source.urls:
        reply = poll.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from poll.each(list(delivered.entries(poll.sandbox, reply)))
            continue
        found = poll.sandbox.parse(
            "feed", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        for _ in range(found["beyond"]):
            poll.counting.announce([""])
            poll.counting.tell("postponed", "beyond what is read of one feed")
        yield from poll.each(list(parsed_entries(found)))


def parsed_entries(found: dict[str, Any]) -> Iterator[Entry]:
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
