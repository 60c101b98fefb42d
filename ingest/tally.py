"""One source's run so far: each entry counted as what became of it, and what was told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ingest.values import Problem, describe_non_articles
from vectorstore import RUN_COUNTS, Run

REASONS_KEPT = 20
"""Problems of a run that its record names; the others are only counted."""


@dataclass(slots=True)
class Tally:
    """The counts of one run, of a source or of files."""

    run: Run
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    """What came that is no article, by what it is."""
    remarks: tuple[str, ...] = ()
    _totalled: bool = False

    def total(self, counts: Mapping[str, int], remarks: Iterable[str]) -> None:
        """Take in what is counted once all was looked at: entries, and what gave nothing."""
        self.counts.update(counts)
        self.remarks, self._totalled = tuple(remarks), True

    def add(self, problem: Problem) -> None:
        """Count what an entry became that came as a problem, and keep it for the record."""
        if outcome := problem.outcome:
            self.counts[outcome] += problem.entries
        if problem.kind:
            self.others[problem.kind] += problem.entries
        elif not problem.duplicate:
            self.problems.append(problem)

    def ended(self, at: datetime, *, error: str = "", interrupted: bool = False) -> Run:
        """The record of the run, which ends at this time.

        Where it was cut off before its `total`, its entries are those that were counted.
        """
        worst = sorted(self.problems, key=lambda p: not p.fatal)
        others = (
            [f"no articles, left out: {describe_non_articles(self.others)}"] if self.others else []
        )
        counts: dict[str, Any] = {name: self.counts[name] for name in RUN_COUNTS}
        run = replace(
            self.run,
            ended=max(at, self.run.started),
            error=error,
            interrupted=interrupted,
            reasons=(*others, *self.remarks, *map(str, worst))[:REASONS_KEPT],
            **counts,
        )
        return run if self._totalled else replace(run, announced=run.accounted)
