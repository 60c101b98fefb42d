"""What came from sources, brought into the archive: articles, pages, withdrawals, runs."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ingest.boilerplate import passages
from ingest.gathering import Begun, Came, Ended
from ingest.pipeline import REASONS_KEPT
from ingest.readers.news.article import HELD
from ingest.sources.visit import Gone, Read, Seen
from ingest.values import Problem, Withdrawal, told
from vectorstore import RUN_COUNTS, Archive, Article, Passage, Run

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Tally:
    """One source's run so far."""

    run: Run
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    """What came that is no article, by what it is."""
    remarks: tuple[str, ...] = ()

    def ended(self, at: datetime, *, error: str, interrupted: bool) -> Run:
        worst = sorted(self.problems, key=lambda p: not p.fatal)
        others = [f"no articles, left out: {told(self.others)}"] if self.others else []
        counts: dict[str, Any] = {name: self.counts[name] for name in RUN_COUNTS}
        return replace(
            self.run,
            ended=max(at, self.run.started),
            error=error,
            interrupted=interrupted,
            reasons=(*others, *self.remarks, *map(str, worst))[:REASONS_KEPT],
            **counts,
        )


class Keeper:
    """Stores what sources yielded and keeps their runs. The one writer; used by one thread.

    Everything can be done twice: what was stored before an interruption is stored again, and
    counted once.
    """

    def __init__(self, archive: Archive, now: Callable[[], datetime]) -> None:
        self._archive, self._now = archive, now
        self._tallies: dict[str, _Tally] = {}
        self._counted: set[int] = set()

    def begin(self, begun: Begun) -> None:
        """Note that a run has begun; one that never ends was killed."""
        run = Run(source=begun.source, started=begun.started)
        self._tallies[begun.source] = _Tally(run)
        self._archive.note_run(run)

    def store(self, came: Sequence[Came]) -> int:
        """Store items, the articles first; how many of these are new to the archive.

        Under `archive.writing()`. A batch that was interrupted may be given again.
        """
        given: deque[Came] = deque()
        stored = 0
        for _, outcome in self._archive.add(self._new(came, given)):
            self._count(given.popleft(), outcome)
            stored += 1
        for one in came:
            item = one.item
            if isinstance(item, Read):
                self._archive.put_pages(item.pages)
            elif isinstance(item, Gone):
                stored += self._withdraw(one, item)
            elif isinstance(item, Withdrawal):
                own = self._owns(one.source, item.article)
                gone = own and self._archive.retract(item.article, item.revision)
                self._tallies[one.source].counts["withdrawn"] += gone
                self._count(one, "not_articles")
                stored += gone
            elif isinstance(item, Seen):
                self._archive.put_pages([item.page])
                self._count(one, item.outcome)
            else:
                self._problem(one, item)
        self._counted.clear()
        return stored

    def _owns(self, source: str, article: str) -> bool:
        """Whether a source may withdraw an article: one that is its own, or is not there yet."""
        try:
            return self._archive.article(article).source == source
        except KeyError:
            return True

    def end(self, ended: Ended) -> None:
        """Keep the record of a run whose items are stored, and the source's own state."""
        tally = self._tallies[ended.source]
        tally.counts.update(ended.counts)
        tally.remarks = ended.remarks
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
        self, came: Sequence[Came], given: deque[Came]
    ) -> Iterator[tuple[Article, Sequence[Passage]]]:
        """The articles that the archive does not know as they stand, which go into `given`."""
        for one in came:
            if not isinstance(one.item, Read):
                continue
            article = one.item.article
            if self._archive.known(article):
                self._count(one, "unchanged")
            else:
                given.append(one)
                yield article, passages(self._archive, article)

    def _withdraw(self, one: Came, item: Gone) -> int:
        gone = 0
        if item.withdraw and item.page.article:
            gone = self._archive.withdraw_articles([item.page.article])
            self._tallies[one.source].counts["withdrawn"] += gone
        self._archive.put_pages([item.page])
        self._count(one, item.outcome)
        return gone

    def _problem(self, one: Came, problem: Problem) -> None:
        if id(one) in self._counted:
            return
        self._counted.add(id(one))
        log.info("%s", problem, extra={"source": one.source})
        tally = self._tallies[one.source]
        if outcome := _outcome(problem):
            tally.counts[outcome] += 1
        if problem.kind:
            tally.others[problem.kind] += 1
        elif not problem.duplicate:
            tally.problems.append(problem)

    def _count(self, one: Came, outcome: str) -> None:
        """Count what became of an entry; an article that the run had before is counted once."""
        if id(one) not in self._counted and outcome:
            again = isinstance(one.item, Read) and one.item.again and outcome == "unchanged"
            self._tallies[one.source].counts["duplicates" if again else outcome] += 1
        self._counted.add(id(one))

    def _open(self) -> list[_Tally]:
        return [tally for tally in self._tallies.values() if tally.run.ended is None]

    def _close(self, tally: _Tally, *, error: str = "", interrupted: bool = False) -> None:
        run = tally.ended(self._now(), error=error, interrupted=interrupted)
        self._archive.note_run(run)
        tally.run = run


def _outcome(problem: Problem) -> str:
    """What an entry became that came as this problem, "" if it is a remark about one."""
    if problem.fatal:
        return "failed"
    if problem.duplicate:
        return "duplicates"
    if problem.kind == HELD:
        return "postponed"
    return "not_articles" if problem.kind else ""
