"""The indexer follows the ledger's sequence numbers into both indexes.

Every step can be done twice: passage ids are deterministic, an article's old passages are
replaced, and each index keeps its cursor in the same file that says what it consists of.
So whatever is killed, the next run goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from vectorstore.errors import ArchiveLocked, IndexAway
from vectorstore.index.dense import DEAD_SHARE
from vectorstore.index.form import VectorIndex
from vectorstore.index.lexical import Entry, LexicalIndex
from vectorstore.index.segment import NO_DAY, Rows
from vectorstore.ledger.ledger import Ledger
from vectorstore.values import Progress

log = logging.getLogger(__name__)

ARTICLES_A_STEP = 4_000
"""Articles taken into an index between two cursor moves; bounds the memory of a rebuild."""


TURN = 600.0
"""Seconds to wait for another machine that writes a dense index which is shared."""

Turn = Callable[[float], AbstractContextManager[bool]]
"""Waits so many seconds for the right to write the dense index; whether it was got."""


def always(_wait: float) -> AbstractContextManager[bool]:
    """The turn at an index that nobody else writes."""
    return nullcontext(True)


class Indexer:
    """Brings the indexes of one archive up to its ledger; needs the right to index."""

    def __init__(
        self,
        ledger: Ledger,
        dense: VectorIndex,
        lexical: LexicalIndex,
        model: str,
        turn: Turn = always,
    ) -> None:
        self._ledger, self._dense, self._lexical, self._model = ledger, dense, lexical, model
        self._turn = turn

    def follow(self, progress: Progress, wait: float = TURN) -> None:
        """Take in what is new, replace what is damaged, and merge what is small.

        Where the server of the dense index does not answer, or another machine is writing to it
        for longer than `wait` seconds, words find what is new, and the next run brings the vectors.
        """
        self._heal_words()
        self._follow_words(progress)
        try:
            with self._turn(wait) as mine:
                if mine:
                    self._heal_vectors()
                    self._follow_vectors(progress)
        except IndexAway as error:
            log.warning("what is new is found by its words only, until the next run: %s", error)

    def rebuild(self, progress: Progress) -> None:
        """Write the indexes anew, one after the other, so that one always answers."""
        self._lexical.clear()
        self._follow_words(progress)
        with self._turn(TURN) as mine:
            if not mine:
                raise ArchiveLocked(f"another machine is writing to {self._dense.where()}")
            self._dense.clear()
            self._follow_vectors(progress)

    def renew_words(self, progress: Progress) -> None:
        """Write the lexical index anew."""
        with self._lexical.renewing():
            self._lexical.clear()
            self._follow_words(progress)

    def replace(self, progress: Progress, wait: float = TURN) -> None:
        """Put segments of this model in place of another model's, by one rename; then follow."""
        with self._turn(wait) as mine:
            if mine and self._dense.model() != self._model:
                seq = self._ledger.last_seq()
                changes = self._ledger.changes(0, seq + 1)
                rows = _rows(self._ledger.passages_of([c.id for c in changes], self._model))
                progress("Indexing vectors", 0, len(rows.ids))
                self._dense.publish(self._model, rows, seq=seq)
        if mine:
            self.follow(progress, wait)

    def _heal_words(self) -> None:
        """Clear the lexical index if it is damaged, gone, or ahead of the ledger."""
        last = self._ledger.last_seq()
        if self._lexical.cursor() > last or not self._lexical.sound():
            log.warning("the lexical index is damaged or gone: rebuilding it from the ledger")
            self._lexical.clear()

    def _heal_vectors(self) -> None:
        """Clear the dense index if it is damaged, gone, of another model, or ahead."""
        last = self._ledger.last_seq()
        manifest = self._dense.manifest()
        stale = manifest["segments"] and manifest["model"] != self._model
        if stale or manifest["seq"] > last or self._dense.damaged or self._dense.verify():
            log.warning("the dense index is damaged or gone: rebuilding it from the ledger")
            self._dense.clear()

    def _follow_words(self, progress: Progress) -> None:
        last = self._ledger.last_seq()
        while changes := self._ledger.changes(self._lexical.cursor(), ARTICLES_A_STEP):
            ids, seq = [c.id for c in changes], changes[-1].seq
            rows = self._ledger.passages_of(ids, self._model)
            self._lexical.update(ids, (_entry(r) for r in rows), seq)
            progress("Indexing words", seq, last)
        if self._lexical.exists() and self._lexical.dead_share() > DEAD_SHARE:
            self._lexical.clear()
            self._follow_words(progress)

    def _follow_vectors(self, progress: Progress) -> None:
        last, moved = self._ledger.last_seq(), False
        while changes := self._ledger.changes(self._dense.cursor(), ARTICLES_A_STEP):
            ids, seq = [c.id for c in changes], changes[-1].seq
            rows = _rows(self._ledger.passages_of(ids, self._model))
            self._dense.publish(self._model, rows, seq=seq, articles=ids)
            moved = True
            progress("Indexing vectors", seq, last)
        if moved:
            self._drop_dead()
        for group in self._dense.to_merge():
            self._rewrite(group)

    def _drop_dead(self) -> None:
        """Rewrite segments with many rows that are replaced, withdrawn, or newer elsewhere."""
        newer: set[str] = set()
        for name in reversed(self._dense.worn()):
            ids = self._dense.ids(name)
            live = self._ledger.live(ids) - newer
            if len(ids) - len(live) > DEAD_SHARE * len(ids):
                self._rewrite([name], live)
            newer.update(ids)

    def _rewrite(self, names: Sequence[str], wanted: Collection[str] | None = None) -> None:
        """Make one segment of several, of their live passages or the wanted ones."""
        ids = [i for name in names for i in self._dense.ids(name)]
        kept = self._ledger.live(ids) if wanted is None else wanted
        articles = list(dict.fromkeys(i.partition("-")[0] for i in ids))
        rows = (r for r in self._ledger.passages_of(articles, self._model) if r.id in kept)
        self._dense.publish(self._model, _rows(rows), replaced=names)


def _entry(row: Any) -> Entry:
    return Entry(
        passage=row.id,
        article=row.article,
        headline=row.headline,
        text=row.text,
        outlet=row.outlet,
        byline=row.byline,
        language=row.language,
        day=row.published_day,
        tags=_tags(row),
    )


def _tags(row: Any) -> list[str]:
    return row.tags.split("\n") if row.tags else []


def _rows(passages: Iterable[Any]) -> Rows:
    ids, days, outlets, languages, vectors, tags = [], [], [], [], [], []
    for r in passages:
        ids.append(r.id)
        days.append(r.published_day or NO_DAY)
        outlets.append(r.outlet)
        languages.append(r.language)
        tags.append(_tags(r))
        vectors.append(np.frombuffer(r.passage, dtype=np.float16))
    stacked = np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float16)
    return Rows(ids, days, outlets, languages, stacked, tags)
