"""Pages that list articles, and single article pages."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.decode import Unreadable
from ingest.sources import delivered, links_file
from ingest.sources.visit import Asking, Entry, SourceFailed, key_of


def entries(asking: Asking) -> Iterator[Entry]:
    """The articles that the source's list pages and tables link to, in the order of the links:
    what `include` and `exclude` do not let through is no entry of a list."""
    yield from _in_files(asking)
    for url in asking.source.urls:
        reply = asking.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from asking.each(list(delivered.entries(asking.sandbox, reply)))
            continue
        found = asking.sandbox.parse(
            "links", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        links = (key_of(link["url"]) for link in found["links"])
        yield from asking.each([Entry(url=url) for url in links if asking.admits(url)])


def _in_files(asking: Asking) -> Iterator[Entry]:
    """The articles that tables on this machine link to."""
    for path in asking.source.paths:
        try:
            for file in links_file.files(path):
                urls = [u for u in links_file.addresses(file) if not u or asking.admits(u)]
                yield from asking.each([Entry(url=url) for url in urls])
        except (Unreadable, OSError) as error:
            raise SourceFailed(f"{path}: {error}") from error


def single(asking: Asking) -> Iterator[Entry]:
    """The article URLs that the source declares."""
    yield from asking.each([Entry(url=key_of(url)) for url in asking.source.urls])
