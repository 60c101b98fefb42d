"""Files and folders on this machine, as a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ingest.files import listing, read
from ingest.reading import Reading
from ingest.sources.declared import Source
from ingest.sources.items import Item, Read
from ingest.sources.poll import SourceFailed
from ingest.sources.visit import Visit
from ingest.values import Problem
from vectorstore import Article


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
    for problem in found.left_out:
        visit.counting.took(problem)
        yield problem
    visit.announce(found.expected)
    for item in read(found.files):
        if visit.stop.is_set():
            visit.complete, visit.stopped = False, True
            return
        visit.counting.took(item)
        if not isinstance(item, Problem):
            item = replace(item, source=source.name)  # noqa: PLW2901
        yield Read(item) if isinstance(item, Article) else item
