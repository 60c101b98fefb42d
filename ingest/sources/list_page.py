"""Pages that list articles, and single article pages."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.sources.visit import Asking, Entry, key_of


def entries(asking: Asking) -> Iterator[Entry]:
    """The articles that the source's list pages link to, in the order of the links: what
    `include` and `exclude` do not let through is no entry of a list."""
    for url in asking.source.urls:
        reply = asking.ask(url)
        if reply is None:
            continue
        found = asking.sandbox.parse(
            "links", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        links = (key_of(link["url"]) for link in found["links"])
        yield from asking.each([Entry(url=url) for url in links if asking.admits(url)])


def single(asking: Asking) -> Iterator[Entry]:
    """The article URLs that the source declares."""
    yield from asking.each([Entry(url=key_of(url)) for url in asking.source.urls])
