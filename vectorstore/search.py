"""Search asks both indexes, fuses by passage id and hydrates from the ledger.

Only current versions are returned, however far an index lags: what the ledger does not
hold as live and admitted is dropped.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vectorstore.collapse import Candidate, collapsed, with_copies
from vectorstore.dense import DenseIndex
from vectorstore.embedder import Embedder
from vectorstore.errors import IndexDamaged
from vectorstore.ledger import Ledger
from vectorstore.lexical import LexicalIndex
from vectorstore.segment import Floats
from vectorstore.values import Filters, Hit, Sentence, StoredArticle

log = logging.getLogger(__name__)

POOL = 100
"""Candidates asked of each index; 90 % of answers are in the first hundred (DESIGN.md)."""

LANGUAGE_POOL = 5
"""Times as many candidates where a language is wanted: the indexes do not know it, so those
in other languages are dropped when the passages are read."""

DENSE_WEIGHT = 0.5
"""Of the fused score; the rest is lexical. Even was best of 0.35, 0.5, 0.65 on eval/gold."""

SENTENCE_WEIGHT = 0.3
"""How much the best sentence's cosine adds to the passage's own."""

PER_ARTICLE = 3
"""Passages of one article in a result, unless there is nothing else."""


class Search:
    """The two indexes and the ledger of one archive, asked as one."""

    def __init__(
        self, ledger: Ledger, dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder
    ) -> None:
        self._ledger, self._dense, self._lexical = ledger, dense, lexical
        self._embedder = embedder

    def __call__(self, text: str, k: int, filters: Filters) -> list[Hit]:
        """The k best passages, best first; an index that is damaged is done without."""
        if not text.strip() or k < 1:
            return []
        vector = self._embedder.query(text)
        pool = max(POOL, 2 * k) * (LANGUAGE_POOL if filters.languages else 1)
        lexical = _asked("lexical", lambda: self._lexical.search(text, pool, filters))
        dense = _asked("dense", lambda: self._dense.search(vector, pool, filters))
        ids = list(dense | lexical)
        rows = self._ledger.candidates(ids, self._embedder.identity, filters)
        ranked = collapsed(_fused([_scored(r, vector, lexical) for r in rows]), self._ledger.texts)
        chosen = _spread(ranked, k)
        articles = self._ledger.articles(list({c.row.article for c in chosen}))
        # An article may have changed since its passages were read: then it is left out
        hits = [
            _hit(c, article)
            for c in chosen
            if (article := articles.get(c.row.article)) and article.version == c.row.version
        ]
        names = {hit.article.story for hit in hits} - {""}
        return with_copies(hits, self._ledger.members(list(names), filters) if names else {})


def _asked(name: str, search: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What an index returns; nothing if it fails, so that the other one answers."""
    try:
        return search()
    except Exception as error:
        hint = "; run `dateline rebuild`" if isinstance(error, IndexDamaged) else ""
        log.exception("answering without the %s index%s", name, hint)
        return {}


def _scored(row: Any, vector: Floats, lexical: Mapping[str, float]) -> Candidate:
    passage = np.frombuffer(row.passage, dtype=np.float16).astype(np.float32)
    sentences = np.frombuffer(row.int8, dtype=np.int8).reshape(-1, len(vector))
    near = sentences.astype(np.float32) @ vector / 127
    return Candidate(row, float(passage @ vector), lexical.get(row.id), near)


def _fused(candidates: list[Candidate]) -> list[Candidate]:
    """Convex combination of min-max scaled scores (Bruch et al. 2022, arXiv:2210.11934)."""
    if not candidates:
        return []
    meaning = np.array(
        [c.dense + SENTENCE_WEIGHT * float(c.near.max(initial=0)) for c in candidates]
    )
    words = np.array([c.lexical or 0.0 for c in candidates])
    fused = DENSE_WEIGHT * _scaled(meaning) + (1 - DENSE_WEIGHT) * words / max(words.max(), 1e-9)
    order = sorted(range(len(candidates)), key=lambda i: (-fused[i], candidates[i].row.id))
    return [
        Candidate(c.row, c.dense, c.lexical, c.near, float(fused[i]))
        for i in order
        for c in (candidates[i],)
    ]


def _scaled(values: Any) -> Any:
    low, high = values.min(), values.max()
    return (values - low) / max(high - low, 1e-9)


def _spread(ranked: list[Candidate], k: int) -> list[Candidate]:
    """The first k, with at most PER_ARTICLE of one article before the rest fills up."""
    taken: dict[str, int] = {}
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for candidate in ranked:
        article = candidate.row.article
        taken[article] = taken.get(article, 0) + 1
        (first if taken[article] <= PER_ARTICLE else rest).append(candidate)
    return (first + rest)[:k]


def _hit(candidate: Candidate, article: StoredArticle) -> Hit:
    row = candidate.row
    spans = json.loads(row.sentences)
    sentences = tuple(
        Sentence(start=a, end=b, text=article.body[a:b], score=float(s))
        for (a, b), s in zip(spans, candidate.near, strict=True)
    )
    return Hit(
        passage_id=row.id,
        article=article,
        start=row.start,
        end=row.end,
        score=candidate.score,
        dense=candidate.dense,
        lexical=candidate.lexical,
        sentences=sentences,
    )
