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
from typing import Any, Protocol

from ingest.boilerplate import passages, settle
from ingest.files import STANDARD_INPUT, Listing, listing, read
from ingest.reading import AS_GUESSED, Reading
from ingest.sources.counting import Counting
from ingest.tally import Tally
from ingest.values import Problem, Report, Withdrawal
from ingest.withdrawing import key_conflict, withdraw
from vectorstore import OUTCOMES, Archive, Article, InputError, Passage, Progress, no_progress
from vectorstore import Run as Record
from vectorstore.index.embedding import Service

log = logging.getLogger(__name__)

SAMPLE = "sample:dateline"
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
        found.others.clear()
        found.roots = dict.fromkeys(found.roots, SAMPLE)
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
    """One run: counts what became of each entry, and leaves out what the archive knows."""

    def __init__(
        self, archive: Archive, progress: Progress, elsewhere: Elsewhere | None = None
    ) -> None:
        self.archive, self.progress, self.elsewhere = archive, progress, elsewhere
        self._began = datetime.now(UTC)
        self._tallies: dict[str, Tally] = {}
        self._entries: dict[str, Counting] = {}
        self._withdrawals: list[Withdrawal] = []
        self._read = 0

    def take(self, found: Listing, items: Found) -> Report:
        """Store the articles of a listing, publish them, and report."""
        started = time.monotonic()
        with self.archive.writing():
            for source in dict.fromkeys(found.roots.values()):
                self._tally(source)
            for problem in found.left_out:
                self._problem(found, problem)
            interrupted = self._store(found, items)
            runs = [self._ended(source, interrupted) for source in self._tallies]
        names = (*OUTCOMES, "announced", "withdrawn")
        sums: dict[str, Any] = {name: sum(getattr(run, name) for run in runs) for name in names}
        tallies = self._tallies.values()
        return Report(
            **sums,
            runs=tuple(runs),
            others=dict(sum((tally.others for tally in tallies), Counter[str]())),
            files=len(found.files),
            problems=tuple(problem for tally in tallies for problem in tally.problems),
            seconds=time.monotonic() - started,
            interrupted=interrupted,
        )

    def _tally(self, source: str) -> Tally:
        if source not in self._tallies:
            self._tallies[source] = Tally(Record(source=source, started=self._began))
            self._entries[source] = Counting()
        return self._tallies[source]

    def _store(self, found: Listing, items: Found) -> bool:
        """Store and publish; whether Ctrl-C ended it early. A second one leaves to the next run
        what is not published."""
        interrupted, stored = False, 0
        try:
            for article, outcome in self.archive.add(
                self._new(found, items), progress=self.progress, service=self.elsewhere
            ):
                self._tally(article.source).counts[outcome] += 1
                if told := key_conflict(self.archive, article):
                    self._tally(article.source).add(told)
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

    def _new(self, found: Listing, items: Found) -> Iterator[tuple[Article, tuple[Passage, ...]]]:
        """The articles that the archive does not know as they stand, with their passages."""
        for item in items:
            if isinstance(item, Problem):
                self._problem(found, item)
                continue
            tally = self._tally(item.source)
            self._entries[item.source].took(item)
            if isinstance(item, Withdrawal):
                self._withdrawals.append(item)
                continue
            self._read += 1
            self.progress("Reading", min(self._read, found.expected), found.expected)
            if self.archive.known(item):
                tally.counts["unchanged"] += 1
            elif self.elsewhere:
                yield item, self.elsewhere.cut(item)
            else:
                yield item, passages(self.archive, item)

    def _withdraw(self) -> int:
        """Withdraw what its providers took back, once all that came is stored; how many that
        was in search."""
        count = 0
        for one in self._withdrawals:
            gone, wrong = withdraw(self.archive, one)
            tally = self._tally(one.source)
            tally.counts["withdrawn"] += gone
            count += gone
            if wrong:
                tally.add(wrong)
            else:
                tally.counts["not_articles"] += 1
        return count

    def _problem(self, found: Listing, problem: Problem) -> None:
        log.info("%s", problem, extra={"file": problem.path, "line": problem.line})
        source = found.source_of(problem.path)
        self._tally(source).add(problem)
        self._entries[source].took(problem)

    def _ended(self, source: str, interrupted: bool) -> Record:
        """The record of a source's own share, kept; what was read and has no outcome yet is left
        for the next run."""
        tally, entries = self._tallies[source], self._entries[source]
        done = sum(tally.counts[name] for name in OUTCOMES)
        left = entries.announced - done
        tally.total({"announced": entries.announced, "postponed": left}, entries.remarks)
        record = tally.ended(datetime.now(UTC), interrupted=interrupted)
        self.archive.note_run(record)
        return record
