"""The indexer follows the ledger's sequence numbers into both indexes.

Every step can be done twice: passage ids are deterministic, an article's old passages are
replaced, and each index keeps its cursor in the same file that says what it consists of.
So whatever is killed, the next run goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from vectorstore.errors import ArchiveLocked, IndexAway
from vectorstore.index.form import VectorIndex
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.lexical_document import Entry
from vectorstore.index.manifest import DEAD_SHARE
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


def uncontended(_wait: float) -> AbstractContextManager[bool]:
    """The turn at an index that nobody else writes: it is there at once."""
    return nullcontext(True)


class Indexer:
    """Brings the indexes of one archive up to its ledger; needs the right to index."""

    def __init__(
        self,
        ledger: Ledger,
        dense: VectorIndex,
        lexical: LexicalIndex,
        model: str,
        turn: Turn = uncontended,
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
        if self._lexical.cursor() > last or not self._lexical.sound(thorough=False):
            log.warning("the lexical index is damaged or gone: rebuilding it from the ledger")
            self._lexical.clear()

    def _heal_vectors(self) -> None:
        """Write anew what is damaged of the dense index: the segments, or all of it if it is
        gone, of another model, or ahead."""
        if self._unusable():
            log.warning("the dense index is damaged or gone: rebuilding it from the ledger")
            self._dense.clear()
        elif damaged := self._dense.verify(thorough=False):
            log.warning("segments are damaged, and written anew: %s", ", ".join(damaged))
            self._mend(damaged)

    def mend_vectors(self) -> None:
        """Compare the dense index with the ledger, row by row, and write anew the segments that
        have not what they should, and no others. All of it, where that cannot be told."""
        with self._turn(TURN) as mine:
            if not mine:
                raise ArchiveLocked(f"another machine is writing to {self._dense.where()}")
            if self._unusable():
                self._dense.clear()
            else:
                self._mend(self._dense.verify())

    def _unusable(self) -> bool:
        manifest = self._dense.manifest()
        stale = manifest["segments"] and manifest["model"] != self._model
        gone = self._dense.shared and self._dense.damaged  # of segments `verify` says which
        return bool(stale or gone or manifest["seq"] > self._ledger.last_seq())

    def _mend(self, damaged: Collection[str]) -> None:
        """Replace the damaged segments, and those with a row that is not the ledger's, by one
        that has what the sound ones lack."""
        if self._dense.shared:  # one collection: there are no others
            self._dense.clear()
            return
        manifest = self._dense.manifest()
        changes = self._ledger.changes(0, manifest["seq"])
        articles = [c.id for c in changes if c.seq <= manifest["seq"]]
        try:
            held = self._dense.lookup(damaged)
            sound = [s["name"] for s in manifest["segments"] if s["name"] not in damaged]
            owned = {name: set(self._dense.ids(name)) for name in sound}
        except (OSError, ValueError, KeyError):
            self._dense.clear()
            return
        passages = self._ledger.passages_of
        wanted = {r.id for r in passages(articles, self._model) if not _same(held([r.id]), r)}
        spoilt = [name for name, own in owned.items() if not wanted.isdisjoint(own)]
        for name in spoilt:
            wanted |= owned[name]
        if wanted or damaged:
            rows = _rows(r for r in passages(articles, self._model) if r.id in wanted)
            self._dense.publish(self._model, rows, replaced=[*damaged, *spoilt])

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
        """Rewrite segments with many rows that are replaced, withdrawn, or newer elsewhere.

        The index counts them as they come, and at most; here they are counted exactly.
        """
        worn = self._dense.worn_segments()
        names = [s["name"] for s in self._dense.manifest()["segments"]] if worn else []
        newer: set[str] = set()
        for name in reversed(names):
            ids = self._dense.ids(name)
            if name in worn:
                live = self._ledger.live(ids) - newer
                self._dense.note_dead_rows({name: len(ids) - len(live)})
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


def _same(held: Mapping[str, Any], row: Any) -> bool:
    """Whether a passage's row in the index has the ledger's vector."""
    return row.id in held and held[row.id].tobytes() == row.passage


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
