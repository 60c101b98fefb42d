"""Another embedding model for an archive that goes on answering.

Vectors lie in the ledger by model, so those of two are never mixed. A migration adds the new
model's, a batch at a time and each under the write lock for itself, so that ingest may go in
between; killed, it goes on where it stopped. Only when none is missing is the dense index written
anew, beside the one in use, and put in its place by one rename; whoever searches sees from the
manifest which model the segments are of, and embeds the question with that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from vectorstore.index.form import VectorIndex
from vectorstore.index.indexer import Indexer, Turn, uncontended
from vectorstore.index.lexical import LexicalIndex
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedder, Text
from vectorstore.models.pooling import quantize
from vectorstore.values import Progress

AT_ONCE = 256
"""Passages that are embedded under one hold of the write lock: some ten seconds."""


class Migration:
    """Brings one archive to another model."""

    def __init__(
        self,
        ledger: Ledger,
        dense: VectorIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        turn: Turn = uncontended,
    ) -> None:
        self._ledger, self._embedder = ledger, embedder
        self._indexer = Indexer(ledger, dense, lexical, embedder.identity, turn)

    def run(self, writing: Callable[[], AbstractContextManager[None]], progress: Progress) -> int:
        """Embed what the model has no vectors of, then switch; how many passages it was.

        `writing` holds the write lock. Raises EmbeddingError if the model cannot be loaded,
        before anything is written.
        """
        self._embedder.query("loads it")
        model, done = self._embedder.identity, 0
        while True:
            with writing():
                batch = self._ledger.unembedded(model, AT_ONCE)
                if not batch:
                    self._switch(progress)
                    return done
                self._embed(batch)
            done += len(batch)
            progress("Embedding", done, done + self._ledger.count_unembedded(model))

    def _embed(self, batch: Sequence[tuple[str, str, str, str]]) -> None:
        texts = [
            Text(text, tuple((a, b) for a, b in json.loads(spans)), headline)
            for _, text, headline, spans in batch
        ]
        vectors = {
            batch[i][0]: (made.passage.astype("float16"), quantize(made.sentences))
            for i, made in self._embedder.embed(texts)
        }
        self._ledger.put_vectors(vectors, self._embedder.identity)

    def _switch(self, progress: Progress) -> None:
        """Name the model in the ledger, then put its segments in place of the others: killed in
        between, the next run of the indexer writes them, and until then the old ones answer."""
        self._ledger.set_meta("model", self._embedder.identity)
        self._indexer.replace(progress)
