"""A run: paths to articles to passages into an archive, and a report of what became of each."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

from ingest.boilerplate import passages, settle
from ingest.files import STANDARD_INPUT, Listing, listing, read
from ingest.reading import AS_GUESSED, Reading
from ingest.values import Problem, Report, Withdrawal, told
from vectorstore import Archive, Article, InputError, Passage, Progress, no_progress
from vectorstore import Run as Record
from vectorstore.index.embedding import Service

log = logging.getLogger(__name__)

SAMPLE = "sample:dateline"
REASONS_KEPT = 20
"""Problems of a run that its record names; the others are only counted."""

Found = Iterable[Article | Problem | Withdrawal]


def run(
    archive: Archive,
    paths: Sequence[Path | str],
    *,
    reading: Reading = AS_GUESSED,
    progress: Progress = no_progress,
) -> Report:
    """Ingest files, folders and `-` (standard input) into an archive, and make what is new
    searchable. `reading` has a column mapping and what else the files do not say themselves.

    What is already stored as it stands is neither cut nor embedded. Ctrl-C ends the run
    early, keeps what is stored, and is noted in the report. Raises InputError if a path does
    not exist (before anything is written), and ArchiveLocked if another process is writing.
    """
    named = check(paths)
    progress("Looking", 0, 0)
    found = listing(named, reading=reading)
    return Run(archive, progress).take(found, read(found.files))


def check(paths: Sequence[Path | str]) -> list[Path]:
    """The paths, all of which exist or are `-`; raises InputError that lists those that do not."""
    named = [Path(path).expanduser() for path in paths]
    if missing := [
        str(path) for path in named if str(path) != STANDARD_INPUT and not path.exists()
    ]:
        if addresses := [p for p in map(str, paths) if p.startswith(("http://", "https://"))]:
            raise InputError(
                f"{addresses[0]} is no file: `dateline sources add {addresses[0]}` declares it, "
                "then `dateline ingest` reads it"
            )
        raise InputError(f"{', '.join(missing)}: no such file or folder")
    return named


def add_sample(archive: Archive, *, progress: Progress = no_progress) -> Report:
    """Ingest the sample articles that come with Dateline, under the source `sample:dateline`."""
    with as_file(files("ingest") / "sample") as folder:
        found = listing([folder])
        # The table of the facts' sources lies beside the articles.
        found.files = [file for file in found.files if file.kind == ".md"]
        return Run(archive, progress).take(found, _as_sample(read(found.files)))


def sample_unfinished(archive: Archive) -> bool:
    """Whether a part of the sample is in the archive and the rest is not."""
    shipped = sum(f.name.endswith(".md") for f in (files("ingest") / "sample").iterdir())
    return 0 < len(archive.keys(SAMPLE)) < shipped


def drop_sample(archive: Archive) -> int:
    """Take the sample articles out of every search; returns how many there were."""
    with archive.writing():
        count = archive.withdraw(SAMPLE)
        archive.index()
    return count


def _as_sample(found: Found) -> Iterator[Article | Problem | Withdrawal]:
    """The sample's articles with keys that are the same wherever Dateline is installed."""
    for item in found:
        if not isinstance(item, Article):
            yield item
        else:
            yield replace(item, source=SAMPLE, key=f"sample:{item.path}")


class Elsewhere(Service, Protocol):
    """Embeds elsewhere, while this process cuts and stores."""

    def cut(self, article: Article) -> tuple[Passage, ...]:
        """The passages of an article, to be looked at again before they are stored."""


