"""Search asks both indexes, ranks what they found, and hydrates it from the ledger.

Only current versions are returned, however far an index lags: what the ledger does not
hold as live and admitted is dropped.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from vectorstore.errors import EmbeddingError, IndexAway, IndexDamaged
from vectorstore.filters import Filters
from vectorstore.index.form import VectorIndex
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.segment import Floats
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedder
from vectorstore.models.reranker import RERANKED, RERANKER_WEIGHT, Reranker
from vectorstore.query import SearchQuery, Why
from vectorstore.search.collapse import Candidate, collapsed, with_copies
from vectorstore.search.ranking import (
    candidates,
    diversified,
    interleaved,
    lexical_candidates,
    ranked,
)
from vectorstore.values import Hit, Sentence, StoredArticle

log = logging.getLogger(__name__)

POOL, WORDS_POOL = 100, 50
"""Candidates asked of the dense index, where 90 % of answers are in the first hundred
(DESIGN.md), and of the lexical one, whose second fifty brought nothing (docs/retrieval.md)."""

COLLAPSED = 60
"""Candidates, or three times what is asked for, among which copies are looked for."""


class Search:
    """The two indexes and the ledger of one archive, asked as one."""

    def __init__(
        self,
        ledger: Ledger,
        dense: VectorIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        reranker: Reranker | None = None,
    ) -> None:
        self._ledger, self._dense, self._lexical = ledger, dense, lexical
        self._embedder, self._reranker = embedder, reranker

    def __call__(
        self, queries: Sequence[SearchQuery], k: int, *, explain: bool = False
    ) -> list[Hit]:
        """The k best passages, best first; an index that is damaged is done without."""
        if not queries or k < 1:
            return []
        vectors = self._vectors_if_any(queries)
        found = [self._ranked(q, v, k) for q, v in zip(queries, vectors, strict=True)]
        chosen = found[0] if len(found) == 1 else interleaved(found, k)
        articles = self._ledger.articles(list({c.row.article for c in chosen}))
        # An article may have changed since its passages were read: then it is left out
        hits = [
            _hit(c, article, explain)
            for c in chosen
            if (article := articles.get(c.row.article)) and article.version == c.row.version
        ]
        return self._with_copies(hits, [q.filters for q in queries])

    def _vectors_if_any(self, queries: Sequence[SearchQuery]) -> Sequence[Floats | None]:
        """Each query's vector; none where the model cannot be loaded: then words alone find."""
        try:
            return self._vectors(queries)
        except EmbeddingError as error:
            log.error("answering by words alone: %s", error)
            return [None] * len(queries)

    def _vectors(self, queries: Sequence[SearchQuery]) -> list[Floats]:
        """Each query's unit vector: its text's, moved towards its wordings by their weights."""
        texts = [
            [(q.text, 1.0)] + [(w.text, w.weight) for w in q.wordings if w.meaning and w.text]
            for q in queries
        ]
        rows = iter(self._embedder.queries([text for own in texts for text, _ in own]))
        sums = [np.sum([weight * next(rows) for _, weight in own], axis=0) for own in texts]
        return [np.asarray(s / np.linalg.norm(s), dtype=np.float32) for s in sums]

    def _ranked(self, query: SearchQuery, vector: Floats | None, k: int) -> list[Candidate]:
        asked = max(WORDS_POOL, 2 * k)
        words = _asked("lexical", lambda: self._lexical.search(query, asked))
        pool = max(POOL, 2 * k)
        meaning = {}
        if vector is not None:
            meaning = _asked("dense", partial(self._nearest, vector, pool, query.filters))
        ids = list(meaning | words)
        if query.filters.articles:  # few: every passage of theirs is weighed
            ids = self._ledger.passages_in(query.filters.articles)
        rows = self._ledger.candidates(ids, self._embedder.identity, query.filters)
        covered = _asked("lexical", lambda: self._lexical.covered(query, ids))
        known = (
            candidates(rows, vector, words, covered, self._embedder.properties.near)
            if vector is not None
            else lexical_candidates(rows, words, covered)
        )
        best = ranked(query, known, max(COLLAPSED, 3 * k))
        ranks = {"meaning": _places(meaning), "words": _places(words)}
        several = collapsed(best, self._ledger.texts)
        if self._reranker:
            several = self._reread(self._reranker, query.text, several)
        return [_with_ranks(one, ranks) for one in diversified(several, k)]

    def _reread(self, reranker: Reranker, text: str, found: list[Candidate]) -> list[Candidate]:
        """The candidates, the first of them scored by the reranker as well; best first."""
        first, rest = found[:RERANKED], found[RERANKED:]
        texts = self._ledger.texts([one.row.id for one in first])
        scores = reranker.scores(text, [texts[one.row.id] for one in first]) if first else []
        moved = []
        for one, score in zip(first, scores, strict=True):
            more = RERANKER_WEIGHT * score
            parts = {**one.parts, "reranked": more}
            moved.append(replace(one, parts=parts, score=one.score + more))
        moved.sort(key=lambda one: (-one.score, one.row.id))
        return moved + rest

    def _nearest(self, vector: Floats, pool: int, filters: Filters) -> dict[str, float]:
        """By the dense index, which does not know what article a passage is of."""
        return {} if filters.articles else self._dense.search(vector, pool, filters)

    def _with_copies(self, hits: list[Hit], filters: Sequence[Filters]) -> list[Hit]:
        """Other articles of a hit's story, as far as the first query's filters admit them."""
        names = {hit.article.story for hit in hits} - {""}
        members = self._ledger.members(list(names), filters[0]) if names else {}
        return with_copies(hits, members)


def _asked(name: str, search: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What an index returns; nothing if it fails, so that the other one answers."""
    try:
        return search()
    except IndexAway as error:
        log.error("answering without the %s index: %s", name, error)
        return {}
    except Exception as error:
        hint = "; run `dateline rebuild`" if isinstance(error, IndexDamaged) else ""
        log.exception("answering without the %s index%s", name, hint)
        return {}


def _places(found: dict[str, float]) -> dict[str, int]:
    """The place of each passage by its score, from 1."""
    best_first = sorted(found, key=lambda i: -found[i])
    return {i: place for place, i in enumerate(best_first, 1)}


def _with_ranks(one: Candidate, ranks: dict[str, dict[str, int]]) -> Candidate:
    own = {name: places[one.row.id] for name, places in ranks.items() if one.row.id in places}
    return replace(one, ranks=own)


def _hit(one: Candidate, article: StoredArticle, explain: bool) -> Hit:
    row = one.row
    spans = json.loads(row.sentences)
    sentences = tuple(
        Sentence(start=a, end=b, text=article.body[a:b], score=float(s))
        for (a, b), s in zip(spans, one.near, strict=True)
    )
    return Hit(
        passage_id=row.id,
        article=article,
        start=row.start,
        end=row.end,
        score=one.score,
        dense=one.dense,
        lexical=one.lexical,
        sentences=sentences,
        why=Why(query=one.query, ranks=one.ranks, parts=one.parts)
        if explain and one.query
        else None,
    )
