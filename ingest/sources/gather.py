"""Everything one run of a source yields: new and changed articles, checks of known ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.fetch import Busy, Disallowed, FetchError, Forbidden, TooBig
from ingest.sources import delivered, feed, list_page, local, moved, sitemap
from ingest.sources.article_page import read, wanted
from ingest.sources.items import Entry, Item, Seen
from ingest.sources.poll import Poll
from ingest.sources.visit import Visit
from ingest.values import Problem
from vectorstore import Page

ENTRIES: dict[str, Callable[[Poll], Iterator[Entry]]] = {
    "feed": feed.entries,
    "sitemap": sitemap.entries,
    "list": list_page.entries,
    "pages": list_page.single,
}
"""How each kind of source announces its articles; files are no announcement but the text itself."""


def gather(visit: Visit) -> Iterator[Item]:
    """The items of one run, at most `limit` of them fetched: the announced first, then the
    known pages that are due for a check. `visit.counting` has what became of each entry.

    A page that cannot be had is a problem, and is tried again in a later run. Raises
    SourceFailed, FetchError or ParseFailed if the source itself cannot be read, and Busy as soon
    as its host asks to be left alone.
    """
    if visit.source.kind == "files":
        yield from local.items(visit)
        return
    left, seen, over = visit.source.limit, set[str](), 0
    for entry in ENTRIES[visit.source.kind](visit):
        if _halted(visit):
            return
        if entry.delivered:
            yield from map(visit.once, delivered.items(visit, entry, entry.delivered))
            visit.counting.end()
        elif outcome := _told(visit, entry, seen):
            visit.counting.tell(*outcome)
        elif left <= 0:
            over += 1
            visit.counting.tell("postponed")
        else:
            left -= 1
            seen.add(entry.url)
            yield from _tried(visit, entry, seen, listed=True)
        if over and not visit.pending:  # what else the source may have is not asked for
            break
    yield from _remarks(visit, over)
    due = sorted(
        (page.next_check, page.url)
        for page in visit.pages.values()
        if page.next_check and page.url not in seen
    )
    for next_check, url in due[:left]:
        if next_check > visit.now or _halted(visit, complete=True):
            return
        if url not in seen:
            yield from _tried(visit, Entry(url=url), seen, listed=False)


def _halted(visit: Visit, *, complete: bool = False) -> bool:
    """Whether the run is to end here; what is not `complete` is looked for again."""
    if visit.stop.is_set():
        visit.complete, visit.stopped = complete and visit.complete, True
    return visit.stopped


def _told(visit: Visit, entry: Entry, seen: set[str]) -> tuple[str, ...]:
    """What became of an entry whose page is not asked, with the reason; () if it is to be read."""
    if not entry.url:
        visit.nameless += 1
        return ("not_articles",)
    if entry.url not in seen and not visit.admits(entry.url):
        return ("not_articles", "left out by `include` and `exclude`")
    if entry.url in seen or _another_sources(visit, entry):
        return ("duplicates",)
    page = visit.page(entry.url)
    if wanted(visit, entry, page):
        return ()
    seen.add(entry.url)
    moved.remember(visit, entry)
    return _known(visit, entry, page)


def _known(visit: Visit, entry: Entry, page: Page) -> tuple[str, ...]:
    """What became of an entry whose page was asked in an earlier run."""
    if page.article and not page.missed:
        return ("duplicates",) if visit.counting.again(page.article) else ("unchanged",)
    said = f"{entry.url} (answered {page.status})" if page.status else entry.url
    if page.next_check is None:
        return ("failed", "could not be read for too long, not tried any more", said)
    return ("postponed", "could not be read before and left for a later run", said)


def _remarks(visit: Visit, over: int) -> Iterator[Problem]:
    if over:
        visit.complete = False
        reason = f"more than {visit.source.limit} new pages: the rest comes with the next runs"
        yield visit.problem(visit.source.name, reason, fatal=False)
    if visit.left_out:
        yield visit.problem(visit.source.name, visit.left_out, fatal=False)


def _another_sources(visit: Visit, entry: Entry) -> bool:
    """Whether a page is looked after by another source already."""
    page = visit.archive.page(entry.url) if entry.url not in visit.pages else None
    return page is not None and page.source != visit.source.name and bool(page.article)


def _tried(visit: Visit, entry: Entry, seen: set[str], *, listed: bool) -> Iterator[Item]:
    """The items of one article; the pages that were looked at for it go into `seen`."""
    visit.announce(1)
    visit.counting.begin(listed=listed)
    try:
        for item in map(visit.once, read(visit, entry)):
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
        yield Seen(page, "")
    visit.counting.end()
    moved.remember(visit, entry)