class Run:
    """One run: counts what comes by, and leaves out what the archive knows."""

    def __init__(
        self, archive: Archive, progress: Progress, elsewhere: Elsewhere | None = None
    ) -> None:
        self.archive, self.progress, self.elsewhere = archive, progress, elsewhere
        self.counts: dict[str, Counter[str]] = {}
        self.problems: list[Problem] = []
        self.others: Counter[str] = Counter()
        self.withdrawals: list[Withdrawal] = []
        self.duplicates = self.read = 0
        self.expected = 0

    def take(self, found: Listing, items: Found) -> Report:
        """Store the articles of a listing, publish them, and report."""
        started, began = time.monotonic(), datetime.now(UTC)
        self.problems += found.problems
        self.expected = found.expected
        with self.archive.writing():
            interrupted = self._store(items)
            self._note(found, began, interrupted)
        counts = sum(self.counts.values(), Counter[str]())
        return Report(
            new=counts["new"],
            changed=counts["changed"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            duplicates=self.duplicates,
            withdrawn=counts["withdrawn"],
            others=dict(self.others),
            files=len(found.files),
            skipped_other=found.skipped_other,
            problems=tuple(self.problems),
            seconds=time.monotonic() - started,
            interrupted=interrupted,
        )

    def _store(self, items: Found) -> bool:
        """Store and publish; whether Ctrl-C ended it early. A second one leaves to the next run
        what is not published."""
        interrupted, stored = False, 0
        try:
            for article, outcome in self.archive.add(
                self._new(items), progress=self.progress, service=self.elsewhere
            ):
                self.counts[article.source][outcome] += 1
                stored += 1
            stored += self._withdraw()
            settle(self.archive, self.progress)
        except KeyboardInterrupt:
            interrupted = True
            log.warning("interrupted: keeping what is stored")
        try:
            if stored or not interrupted:
                self.archive.index(progress=self.progress)
        except KeyboardInterrupt:
            interrupted = True
            log.warning("interrupted: the next run makes searchable what is stored")
        return interrupted

    def _new(self, items: Found) -> Iterator[tuple[Article, tuple[Passage, ...]]]:
        """The articles that the archive does not know as they stand, with their passages."""
        for item in items:
            if isinstance(item, Problem):
                self._problem(item)
                continue
            if isinstance(item, Withdrawal):
                self.withdrawals.append(item)
                continue
            self.read += 1
            counts = self.counts.setdefault(item.source, Counter())
            self.progress("Reading", min(self.read, self.expected), self.expected)
            if self.archive.known(item):
                counts["unchanged"] += 1
            elif self.elsewhere:
                yield item, self.elsewhere.cut(item)
            else:
                yield item, passages(self.archive, item)

    def _withdraw(self) -> int:
        """Withdraw what its providers took back, once all that came is stored; how many that
        was in search."""
        gone = 0
        for one in self.withdrawals:
            if self.archive.retract(one.article, one.revision):
                self.counts.setdefault(one.source, Counter())["withdrawn"] += 1
                gone += 1
        return gone

    def _problem(self, problem: Problem) -> None:
        log.info("%s", problem, extra={"file": problem.path, "line": problem.line})
        if problem.duplicate:
            self.duplicates += 1
        elif problem.kind:
            self.others[problem.kind] += 1
        else:
            self.problems.append(problem)

    def _note(self, found: Listing, began: datetime, interrupted: bool) -> None:
        """Keep a record of this run under each of its sources, with that one's own share."""
        owners = {file.shown: file.source for file in found.files}
        first = next(iter([*self.counts, *owners.values()]), None)
        problems: dict[str, list[Problem]] = {}
        for problem in self.problems:
            # A page in a web archive is named after its file and a comma.
            named = problem.path if problem.path in owners else problem.path.rpartition(", ")[0]
            owner = owners.get(named, first)
            if owner is not None:
                problems.setdefault(owner, []).append(problem)
        for source in dict.fromkeys([*self.counts, *problems]) or [first]:
            if source is None:
                return
            counts, own = self.counts.get(source, Counter[str]()), problems.get(source, [])
            reasons = [str(p) for p in own[:REASONS_KEPT]]
            if self.others and source == first:
                reasons.append(f"no articles, left out: {told(self.others)}")
            self.archive.note_run(
                Record(
                    source=source,
                    started=began,
                    ended=datetime.now(UTC),
                    failed=len(own),
                    reasons=tuple(reasons),
                    interrupted=interrupted,
                    new=counts["new"],
                    changed=counts["changed"],
                    updated=counts["updated"],
                    unchanged=counts["unchanged"],
                    withdrawn=counts["withdrawn"],
                )
            )
