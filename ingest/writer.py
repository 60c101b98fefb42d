"""What came from sources, brought into the archive: articles, pages, withdrawals, runs."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from ingest.boilerplate import passages
from ingest.crawler import Begun, Ended, Received
from ingest.sources.items import Gone, Read, Seen
from ingest.tally import Tally
from ingest.values import Problem, Withdrawal
from ingest.withdrawing import key_conflict, withdraw
from vectorstore import Archive, Article, Passage, Run

log = logging.getLogger(__name__)


class SourceWriter:
    """Stores what sources yielded and keeps their runs. The one writer; used by one thread.

    Everything can be done twice: what was stored before an interruption is stored again, and
    counted once.
    """

    def __init__(self, archive: Archive, now: Callable[[], datetime]) -> None:
        self._archive, self._now = archive, now
        self._tallies: dict[str, Tally] = {}
        self._counted: set[int] = set()

    def begin(self, begun: Begun) -> None:
        """Note that a run has begun; one that never ends was killed."""
        run = Run(source=begun.source, started=begun.started)
        self._tallies[begun.source] = Tally(run)
        self._archive.note_run(run)

    def store(self, received: Sequence[Received]) -> int:
        """Store items, the articles first; how many of these are new to the archive.

        Under `archive.writing()`. A batch that was interrupted may be given again.
        """
        given: deque[Received] = deque()
        stored = 0
        for article, outcome in self._archive.add(self._new(received, given)):
            one = given.popleft()
            self._count(one, outcome)
            if told := key_conflict(self._archive, article):
                self._tallies[one.source].add(told)
            stored += 1
        for one in received:
            item = one.item
            if isinstance(item, Read):
                self._archive.put_pages(item.pages)
            elif isinstance(item, Gone):
                stored += self._withdraw(one, item)
            elif isinstance(item, Withdrawal):
                stored += self._retract(one, item)
            elif isinstance(item, Seen):
                self._archive.put_pages([item.page])
                self._count(one, item.outcome)
            else:
                self._problem(one, item)
        self._counted.clear()
        return stored

    def end(self, ended: Ended) -> None:
        """Keep the record of a run whose items are stored, and the source's own state."""
        tally = self._tallies[ended.source]
        tally.total(ended.counts, ended.remarks)
        if ended.state is not None:
            self._archive.set_source_state(ended.source, ended.state)
        self._close(tally, error=ended.error, interrupted=ended.interrupted)

    def cut_off(self) -> None:
        """End the runs that go on still as interrupted."""
        for tally in self._open():
            self._close(tally, interrupted=True)

    def give_up(self, error: BaseException) -> None:
        """End the runs that go on still as failed, if the ledger can still be written."""
        with suppress(Exception):
            for tally in self._open():
                self._close(tally, error=f"the archive could not be written: {error}")

    def outcome(self, source: str) -> tuple[Run, tuple[Problem, ...]] | None:
        """The run of a source and its problems; None if it never began."""
        tally = self._tallies.get(source)
        return (tally.run, tuple(tally.problems)) if tally else None

    # -- inside -----------------------------------------------------------------------

    def _new(
        self, received: Sequence[Received], given: deque[Received]
    ) -> Iterator[tuple[Article, Sequence[Passage]]]:
        """The articles that the archive does not know as they stand, which go into `given`."""
        for one in received:
            if not isinstance(one.item, Read):
                continue
            article = one.item.article
            if self._archive.known(article):
                self._count(one, "unchanged")
            else:
                given.append(one)
                yield article, passages(self._archive, article)

    def _withdraw(self, one: Received, item: Gone) -> int:
        gone = 0
        if item.withdraw and item.page.article:
            gone = self._archive.withdraw_articles([item.page.article])
            self._tallies[one.source].counts["withdrawn"] += gone
        self._archive.put_pages([item.page])
        self._count(one, item.outcome)
        return gone

    def _retract(self, one: Received, item: Withdrawal) -> int:
        gone, wrong = withdraw(self._archive, item)
        self._tallies[one.source].counts["withdrawn"] += gone
        if wrong:
            self._problem(one, wrong)
        else:
            self._count(one, "not_articles")
        return int(gone)

    def _problem(self, one: Received, problem: Problem) -> None:
        if id(one) in self._counted:
            return
        self._counted.add(id(one))
        log.info("%s", problem, extra={"source": one.source})
        self._tallies[one.source].add(problem)

    def _count(self, one: Received, outcome: str) -> None:
        """Count what became of an entry; an article that the run had before is counted once."""
        if id(one) not in self._counted and outcome:
            again = isinstance(one.item, Read) and one.item.again and outcome == "unchanged"
            self._tallies[one.source].counts["duplicates" if again else outcome] += 1
        self._counted.add(id(one))

    def _open(self) -> list[Tally]:
        return [tally for tally in self._tallies.values() if tally.run.ended is None]

    def _close(self, tally: Tally, *, error: str = "", interrupted: bool = False) -> None:
        run = tally.ended(self._now(), error=error, interrupted=interrupted)
        self._archive.note_run(run)
        tally.run = run
