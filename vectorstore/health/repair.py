"""Repairs of what an examination found: from the ledger, which is never changed but where a
passage or a vector is made anew of the stored text. What is replaced can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.health.values import Finding, Fix
from vectorstore.ledger import schema
from vectorstore.ledger.queries import batches
from vectorstore.values import Progress, no_progress

if TYPE_CHECKING:
    from vectorstore.archive import Archive

Settle = Callable[["Archive"], object]
"""Cuts anew the articles that are marked as stale; `ingest.boilerplate.settle` does."""

FIRST: tuple[Fix, ...] = ("rights", "modes")
"""Repairs that need no open archive."""

LEDGER_CHECKS = frozenset({"ledger", "ledger schema", "references", "texts"})
"""Where one of these is wrong, nothing is written: what would be made of it might be wrong too."""


def repair_files(findings: Sequence[Finding]) -> Iterator[str]:
    """Give the owner back the rights to files, and close private ones; says what was done."""
    for finding in findings:
        for place in finding.places if finding.fix in FIRST else ():
            path = Path(place)
            mode = path.stat().st_mode
            if finding.fix == "modes":
                path.chmod(0o600)
            else:
                path.chmod(mode | (0o700 if path.is_dir() else 0o600))
            yield f"{path}: rights mended"


def repairable(findings: Sequence[Finding]) -> bool:
    """Whether the ledger is whole, so that the rest may be made of it again."""
    return not any(f.state == "error" and f.check in LEDGER_CHECKS for f in findings)


def repair(
    archive: Archive,
    findings: Sequence[Finding],
    *,
    settle: Settle,
    progress: Progress = no_progress,
) -> Iterator[str]:
    """Mend what is mendable, and say what was done; loses nothing.

    Holds the write lock: raises ArchiveLocked where another process writes. Does nothing
    where the ledger itself is damaged.
    """
    wanted = {f.fix: f for f in findings if f.fix}
    if not repairable(findings):
        return
    if "embed" in wanted or "recut" in wanted:
        archive.embedder.query("loads it")  # before anything is taken out
    with archive.writing():
        if "recut" in wanted:
            yield _recut(archive, wanted["recut"].places, settle)
        if "embed" in wanted:
            _forget(archive, wanted["embed"].places)
    if "embed" in wanted:
        model = archive._ledger.meta("model") or archive.embedder.identity
        done = archive.migrate(model, progress=progress)
        yield f"{done} passages embedded again"
    before: set[str] = set()
    if not wanted.keys() & {"recut", "words", "vectors", "index"}:
        return
    with archive.writing():
        with archive._backend.indexing():
            if "words" in wanted:
                archive._lexical.clear()
            if "vectors" in wanted:
                before = set(_segments(archive))
                archive._indexer().mend_vectors()
        archive.index(progress=progress)
    if "words" in wanted:
        yield "the lexical index written anew from the ledger"
    if "vectors" in wanted:
        kept = len(before.intersection(_segments(archive)))
        yield (
            f"the dense index mended from the ledger: {kept} of {len(before)} segments stay"
            if kept
            else "the dense index written anew from the ledger"
        )
    yield "all that is stored is searchable"


def _segments(archive: Archive) -> list[str]:
    return [str(s["name"]) for s in archive._dense.manifest()["segments"]]


def _recut(archive: Archive, articles: Sequence[str], settle: Settle) -> str:
    """Marks articles as stale and has their passages made anew of the stored text."""
    a, p = schema.articles.c, schema.passages.c
    with archive._engine.begin() as c:
        for batch in batches(articles):
            c.execute(schema.passages.delete().where(p.article.in_(batch)))
            c.execute(schema.articles.update().where(a.id.in_(batch)).values(stale=True))
    while archive.stale(1):
        settle(archive)
    return f"passages of {len(articles)} articles cut anew"


def _forget(archive: Archive, digests: Sequence[str]) -> None:
    """Takes out vectors that are damaged, so that they are made again."""
    t = schema.vectors.c
    with archive._engine.begin() as c:
        for batch in batches(digests):
            c.execute(schema.vectors.delete().where(t.digest.in_(batch)))
