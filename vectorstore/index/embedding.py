"""Articles with their passages, embedded in full batches and stored one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import TypeVar

from vectorstore.ledger.ledger import Ledger, Outcome, Vectors
from vectorstore.models.embedder import Embedder, Text
from vectorstore.models.pooling import quantize
from vectorstore.values import Article, Passage, Progress, StoredArticle, no_progress

Some = TypeVar("Some", Article, StoredArticle)


class Storing:
    """Writes articles into one archive's ledger, without embedding anything twice."""

    def __init__(self, ledger: Ledger, embedder: Embedder) -> None:
        self._ledger, self._embedder = ledger, embedder

    def add(
        self,
        items: Iterable[tuple[Article, Sequence[Passage]]],
        at_once: int,
        progress: Progress,
    ) -> Iterator[tuple[Article, Outcome]]:
        """Store articles, embedding `at_once` passages at a time; what became of each."""
        model = self._embedder.identity
        for article, passages, digests, vectors in self._embedded(items, at_once, progress):
            yield article, self._ledger.put(article, passages, digests, vectors, model)

    def recut(
        self, items: Iterable[tuple[StoredArticle, Sequence[Passage]]], at_once: int
    ) -> Iterator[tuple[StoredArticle, bool]]:
        """Give stored articles other passages; whether each has others now."""
        model = self._embedder.identity
        for article, passages, digests, vectors in self._embedded(items, at_once, no_progress):
            yield article, self._ledger.recut(article, passages, digests, vectors, model)

    def _embedded(
        self, items: Iterable[tuple[Some, Sequence[Passage]]], at_once: int, progress: Progress
    ) -> Iterator[tuple[Some, Sequence[Passage], list[str], dict[str, Vectors]]]:
        """Each article with the digests of its passages, and the vectors that are new."""
        batch: list[tuple[Some, Sequence[Passage]]] = []
        passages, done = 0, count(1)
        for item in items:
            batch.append(item)
            passages += len(item[1])
            if passages >= at_once:
                yield from self._batch(batch, done, progress)
                batch, passages = [], 0
        if batch:
            yield from self._batch(batch, done, progress)

    def _batch(
        self,
        batch: Sequence[tuple[Some, Sequence[Passage]]],
        done: Iterator[int],
        progress: Progress,
    ) -> Iterator[tuple[Some, Sequence[Passage], list[str], dict[str, Vectors]]]:
        texts: dict[str, Text] = {}
        named: list[list[str]] = []
        for article, passages in batch:
            made = [_text(article, p) for p in passages]
            texts.update({t.digest: t for t in made})
            named.append([t.digest for t in made])
        missing = self._ledger.missing(list(texts), self._embedder.identity)
        new: dict[str, Vectors] = {}
        for i, embedded in self._embedder.embed([texts[d] for d in missing]):
            passage = embedded.passage.astype("float16")
            new[missing[i]] = (passage, quantize(embedded.sentences))
            progress("Embedding", next(done), 0)
        for (article, passages), digests in zip(batch, named, strict=True):
            own = {d: new.pop(d) for d in digests if d in new}
            yield article, passages, digests, own


def _text(article: Article | StoredArticle, passage: Passage) -> Text:
    text = article.body[passage.start : passage.end]
    spans = tuple((a - passage.start, b - passage.start) for a, b in passage.sentences)
    return Text(text, spans, article.headline)
