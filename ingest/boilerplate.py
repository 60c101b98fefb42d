"""Passages without boilerplate: what recurs in an outlet's articles and says nothing is left out.

Bodies are stored as they are, so versions do not move; boilerplate is in no passage, so it is
neither found nor cited. The archive knows which paragraphs those are, and finds out more
while it grows: articles that were cut too early are cut anew by `settle`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.passages import cut
from vectorstore import Archive, Article, Passage, Progress, StoredArticle, no_progress

SETTLED_A_RUN = 2_000
"""Articles that one run cuts anew at most; the next run goes on. One to two minutes of embedding
where each has one new passage."""


def passages(archive: Archive, article: Article | StoredArticle) -> tuple[Passage, ...]:
    """The passages of an article, cut around the boilerplate that its outlet is known for."""
    body = article.body
    found: list[Passage] = []
    start = 0
    for here, there in [*archive.boilerplate(article), (len(body), len(body))]:
        found += (_moved(passage, start) for passage in cut(body[start:here]))
        start = there
    return tuple(found)


def settle(archive: Archive, progress: Progress = no_progress) -> int:
    """Cut anew what holds boilerplate that was not known when it was cut; how many changed.

    Call it at the end of a run, under `archive.writing()` and before `archive.index()`. What
    is settled stays so: a second call does nothing.
    """
    archive.group(progress=progress)
    stale = archive.stale(SETTLED_A_RUN)

    def anew() -> Iterator[tuple[StoredArticle, tuple[Passage, ...]]]:
        for done, article in enumerate(stale, 1):
            yield article, passages(archive, article)
            progress("Leaving out boilerplate", done, len(stale))

    return sum(moved for _, moved in archive.recut(anew()))


def _moved(passage: Passage, by: int) -> Passage:
    spans = tuple((start + by, end + by) for start, end in passage.sentences)
    return Passage(passage.start + by, passage.end + by, spans)
