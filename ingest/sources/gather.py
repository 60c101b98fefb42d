"""Everything one run of a source yields: new and changed articles, checks of known ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.fetch import Busy, Disallowed, FetchError, Forbidden, TooBig
from ingest.sources import delivered, feed, list_page, local, sitemap
from ingest.sources.article_page import FROM_FEED, read, wanted
from ingest.sources.visit import Asking, Entry, Item, Seen, Visit

ENTRIES: dict[str, Callable[[Asking], Iterator[Entry]]] = {
    "feed": feed.entries,
    "sitemap": sitemap.entries,
    "list": list_page.entries,
    "pages": list_page.single,
}
"""How each kind of source announces its articles; files are no announcement but the text itself."""


def gather(visit: Visit) -> Iterator[Item]:  # noqa: PLR0912
    """The items of one run, at most `limit` of them fetched: the announced first, then the
    known pages that are due for a check.

    A page that cannot be had is a problem, and is tried again in a later run. Raises
    SourceFailed, FetchError or ParseFailed if the source itself cannot be read, and Busy as soon
    as its host asks to be left alone.
    """
    if visit.source.kind == "files":
        yield from local.items(visit)
        return
    left, seen = visit.source.limit, set[str]()
    for entry in ENTRIES[visit.source.kind](visit):
        if visit.stop.is_set():
            visit.complete, visit.stopped = False, True
            return
        if entry.delivered:
            yield from delivered.items(visit, entry, entry.delivered)
            continue
        if entry.url in seen or not visit.admits(entry.url) or _another_sources(visit, entry):
            continue
        seen.add(entry.url)
        page = visit.page(entry.url)
        if not wanted(visit, entry, page):
            # Without its text an announcement says nothing of the page, which is not asked.
            visit.unchanged += bool(page.article) and page.digest.startswith(FROM_FEED)
        elif left <= 0:
            visit.complete = False
            yield visit.problem(
                visit.source.name,
                f"more than {visit.source.limit} new pages: the rest comes with the next runs",
                fatal=False,
            )
            break
        else:
            left -= 1
            yield from _tried(visit, entry, seen)
    if visit.left_out:
        yield visit.problem(visit.source.name, visit.left_out, fatal=False)
    due = sorted(
        (page.next_check, page.url)
        for page in visit.pages.values()
        if page.next_check and page.url not in seen
    )
    for next_check, url in due[:left]:
        if next_check > visit.now:
            return
        if visit.stop.is_set():
            visit.stopped = True
            return
        if url not in seen:
            yield from _tried(visit, Entry(url=url), seen)


def _another_sources(visit: Visit, entry: Entry) -> bool:
    """Whether a page is looked after by another source already."""
    page = visit.archive.page(entry.url) if entry.url not in visit.pages else None
    return page is not None and page.source != visit.source.name and bool(page.article)


def _tried(visit: Visit, entry: Entry, seen: set[str]) -> Iterator[Item]:
    """The items of one article; the pages that were looked at for it go into `seen`."""
    visit.announce(1)
    try:
        for item in read(visit, entry):
            seen.update(visit.note(item))
            yield item
    except Busy:
        visit.complete = False
        raise
    except FetchError as error:
        if visit.stop.is_set():  # the client was closed: nothing is known of the page
            visit.complete, visit.stopped = False, True
            return
        reason = error.reason if error.url == entry.url else str(error)
        yield visit.problem(entry.url, reason)
        for_good = isinstance(error, Forbidden | Disallowed | TooBig)
        page = visit.failed(entry, visit.page(entry.url), status=0, soon=not for_good)
        yield Seen(page, unchanged=False)
