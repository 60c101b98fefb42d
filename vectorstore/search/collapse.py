"""Copies in a search result: what one story's articles all say is returned once.

Of passages that say the same the story's earliest article gives the hit, at the place of the
best; the other articles that say it are named in `Hit.also`. What only one of the copies says
is a hit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.ledger.copies import Print
from vectorstore.query import SearchQuery
from vectorstore.values import Hit, StoredArticle

SAID = 0.6
"""Share of a passage's shingles that others must have to say what it says. It is not more,
because copies are edited, and cut into passages at other places."""

Texts = Callable[[Sequence[str]], Mapping[str, str]]
Shingles = frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was found: its row (see `LedgerReader.candidates`) and its scores."""

    row: Any
    dense: float
    lexical: float | None
    near: npt.NDArray[np.floating[Any]]
    """The cosine of each of its sentences."""
    covered: float = 0.0
    """The share of the query's words that it has; see `LexicalIndex.covered`."""
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    """What adds up to the score, by name."""
    ranks: Mapping[str, int] = field(default_factory=dict)
    query: SearchQuery | None = None


def collapsed(ranked: Sequence[Candidate], texts: Texts) -> list[Candidate]:
    """The ranked passages, best first, without those that say what a copy's have said.

    `texts` gives the texts of passages by id; it is asked only about stories of which several
    articles were found.
    """
    found: dict[str, set[str]] = {}
    for one in ranked:
        found.setdefault(one.row.story, set()).add(one.row.article)
    several = {story for story, articles in found.items() if story and len(articles) > 1}
    if not several:
        return list(ranked)
    asked = texts([one.row.id for one in ranked if one.row.story in several])
    shingles = {i: _shingles(text) for i, text in asked.items()}
    kept: list[Candidate] = []
    for one in ranked:
        own = shingles.get(one.row.id, frozenset())
        rivals = [
            place
            for place, other in enumerate(kept)
            if own and other.row.story == one.row.story and other.row.article != one.row.article
        ]
        said = frozenset[int]().union(*(shingles.get(kept[p].row.id, ()) for p in rivals))
        if not _says(said, own):
            kept.append(one)
            continue
        for place in rivals:
            other = kept[place]
            if _earlier(one.row, other.row) and _says(own, shingles[other.row.id]):
                kept[place] = replace(one, score=other.score)
                break
    return kept


def with_copies(hits: Sequence[Hit], members: Mapping[str, Sequence[StoredArticle]]) -> list[Hit]:
    """The hits, each with the other articles of its story that say what it says."""
    bodies: dict[str, Shingles] = {}

    def body(article: StoredArticle) -> Shingles:
        if article.id not in bodies:
            bodies[article.id] = _shingles(article.body)
        return bodies[article.id]

    found = []
    for hit in hits:
        others = [a for a in members.get(hit.article.story, ()) if a.id != hit.article.id]
        own = _shingles(hit.text) if others else frozenset()
        found.append(replace(hit, also=tuple(a for a in others if _says(body(a), own))))
    return found


@lru_cache(maxsize=1_000)
def _shingles(text: str) -> Shingles:
    return Print("", text, "", None).shingles


def _says(whole: Shingles, part: Shingles) -> bool:
    """Whether a text says what another says; of one without shingles nothing is known."""
    return bool(part) and len(whole & part) >= SAID * len(part)


def _earlier(one: Any, other: Any) -> bool:
    key = [(r.published_at is None, r.published_at or 0.0, r.article) for r in (one, other)]
    return key[0] < key[1]
