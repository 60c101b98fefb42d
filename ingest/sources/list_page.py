"""Pages that list articles, and single article pages."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.decode import Unreadable
from ingest.keys import key_of
from ingest.sources import delivered, links_file
from ingest.sources.items import Entry
from ingest.sources.poll import Poll, SourceFailed


def entries(poll: Poll) -> Iterator[Entry]:
    """The articles that the source's list pages and tables link to, in the order of the links:
    what `include` and `exclude` do not let through is no entry of a list."""
    yield from _in_files(poll)
    for url in poll.source.urls:
        reply = poll.ask(url)
        if reply is None:
            continue
        if delivered.holds_items(reply):
            yield from poll.each(list(delivered.entries(poll.sandbox, reply)))
            continue
        found = poll.sandbox.parse(
            "links", reply.body, url=reply.final_url, content_type=reply.content_type
        )
        links = (key_of(link["url"]) for link in found["links"])
        yield from poll.each([Entry(url=url) for url in links if poll.admits(url)])


def _in_files(poll: Poll) -> Iterator[Entry]:
    """The articles that tables on this machine link to."""
    for path in poll.source.paths:
        try:
            for file in links_file.files(path):
                urls = [u for u in links_file.addresses(file) if not u or poll.admits(u)]
                yield from poll.each([Entry(url=url) for url in urls])
        except (Unreadable, OSError) as error:
            raise SourceFailed(f"{path}: {error}") from error


def single(poll: Poll) -> Iterator[Entry]:
    """The article URLs that the source declares."""
    yield from poll.each([Entry(url=key_of(url)) for url in poll.source.urls])
