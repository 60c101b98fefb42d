"""Whether a source answers, and with what; nothing is stored."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from ingest.dates import dated
from ingest.fetch import Client
from ingest.files import listing
from ingest.sandbox import Sandbox
from ingest.sources import local
from ingest.sources.client import polite
from ingest.sources.declared import Fetching, Source
from ingest.sources.gather import ENTRIES
from ingest.sources.items import Entry
from ingest.sources.poll import Poll, SourceFailed
from vectorstore import DatelineError

MOST = {"sitemap": 200, "pages": 5}
"""Entries that are enough to see that a source answers: an index of sitemaps may lead to very
many, and single pages are asked one by one."""

MOST_ELSEWHERE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source answered: what it is, how many entries were seen, the newest of their dates.

    `reason` says why it is not `ok`; of one that is, what seems odd.
    """

    ok: bool
    kind: str
    entries: int = 0
    newest: datetime | None = None
    reason: str = ""


def check(
    source: Source,
    *,
    settings: Fetching,
    client: Client | None = None,
    sandbox: Sandbox | None = None,
) -> Health:
    """Ask a source once, without the articles; whatever is wrong is in the answer."""
    with ExitStack() as stack:
        poll = Poll(
            source=source,
            client=client or stack.enter_context(polite(settings)),
            sandbox=sandbox or stack.enter_context(Sandbox()),
            now=datetime.now(UTC),
        )
        try:
            return _files(poll) if source.kind == "files" else _asked(poll)
        except DatelineError as error:
            return Health(ok=False, kind=source.kind, reason=str(error))


def _asked(poll: Poll) -> Health:
    kind = poll.source.kind
    found = list(islice(ENTRIES[kind](poll), MOST.get(kind, MOST_ELSEWHERE)))
    poll.nameless = sum(not entry.url for entry in found)
    found = [entry for entry in found if entry.url]
    fit = [entry for entry in found if poll.admits(entry.url)]
    if kind == "pages":
        for entry in fit:
            status = poll.client.get(entry.url).status
            if status != 200:
                raise SourceFailed(f"{entry.url} answers {status}")
    reason = poll.left_out or ("" if found else "announces nothing")
    if found and not fit:
        reason = "`include` and `exclude` let none of its entries through"
    return Health(
        ok=True, kind=kind, entries=len(fit), newest=_newest(fit, poll.now), reason=reason
    )


def _newest(entries: list[Entry], now: datetime) -> datetime | None:
    dates = [dated(e.published or e.updated, "", now=now) for e in entries]
    return max((date.instant for date in dates if date), default=None)


def _files(poll: Poll) -> Health:
    source = poll.source
    for path in source.paths:
        if not path.exists():
            raise SourceFailed(f"{path}: no such file or folder")
    found = listing(source.paths, reading=local.reading(source))
    reason = str(found.problems[0]) if found.problems else ""
    stamps = [file.path.stat().st_mtime for file in found.files]
    newest = datetime.fromtimestamp(max(stamps), UTC) if stamps else None
    return Health(ok=True, kind="files", entries=found.expected, newest=newest, reason=reason)
