"""Files and folders on this machine, as a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.files import listing, read
from ingest.reading import Reading
from ingest.sources.declared import Source
from ingest.sources.visit import Item, Read, SourceFailed, Visit
from ingest.values import Problem, Withdrawal
from vectorstore import Article

WITHDREW = "withdrew an article"
"""What is told of entries that are their provider's word that an article is withdrawn."""


def reading(source: Source) -> Reading:
    """How a declaration wants its files read; raises InputError for a mapping of no sense."""
    return Reading(
        columns=source.columns,
        outlet=source.outlet,
        language=source.language,
        earliest=source.earliest,
        source=source.name,
    )


def items(visit: Visit) -> Iterator[Item]:
    """The articles in the source's files, and what was wrong with some.

    A file that has gone is no article withdrawn: what delivers files also clears them away.
    Raises SourceFailed if a path is not there, and InputError for a mapping of no sense.
    """
    source = visit.source
    for path in source.paths:
        if not path.exists():
            raise SourceFailed(f"{path}: no such file or folder")
    found = listing(source.paths, now=visit.now, reading=reading(source))
    for problem in found.problems:
        _count(visit, problem)
        yield problem
    visit.announce(found.expected)
    for item in read(found.files):
        if visit.stop.is_set():
            visit.complete, visit.stopped = False, True
            return
        _count(visit, item)
        yield Read(replace(item, source=source.name)) if isinstance(item, Article) else item


def _count(visit: Visit, item: Article | Problem | Withdrawal) -> None:
    """What a file holds is announced by being there; a remark about an article is no entry."""
    if isinstance(item, Withdrawal):
        visit.counting.remark(WITHDREW, item.path)
    if not isinstance(item, Problem) or item.fatal or item.duplicate or item.kind:
        visit.counting.announce([""])
        visit.counting.end()
