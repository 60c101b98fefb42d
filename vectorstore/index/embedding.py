"""Articles with their passages, embedded in full batches and stored one transaction each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, Protocol, TypeVar

from vectorstore.ledger.comparison import Outcome
from vectorstore.ledger.ledger import Ledger
from vectorstore.ledger.rows import Vectors
from vectorstore.models.embedder import Embedded, Embedder, Text
from vectorstore.models.pooling import quantize
from vectorstore.values import Article, Passage, Progress, StoredArticle, no_progress

Some = TypeVar("Some", Article, StoredArticle)
Result = Callable[[], Iterable[tuple[int, Embedded]]]
"""Waits for vectors: each text's position and its vectors, in any order."""


class Service(Protocol):
    """Embeds elsewhere, several batches at a time, while one process stores them in order."""

    ahead: int
    """Batches that are under way before the first of them is waited for."""

    def submit(self, texts: Sequence[Text], model: str) -> Result:
        """Begin to embed texts with a model."""

    def current(self, article: Article, passages: Sequence[Passage]) -> Sequence[Passage]:
        """An article's passages as they are to be cut now, just before it is stored: what came
        before it is stored by then."""


@dataclass(slots=True)
class _Batch(Generic[Some]):
    """Articles whose passages are embedded together; `digests` names each article's passages'
    texts, `missing` those without vectors, which `result` brings."""

    items: list[tuple[Some, Sequence[Passage]]]
    digests: list[list[str]]
    missing: list[str]
    result: Result


class EmbeddingWriter:
    """Writes articles into one archive's ledger, without embedding anything twice."""

    def __init__(self, ledger: Ledger, embedder: Embedder, service: Service | None = None) -> None:
        self._ledger, self._embedder, self._service = ledger, embedder, service

    def add(
        self,
        items: Iterable[tuple[Article, Sequence[Passage]]],
        at_once: int,
        progress: Progress,
    ) -> Iterator[tuple[Article, Outcome]]:
        """Store articles, embedding `at_once` passages at a time; what became of each."""
        model, service, done = self._embedder.identity, self._service, count(1)
        sent: deque[_Batch[Article]] = deque()
        for some in _batches(items, at_once):
            sent.append(self._begun(some, {d for one in sent for d in one.missing}))
            while len(sent) > (service.ahead if service else 0):
                for article, passages, digests, own in self._ended(sent.popleft(), done, progress):
                    yield article, self._ledger.put(article, passages, digests, own, model)
        for one in sent:
            for article, passages, digests, own in self._ended(one, done, progress):
                yield article, self._ledger.put(article, passages, digests, own, model)

    def recut(
        self, items: Iterable[tuple[StoredArticle, Sequence[Passage]]], at_once: int
    ) -> Iterator[tuple[StoredArticle, bool]]:
        """Give stored articles other passages; whether each has others now."""
        model, done = self._embedder.identity, count(1)
        for some in _batches(items, at_once):
            whole = self._received(self._begun(some), done, no_progress)
            for article, passages, digests, own in whole:
                yield article, self._ledger.recut(article, passages, digests, own, model)

    # -- inside ---------------------------------------------------------------------

    def _begun(
        self, items: list[tuple[Some, Sequence[Passage]]], under_way: Iterable[str] = ()
    ) -> _Batch[Some]:
        """A batch whose missing vectors are being made, but for those that are under way."""
        texts: dict[str, Text] = {}
        digests: list[list[str]] = []
        for article, passages in items:
            made = [_text(article, p) for p in passages]
            texts.update({t.digest: t for t in made})
            digests.append([t.digest for t in made])
        held = set(under_way)
        model = self._embedder.identity
        missing = [d for d in self._ledger.missing(list(texts), model) if d not in held]
        wanted = [texts[d] for d in missing]
        result = (
            self._service.submit(wanted, model)
            if self._service
            else lambda: self._embedder.embed(wanted)
        )
        return _Batch(items, digests, missing, result)

    def _received(
        self, batch: _Batch[Some], done: Iterator[int], progress: Progress
    ) -> Iterator[tuple[Some, Sequence[Passage], list[str], dict[str, Vectors]]]:
        """Each article with the digests of its passages, and the vectors that are new."""
        new = _vectors(batch, done, progress)
        for (article, passages), digests in zip(batch.items, batch.digests, strict=True):
            yield article, passages, digests, {d: new.pop(d) for d in digests if d in new}

    def _ended(
        self, batch: _Batch[Article], done: Iterator[int], progress: Progress
    ) -> Iterator[tuple[Article, Sequence[Passage], list[str], dict[str, Vectors]]]:
        """As `_received`; where other batches were stored since this one began, cut and embedded
        as it would be had it begun only now."""
        if self._service is None:
            yield from self._received(batch, done, progress)
            return
        made = _vectors(batch, done, progress)
        now = self._begun_anew(batch, made)
        new = _vectors(now, done, progress) | {
            d: made[d] for d in self._ledger.missing(list(made), self._embedder.identity)
        }
        for (article, passages), digests in zip(now.items, now.digests, strict=True):
            yield article, passages, digests, {d: new.pop(d) for d in digests if d in new}

    def _begun_anew(self, batch: _Batch[Article], made: Iterable[str]) -> _Batch[Article]:
        assert self._service is not None  # noqa: S101  only a service is ahead
        items = [(one, self._service.current(one, passages)) for one, passages in batch.items]
        return self._begun(items, made)


def _vectors(batch: _Batch[Some], done: Iterator[int], progress: Progress) -> dict[str, Vectors]:
    """The vectors that a batch's result brings, as they are stored, by digest."""
    new: dict[str, Vectors] = {}
    for i, embedded in batch.result():
        new[batch.missing[i]] = (embedded.passage.astype("float16"), quantize(embedded.sentences))
        progress("Embedding", next(done), 0)
    return new


def _batches(
    items: Iterable[tuple[Some, Sequence[Passage]]], at_once: int
) -> Iterator[list[tuple[Some, Sequence[Passage]]]]:
    """The articles in runs of at least `at_once` passages; the last may have fewer."""
    batch: list[tuple[Some, Sequence[Passage]]] = []
    passages = 0
    for item in items:
        batch.append(item)
        passages += len(item[1])
        if passages >= at_once:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def _text(article: Article | StoredArticle, passage: Passage) -> Text:
    text = article.body[passage.start : passage.end]
    spans = tuple((a - passage.start, b - passage.start) for a, b in passage.sentences)
    return Text(text, spans, article.headline)
