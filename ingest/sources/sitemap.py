"""News sitemaps and sitemap indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.fetch import FetchError
from ingest.keys import key_of
from ingest.sandbox import ParseFailed
from ingest.sources.items import Entry
from ingest.sources.poll import Poll, SourceFailed

MAX_SITEMAPS = 200
"""Sitemaps read in one run: an index may name 50,000."""


def entries(poll: Poll) -> Iterator[Entry]:
    """The pages of the source's sitemaps, the newest first within each.

    An index is followed; a sitemap whose date in the index is as it was is passed over. One
    that fails below an index is tried again in the next run.
    """
    waiting = [(url, "") for url in poll.source.urls]
    taken = set(poll.source.urls)
    dates: dict[str, str] = {}
    kept: dict[str, str] = poll.state.get("sitemaps", {})
    read = 0
    while waiting and read < MAX_SITEMAPS:
        url, dated = waiting.pop(0)
        try:
            found = _sitemap(poll, url)
        except (FetchError, SourceFailed, ParseFailed):
            if url in poll.source.urls:
                raise
            poll.complete = False
            continue
        read += 1
        if dated:
            dates[url] = dated
        fresh = [s for s in found["sitemaps"] if s["url"] not in taken]
        taken.update(s["url"] for s in fresh)
        dates.update({s["url"]: s["updated"] for s in fresh if kept.get(s["url"]) == s["updated"]})
        changed = [s for s in fresh if not s["updated"] or kept.get(s["url"]) != s["updated"]]
        waiting += sorted(
            ((s["url"], s["updated"]) for s in changed), key=lambda s: s[1], reverse=True
        )
        yield from poll.each(list(_entries(found)))
    if waiting:
        poll.complete = False
    if poll.complete:
        poll.state["sitemaps"] = dates


def _sitemap(poll: Poll, url: str) -> dict[str, Any]:
    reply = poll.ask(url)
    if reply is None:
        return {"sitemaps": [], "pages": []}
    found: dict[str, Any] = poll.sandbox.parse("sitemap", reply.body, url=reply.final_url)
    return found


def _entries(found: dict[str, Any]) -> Iterator[Entry]:
    pages = sorted(found["pages"], key=lambda p: p["published"] or p["updated"], reverse=True)
    for page in pages:
        yield Entry(
            url=key_of(page["url"]),
            headline=page["headline"],
            published=page["published"],
            updated=page["updated"],
            outlet=page["outlet"],
            language=page["language"],
        )
