"""The archive: one folder with a ledger and two indexes, behind a few verbs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.address import Place
from vectorstore.backends import open_backend
from vectorstore.errors import IndexAway
from vectorstore.filters import Filters
from vectorstore.following import Follower
from vectorstore.index.lexical import LexicalIndex
from vectorstore.indexing import Indexing
from vectorstore.ledger.history import History
from vectorstore.ledger.runs import Records
from vectorstore.models.embedder import Embedder
from vectorstore.models.reader import Page, Read, Reader
from vectorstore.models.reranker import Reranker
from vectorstore.query import Asked, queries
from vectorstore.search.browse import Browse
from vectorstore.search.names import Names
from vectorstore.search.search import Search
from vectorstore.search.soundness import Soundness
from vectorstore.search.words import Words
from vectorstore.settings import Settings
from vectorstore.values import Hit, Status, StoredArticle
from vectorstore.writing import Writing

if TYPE_CHECKING:
    from vectorstore.retriever import ArchiveRetriever


class Archive(Indexing, Writing, Records, History, Browse, Words, Soundness):
    """A folder of articles that can be searched. Safe to share between threads.

    Open it with `Archive.open(folder)`; close it, or use it as a context manager.
    """

    def __init__(self, place: Place, settings: Settings, *, create: bool = False) -> None:
        self.place, self.path = place, place.folder
        self.reader = Reader()
        self._reranker = Reranker(settings.reranker) if settings.reranker else None
        self._backend = open_backend(place, create=create)
        self.read_only = self._backend.read_only
        self._ledger = self._backend.ledger
        self._engine = self._ledger.engine
        self._names = Names(self._ledger)
        self._dense = self._new_dense()
        self._lexical = LexicalIndex(self.path / "lexical")
        self._follower = Follower(self._backend, self.path, self._new_dense) if place.url else None
        self.embedder = self._writing_with = Embedder(self._model(settings.model))
        self._renew_words()

    @classmethod
    def open(
        cls, path: str | Path, *, settings: Settings | None = None, create: bool = False
    ) -> Archive:
        """Open the archive in a folder, or the one whose ledger has this PostgreSQL URL.

        Raises ArchiveEmpty if there is none and `create` is false, ArchiveDamaged if there
        was one and its ledger is gone or unreadable, ModelMismatch if it was embedded with
        another model, ArchiveTooNew if a later Dateline wrote it, InputError for a URL that
        cannot be used, ArchiveError if its server cannot be reached.
        """
        return cls(Place.of(path), settings or Settings(), create=create)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Archive({str(self.place)!r})"

    def close(self) -> None:
        if self._follower:
            self._follower.stop()
        self._dense.close()
        self._backend.close()

    def search(
        self, asked: Asked, *, k: int = 10, filters: Filters | None = None, explain: bool = False
    ) -> list[Hit]:
        """The k passages that fit best, best first; hybrid of meaning and words.

        `asked` is a text, a `SearchQuery`, or several, which take turns in the result. What
        `filters` says wins over a query's own filters. With `explain` each hit has its `why`.
        """
        self._ready()
        self._follow_model()
        run = Search(self._ledger, self._dense, self._lexical, self.embedder, self._reranker)
        return run(queries(asked, filters), k, explain=explain)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Read]:
        """What the reader says of each passage: which sentence answers, and how likely any does."""
        return self.reader.read(question, [_page(hit) for hit in hits])

    def article(self, article_id: str, version: str | None = None) -> StoredArticle:
        """An article in its current or the given version; KeyError if there is none."""
        return self._ledger.article(article_id, version)

    def status(self) -> Status:
        """What the archive holds, and how fresh it is."""
        words = self._lexical.cursor()
        try:
            vectors = self._dense.manifest()
        except IndexAway:  # `without` says so
            vectors = {"seq": words, "segments": []}
        return Status(
            **self._ledger.status(),
            model=self.embedder.identity,
            unindexed=self._ledger.behind(min(words, int(vectors["seq"]))),
            segments=len(vectors["segments"]),
            bytes_on_disk=self._backend.bytes_used(),
        )

    def as_retriever(
        self, k: int = 8, filters: Filters | None = None, **kwargs: Any
    ) -> ArchiveRetriever:
        """A LangChain retriever of this archive's passages."""
        from vectorstore.retriever import ArchiveRetriever

        return ArchiveRetriever(archive=self, k=k, filters=filters or Filters(), **kwargs)

    # -- inside ---------------------------------------------------------------------

    def _ready(self) -> LexicalIndex:
        """The lexical index, of a node that follows its ledger, if that is on a server."""
        if self._follower:
            self._follower.ready()
        return self._lexical


def _page(hit: Hit) -> Page:
    """A hit as the reader reads it."""
    day = hit.article.published and hit.article.published.day
    told = [hit.article.outlet, f"{day.day} {day:%B %Y}" if day else ""]
    return Page(
        hit.text,
        tuple((s.start - hit.start, s.end - hit.start) for s in hit.sentences),
        hit.article.headline,
        ", ".join(part for part in told if part),
    )
