"""The archive: one folder with a ledger and two indexes, behind a few verbs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from sqlalchemy import URL

from vectorstore.dense import DenseIndex
from vectorstore.embedder import Embedder, Text, quantize
from vectorstore.errors import (
    ArchiveEmpty,
    ArchiveError,
    ArchiveLocked,
    IndexDamaged,
    ModelMismatch,
)
from vectorstore.indexer import Indexer
from vectorstore.ledger import Ledger, Outcome, Vectors
from vectorstore.lexical import LexicalIndex
from vectorstore.search import Search
from vectorstore.settings import Settings
from vectorstore.values import (
    Article,
    Filters,
    Hit,
    Passage,
    Progress,
    Status,
    StoredArticle,
    no_progress,
)

if TYPE_CHECKING:
    from vectorstore.retriever import ArchiveRetriever

log = logging.getLogger(__name__)

LEDGER = "ledger.sqlite3"
LOCK_WAIT = 2.0
"""Seconds to wait for another writer before leaving with a clear error."""

SCHEMA_WAIT = 60.0
"""Seconds to wait for another process that makes or migrates the ledger."""

EMBED_AT_ONCE = 256
"""Passages gathered over articles before they are embedded, for full batches."""

Item = tuple[Article, Sequence[Passage]]


class Archive:
    """A folder of articles that can be searched. Safe to share between threads.

    Open it with `Archive.open(folder)`; close it, or use it as a context manager.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.embedder = Embedder(settings.model)
        with FileLock(path / "schema.lock", timeout=SCHEMA_WAIT):
            self._ledger = Ledger(URL.create("sqlite", database=str(path / LEDGER)))
        self._dense = DenseIndex(path / "dense")
        self._lexical = LexicalIndex(path / "lexical")
        self._check_model()

    @classmethod
    def open(
        cls, path: str | Path, *, settings: Settings | None = None, create: bool = False
    ) -> Archive:
        """Open the archive in a folder.

        Raises ArchiveEmpty if there is none and `create` is false, ModelMismatch if it
        was embedded with another model, ArchiveTooNew if a later Dateline wrote it.
        """
        folder = Path(path).expanduser()
        if not (folder / LEDGER).exists():
            if not create:
                raise ArchiveEmpty(
                    f"there is no archive in {folder}: make one with `dateline ingest PATH…`, "
                    "or try the sample with `dateline serve`"
                )
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArchiveError(f"cannot make an archive in {folder}: {error}") from error
        return cls(folder, settings or Settings())

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self.path)!r})"

    def close(self) -> None:
        self._dense.close()
        self._ledger.close()

    # -- reading --------------------------------------------------------------------

    def search(self, text: str, *, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The k passages that fit the text best, best first; hybrid of meaning and words."""
        run = Search(self._ledger, self._dense, self._lexical, self.embedder)
        return run(text, k, filters or Filters())

    def article(self, article_id: str, version: str | None = None) -> StoredArticle:
        """An article in its current or the given version; KeyError if there is none."""
        return self._ledger.article(article_id, version)

    def recent(self, limit: int = 20) -> list[StoredArticle]:
        """The newest articles by published date."""
        return self._ledger.recent(limit)

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How rare each analysed term is here: 0 in every passage, 1 in one or none."""
        try:
            return self._lexical.rarity(terms)
        except IndexDamaged:
            log.exception("weighing all words alike; run `dateline rebuild`")
            return dict.fromkeys(terms, 1.0)

    def is_empty(self) -> bool:
        """Whether there is nothing to search."""
        return self._ledger.is_empty()

    def outlets(self) -> list[str]:
        """The names of the outlets, the most frequent first."""
        return self._ledger.outlets()

    def status(self) -> Status:
        """What the archive holds, and how fresh it is."""
        return Status(
            **self._ledger.status(),
            model=self.embedder.identity,
            unindexed=self._ledger.behind(min(self._lexical.cursor(), self._dense.cursor())),
            segments=len(self._dense.manifest()["segments"]),
            bytes_on_disk=_size(self.path),
        )

    def as_retriever(
        self, k: int = 8, filters: Filters | None = None, **kwargs: Any
    ) -> ArchiveRetriever:
        """A LangChain retriever of this archive's passages."""
        from vectorstore.retriever import ArchiveRetriever

        return ArchiveRetriever(archive=self, k=k, filters=filters or Filters(), **kwargs)

    # -- writing --------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock; raises ArchiveLocked if another process has it."""
        lock = FileLock(self.path / "write.lock", timeout=LOCK_WAIT)
        try:
            lock.acquire()
        except Timeout:
            raise ArchiveLocked(
                f"another process is writing to {self.path} (its pid: {self._holder()}): "
                "wait until it is done, or stop it"
            ) from None
        try:
            (self.path / "writer.pid").write_text(str(os.getpid()))
            yield
        finally:
            lock.release()

    def known(self, article: Article) -> bool:
        """Whether exactly this article, text and metadata, is stored as current."""
        return self._ledger.compare(article) == "unchanged"

    def keys(self, source: str) -> dict[str, str]:
        """The key that each path of a source was stored under."""
        return self._ledger.keys(source)

    def add(
        self, items: Iterable[Item], *, progress: Progress = no_progress
    ) -> Iterator[tuple[Article, Outcome]]:
        """Embed and store articles, each in one transaction; yields what became of each.

        Lazy: consume it, under `writing()`. Nothing is searchable before `index()`.
        """
        batch: list[Item] = []
        passages = done = 0
        for item in items:
            batch.append(item)
            passages += len(item[1])
            if passages >= EMBED_AT_ONCE:
                yield from self._store(batch)
                done += passages
                progress("Embedding", done, 0)
                batch, passages = [], 0
        if batch:
            yield from self._store(batch)

    def withdraw(self, source: str) -> int:
        """Take every article of a source out of search; their texts stay in the ledger."""
        return self._ledger.withdraw(self._ledger.ids(source))

    def note_run(self, source: str, started: str, ended: str, state: dict[str, Any]) -> None:
        """Record when a source was last read (ISO 8601 UTC), and what came of it."""
        self._ledger.note_run(source, started, ended, state)

    def index(self, *, progress: Progress = no_progress) -> None:
        """Make everything stored searchable; goes on where an interrupted run stopped."""
        self._indexer().follow(progress)

    def rebuild(self, *, progress: Progress = no_progress) -> None:
        """Write both indexes anew from the ledger, without embedding anything."""
        self._indexer().rebuild(progress)

    # -- inside ---------------------------------------------------------------------

    def _indexer(self) -> Indexer:
        return Indexer(self._ledger, self._dense, self._lexical, self.embedder.identity)

    def _store(self, batch: Sequence[Item]) -> Iterator[tuple[Article, Outcome]]:
        texts: dict[str, Text] = {}
        named: list[list[str]] = []
        for article, passages in batch:
            made = [_text(article, p) for p in passages]
            texts.update({t.digest: t for t in made})
            named.append([t.digest for t in made])
        model = self.embedder.identity
        missing = self._ledger.missing(list(texts), model)
        new: dict[str, Vectors] = {}
        for i, embedded in self.embedder.embed([texts[d] for d in missing]):
            passage = embedded.passage.astype("float16")
            new[missing[i]] = (passage, quantize(embedded.sentences))
        for (article, passages), digests in zip(batch, named, strict=True):
            own = {d: new.pop(d) for d in digests if d in new}
            yield article, self._ledger.put(article, passages, digests, own, model)

    def _check_model(self) -> None:
        stored, asked = self._ledger.meta("model"), self.embedder.identity
        if stored is None:
            self._ledger.set_meta("model", asked)
        elif stored != asked:
            raise ModelMismatch(
                f"the archive in {self.path} was embedded with {stored!r}, not {asked!r}: set "
                f"DATELINE_MODEL={stored}, or ingest into a new archive"
            )

    def _holder(self) -> str:
        try:
            return (self.path / "writer.pid").read_text()
        except OSError:
            return "unknown"


def _size(folder: Path) -> int:
    """Bytes below a folder, of the files that stay while they are counted."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(here) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total


def _text(article: Article, passage: Passage) -> Text:
    text = article.body[passage.start : passage.end]
    spans = tuple((a - passage.start, b - passage.start) for a, b in passage.sentences)
    return Text(text, spans, article.headline)
