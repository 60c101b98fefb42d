"""The archive: one folder with a ledger and two indexes, behind a few verbs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.address import Place
from vectorstore.backends import Lock, opened
from vectorstore.errors import IndexAway
from vectorstore.following import Follower
from vectorstore.index.embedding import Service, Storing
from vectorstore.index.lexical import LexicalIndex
from vectorstore.indexing import Indexing
from vectorstore.ledger.history import History
from vectorstore.ledger.ledger import Outcome
from vectorstore.ledger.runs import Records
from vectorstore.models.embedder import Embedder
from vectorstore.models.reader import Page, Read, Reader
from vectorstore.models.reranker import Reranker
from vectorstore.owners import may_change
from vectorstore.query import Asked, queries
from vectorstore.quota import check_room
from vectorstore.revision import Revision
from vectorstore.search.browse import Browse
from vectorstore.search.names import Names
from vectorstore.search.search import Search
from vectorstore.search.soundness import Soundness
from vectorstore.search.words import Words
from vectorstore.settings import Settings
from vectorstore.values import (
    Article,
    Filters,
    Hit,
    Passage,
    Progress,
    Span,
    Status,
    StoredArticle,
    no_progress,
)

if TYPE_CHECKING:
    from vectorstore.retriever import ArchiveRetriever

LOCK_WAIT = 2.0
"""Seconds to wait for another writer before leaving with a clear error."""

EMBED_AT_ONCE = 256
"""Passages gathered over articles before they are embedded, for full batches."""

Item = tuple[Article, Sequence[Passage]]


class Archive(Indexing, Records, History, Browse, Words, Soundness):
    """A folder of articles that can be searched. Safe to share between threads.

    Open it with `Archive.open(folder)`; close it, or use it as a context manager.
    """

    def __init__(self, place: Place, settings: Settings, *, create: bool = False) -> None:
        self.place, self.path = place, place.folder
        self.reader = Reader()
        self._reranker = Reranker(settings.reranker) if settings.reranker else None
        self._backend = opened(place, create=create)
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

    # -- reading --------------------------------------------------------------------

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

    # -- writing --------------------------------------------------------------------

    def writing(self, wait: float = LOCK_WAIT) -> AbstractContextManager[None]:
        """Hold the write lock; raises ArchiveLocked if another has it for `wait` seconds, and
        ArchiveDamaged if SQLite does not find the ledger whole, which is looked up once."""
        return self._backend.writing(wait)

    def lock(self, name: str, timeout: float) -> Lock:
        """A lock of this name among all processes on this archive, on every host of its ledger;
        `timeout` is in seconds, 0 for one try. Its verbs are those of `filelock`."""
        return self._backend.lock(name, timeout)

    def held(self, name: str) -> bool:
        """Whether any process holds the lock of this name."""
        return self._backend.held(name)

    def known(self, article: Article) -> bool:
        """Whether exactly this article, text and metadata, is stored as current."""
        return self._ledger.compare(article) == "unchanged"

    def keys(self, source: str) -> dict[str, str]:
        """The key that each path of a source was stored under."""
        return self._ledger.keys(source)

    def add(
        self,
        items: Iterable[Item],
        *,
        progress: Progress = no_progress,
        service: Service | None = None,
    ) -> Iterator[tuple[Article, Outcome]]:
        """Embed and store articles, each in one transaction; yields what became of each.

        Lazy: consume it, under `writing()`. Nothing is searchable before `index()`. With a
        `service`, that embeds instead of this process. Raises ArchiveFull where the archive has
        reached its quota.
        """
        check_room(self.place, self._backend.bytes_used)
        writer = Storing(self._ledger, self._writers(), service)
        return writer.add(items, EMBED_AT_ONCE, progress)

    def owner(self, article: Article) -> StoredArticle | None:
        """The article of others that has this one's identity, so that it is stored under a key of
        its own; None if its identity is its own. See `vectorstore.owners`."""
        try:
            standing = self._ledger.article(article.id)
        except KeyError:
            return None
        own = may_change(standing, article.source, article.issuers)
        return None if own else standing

    def named(self, name: str) -> list[str]:
        """The ids of the articles that their provider gave this name, which is no URI."""
        return self._ledger.named(name)

    def boilerplate(self, article: Article | StoredArticle) -> tuple[Span, ...]:
        """The paragraphs of a body that recur in its outlet and say nothing; never the whole."""
        return self._ledger.boilerplate(article.outlet or article.source, article.body)

    def stale(self, limit: int) -> list[StoredArticle]:
        """Up to `limit` articles that hold boilerplate which was not known when they were cut."""
        return self._ledger.stale(limit)

    def recut(
        self, items: Iterable[tuple[StoredArticle, Sequence[Passage]]]
    ) -> Iterator[tuple[StoredArticle, bool]]:
        """Give articles other passages, each in one transaction; yields whether they differed.

        Lazy, like `add`. Only passages that are new are embedded.
        """
        return Storing(self._ledger, self._writers()).recut(items, EMBED_AT_ONCE)

    def group(self, *, progress: Progress = no_progress) -> None:
        """Group into stories what was stored before there were any; `index` does it too."""
        self._ledger.group(progress)

    def withdraw(self, source: str) -> int:
        """Take every article of a source out of search; their texts stay in the ledger."""
        return self._ledger.withdraw(self._ledger.ids(source))

    def withdraw_articles(self, article_ids: Iterable[str]) -> int:
        """Take articles out of search, keeping their texts; returns how many were in."""
        return self._ledger.withdraw(article_ids)

    def retract(self, article_id: str, revision: Revision) -> bool:
        """Withdraw an article as its provider says, and whatever came before that revision.

        Returns whether it was in any search. An article that is not stored yet is kept out
        when it comes, unless as a later revision.
        """
        return self._ledger.retract(article_id, revision)

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
