"""Collect: many sources asked at once, one writer that stores what came, a record of each run.

An article is stored before the state of its page, and all of a source's articles before the
source's own state. So whatever is killed, the next run asks again for what is not stored.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.boilerplate import settle
from ingest.crawler import Begun, Crawler, Ended, Received
from ingest.fetch import Client
from ingest.sandbox import Sandbox
from ingest.sources.client import polite
from ingest.sources.declared import Fetching, Source
from ingest.sources.health import Health, check
from ingest.sources.preview import Preview, preview
from ingest.values import Problem
from ingest.writer import SourceWriter
from vectorstore import Archive, Progress, Run, no_progress

__all__ = ["Health", "Preview", "SourceReport", "check", "collect", "preview"]

log = logging.getLogger(__name__)

BATCH, PATIENCE = 50, 5.0
"""Articles stored together, and seconds after which what came is stored: full batches for the
embedder, and little lost by a kill."""

INDEX_EVERY = 120.0
"""Seconds between two publications of what is stored: each writes a segment, which takes 0.7 s,
and readers have it then."""

STEP = 0.5
"""Seconds between two looks at what waits."""

ENDING = 8.0
"""Seconds that sources get to end after Ctrl-C; a schedule gives the process 20 in all."""

TURN = 3600.0
"""Seconds to wait for another writer, who may be ingesting a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one run of one source came to, with all its problems."""

    source: str
    run: Run
    problems: tuple[Problem, ...] = ()


def utcnow() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


def collect(  # noqa: PLR0913
    archive: Archive,
    sources: Sequence[Source],
    *,
    settings: Fetching,
    client: Client | None = None,
    sandbox: Sandbox | None = None,
    now: Callable[[], datetime] = utcnow,
    progress: Progress = no_progress,
) -> list[SourceReport]:
    """Read each of these sources into the archive, and make what is new searchable.

    Every source gets a Run in the archive, whatever happens to it. A source that fails does
    not keep the others from being read. Ctrl-C ends the run early and keeps what is fetched:
    the reports say `interrupted`; a second one raises KeyboardInterrupt. Raises ArchiveLocked
    if another process does not let go of the archive, and what the disk raises.
    """
    with ExitStack() as stack:
        own = client is None
        client = client or stack.enter_context(polite(settings))
        sandbox = sandbox or stack.enter_context(Sandbox())
        crawler = Crawler(
            archive=archive, client=client, sandbox=sandbox, now=now, hosts=settings.hosts
        )
        return _Turn(archive, crawler, progress, client if own else None).run(sources)


class _Turn:
    """One turn: takes what sources yield, has it stored, and brings each run to its end."""

    def __init__(
        self,
        archive: Archive,
        crawler: Crawler,
        progress: Progress,
        client: Client | None,
    ) -> None:
        self.archive, self.crawler, self.progress = archive, crawler, progress
        self.writer = SourceWriter(archive, crawler.now)
        self._client = client
        self._received: list[Received] = []
        self._ends: list[Ended] = []
        self._waiting_since = self._indexed = time.monotonic()
        self._articles = self._done = self._unpublished = 0

    def run(self, sources: Sequence[Source]) -> list[SourceReport]:
        interrupted = False
        try:
            self.crawler.start(sources)
            while not self.crawler.over:
                self.progress("Sources", self._done, len(sources))
                self._take(STEP)
                if self._ripe():
                    self._store()
            self._store()
            self.progress("Sources", self._done, len(sources))
        except KeyboardInterrupt:
            interrupted = True
            log.warning("interrupted: keeping what is fetched")
            self._end_early()
        except BaseException as error:
            self.crawler.stop()
            self.writer.give_up(error)
            raise
        if self._unpublished or not interrupted:
            self._publish(interrupted)
        return self._reports(sources, interrupted)

    def _take(self, seconds: float) -> None:
        message = self.crawler.take(seconds)
        if isinstance(message, Begun):
            self.writer.begin(message)
        elif isinstance(message, Ended):
            self._ends.append(message)
            self._done += 1
        elif message is not None:
            if not self._received:
                self._waiting_since = time.monotonic()
            self._received.append(message)
            if not isinstance(message.item, Problem):
                self._articles += 1
                self.progress("Articles", self._articles, self.crawler.announced)

    def _ripe(self) -> bool:
        if not self._received:
            return bool(self._ends)
        waited = time.monotonic() - self._waiting_since
        return len(self._received) >= BATCH or waited >= PATIENCE

    def _store(self) -> None:
        """Store all that waits, then end the runs whose items these were."""
        if self._received:
            with self.archive.writing(TURN):
                self._unpublished += self.writer.store(self._received)
                self._received = []
                if self._unpublished and time.monotonic() - self._indexed > INDEX_EVERY:
                    self.archive.index(progress=self.progress)
                    self._indexed, self._unpublished = time.monotonic(), 0
        while self._ends:
            self.writer.end(self._ends[0])
            del self._ends[0]

    def _end_early(self) -> None:
        """Take what the sources had fetched, store it, and end their runs."""
        try:
            self.crawler.stop()
            if self._client:
                self._client.close()
            last = time.monotonic() + ENDING
            while not self.crawler.over and time.monotonic() < last:
                self._take(STEP)
            self._store()
        except Exception as error:  # an import that was cut short stays broken in this process
            log.warning("what came last was not stored (%s): the next run reads it again", error)
        finally:
            self.writer.cut_off()

    def _publish(self, interrupted: bool) -> None:
        with self.archive.writing(TURN):
            if not interrupted:
                settle(self.archive, self.progress)
            self.archive.index(progress=self.progress)

    def _reports(self, sources: Sequence[Source], interrupted: bool) -> list[SourceReport]:
        reports = []
        for source in sources:
            found = self.writer.outcome(source.name)
            if found is None:  # it never began, so there is no run to keep
                started = self.crawler.now()
                found = Run(source=source.name, started=started, interrupted=interrupted), ()
            reports.append(SourceReport(source=source.name, run=found[0], problems=found[1]))
        if interrupted and not any(report.run.interrupted for report in reports):
            raise KeyboardInterrupt
        return reports
