"""The indexer follows the ledger's sequence numbers into both indexes.

Every step can be done twice: passage ids are deterministic, an article's old passages are
replaced, and the cursor moves only after an index has committed. So whatever is killed,
the next run goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vectorstore.dense import DEAD_SHARE, DenseIndex, Rows
from vectorstore.errors import IndexDamaged
from vectorstore.ledger import Ledger
from vectorstore.lexical import LexicalIndex
from vectorstore.segment import NO_DAY
from vectorstore.values import Progress

log = logging.getLogger(__name__)

ARTICLES_A_STEP = 4_000
"""Articles taken into an index between two cursor moves; bounds the memory of a rebuild."""


class Indexer:
    """Brings the indexes of one archive up to its ledger; needs the write lock."""

    def __init__(self, ledger: Ledger, dense: DenseIndex, lexical: LexicalIndex, model: str):
        self._ledger, self._dense, self._lexical, self._model = ledger, dense, lexical, model

    def follow(self, progress: Progress) -> None:
        """Take in what is new, replace what is damaged, and merge what is small."""
        self._heal()
        total = self._ledger.last_seq()
        for name, step in (("words", self._lexical_step), ("vectors", self._dense_step)):
            cursor = self._ledger.cursor(name)
            while changes := self._ledger.changes(cursor, ARTICLES_A_STEP):
                step([c.id for c in changes])
                cursor = changes[-1].seq
                self._ledger.set_cursor(name, cursor)
                progress(f"Indexing {name}", cursor, total)
        for group in self._dense.to_merge():
            self._rewrite(group)

    def rebuild(self, progress: Progress) -> None:
        """Write both indexes anew from the ledger; nothing is embedded again."""
        self._reset("words", self._lexical)
        self._reset("vectors", self._dense)
        self.follow(progress)

    def _heal(self) -> None:
        """Reset an index that is gone, damaged or of another embedding model."""
        if self._ledger.cursor("words") and not self._lexical_sound():
            log.warning("the lexical index is damaged or gone: rebuilding it from the ledger")
            self._reset("words", self._lexical)
        manifest = self._dense.manifest()
        if self._ledger.cursor("vectors"):
            stale = manifest["model"] != self._model
            if stale or self._dense.damaged or self._dense.verify():
                log.warning("the dense index is damaged or gone: rebuilding it from the ledger")
                self._reset("vectors", self._dense)

    def _lexical_sound(self) -> bool:
        try:
            return self._lexical.exists() and self._lexical.count() >= 0
        except IndexDamaged:
            return False

    def _reset(self, name: str, index: DenseIndex | LexicalIndex) -> None:
        self._ledger.set_cursor(name, 0)
        index.clear()

    def _lexical_step(self, ids: Sequence[str]) -> None:
        passages = self._ledger.passages_of(ids, self._model)
        self._lexical.update(
            ids,
            (
                (r.id, r.article, r.headline, r.body[r.start : r.end], r.outlet, r.published_day)
                for r in passages
            ),
        )

    def _dense_step(self, ids: Sequence[str]) -> None:
        self._dense.publish(self._model, _rows(self._ledger.passages_of(ids, self._model)))
        self._drop_dead()

    def _drop_dead(self) -> None:
        for segment in self._dense.segments():
            live = self._ledger.live(segment.ids)
            if len(segment) - len(live) > DEAD_SHARE * len(segment):
                self._rewrite([segment.name])

    def _rewrite(self, names: Sequence[str]) -> None:
        """Merge segments into one, of their live passages only."""
        chosen = [s for s in self._dense.segments() if s.name in names]
        wanted = self._ledger.live([i for s in chosen for i in s.ids])
        articles = list(dict.fromkeys(i[:16] for s in chosen for i in s.ids))
        rows = (r for r in self._ledger.passages_of(articles, self._model) if r.id in wanted)
        self._dense.publish(self._model, _rows(rows), replaced=names)


def _rows(passages: Iterable[Any]) -> Rows:
    ids, days, outlets, vectors = [], [], [], []
    for r in passages:
        ids.append(r.id)
        days.append(r.published_day or NO_DAY)
        outlets.append(r.outlet)
        vectors.append(np.frombuffer(r.passage, dtype=np.float16))
    stacked = np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float16)
    return ids, days, outlets, stacked
