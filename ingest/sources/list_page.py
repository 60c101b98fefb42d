"""Pages that list articles, and single article pages."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.sources import delivered
from ingest.sources.visit import Asking, Entry, key_of


def entries(asking: Asking) -> Iterator[Entry]:
    """The articles that the source's list pages link to, in the order of the links."""
    for url in asking.source.urls:
        reply = asking.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from delivered.entries(asking.sandbox, reply)
            continue
        found = asking.sandbox.parse(
            "links", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        for link in found["links"]:
            yield Entry(url=key_of(link["url"]))


def single(asking: Asking) -> Iterator[Entry]:
    """The article URLs that the source declares."""
    for url in asking.source.urls:
        yield Entry(url=key_of(url))
