"""Provenance: who articles come from, and how many of one origin an answer may rest on.

A flood of articles by one outlet must not outvote the others (PoisonedRAG, Zou et al. 2024,
arXiv:2402.07867; RELIABILITY.md, S5b).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from chatbot.values import Claim
from vectorstore import Archive, Hit, StoredArticle

T = TypeVar("T")

PER_ARTICLE = 2
"""Passages of one article that a model reads for an answer."""

PER_ORIGIN = 2
"""Passages of one outlet that an answer rests on. An outlet that is most of the archive is no
flood: there only its articles are counted."""

MAIN_SHARE = 0.5
"""Share of an archive's articles from which an outlet is most of it."""


def origin(article: StoredArticle) -> str:
    """The origin of an article: its outlet, else its site, else the source it was read from."""
    return article.outlet or urlsplit(article.url).hostname or article.source


def main_outlets(archive: Archive) -> frozenset[str]:
    """The outlet that most of an archive is of, if there is one."""
    status = archive.status()
    return frozenset(name for name, n in status.outlets if n > MAIN_SHARE * status.articles)


def cap_by_origin(hits: Iterable[Hit], main: Collection[str] = ()) -> Iterator[Hit]:
    """The hits, best first, with at most so many of one article and of one origin.

    `main` are the outlets that are most of the archive; they have no cap of their own.
    """
    taken: Counter[str] = Counter()
    for hit in hits:
        name = origin(hit.article)
        article, outlet = f"article {hit.article.id}", f"origin {name}"
        over = name not in main and taken[outlet] >= PER_ORIGIN
        if taken[article] >= PER_ARTICLE or over:
            continue
        taken.update((article, outlet))
        yield hit


def diversify(
    archive: Archive, ranked: Sequence[T], most: int, of: Callable[[T], StoredArticle]
) -> list[T]:
    """The first so many of a ranking, with at most half of them of one origin.

    PER_ORIGIN of one origin are allowed in any case. It is for answers that lay out what many
    articles say.
    """
    main, cap = main_outlets(archive), max(PER_ORIGIN, most // 2)
    taken: Counter[str] = Counter()
    chosen: list[T] = []
    for one in ranked:
        name = origin(of(one))
        if len(chosen) == most:
            break
        if name in main or taken[name] < cap:
            chosen.append(one)
            taken[name] += 1
    return chosen


def admission(
    archive: Archive, hits: Sequence[Hit], cap: int = PER_ORIGIN
) -> Callable[[Claim], bool]:
    """A check whether one more claim keeps the passages that an answer quotes within the cap."""
    used: dict[str, set[str]] = {}
    main = cache(lambda: main_outlets(archive))

    def admits(claim: Claim) -> bool:
        for c in claim.citations:
            name = origin(c.article)
            passages = used.setdefault(name, set())
            passage = next(
                (
                    h.passage_id
                    for h in hits
                    if h.article.id == c.article.id and h.start <= c.start < h.end
                ),
                c.article.id,
            )
            full = len(passages) >= cap and passage not in passages
            if full and name not in main():
                return False
            passages.add(passage)
        return True

    return admits
