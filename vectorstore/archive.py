"""The archive: one folder with a ledger and two indexes, behind a few verbs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from vectorstore.address import Place
from vectorstore.backends import Lock, opened
from vectorstore.errors import (
    DatelineError,
    EmbeddingError,
    IndexAway,
    IndexDamaged,
    ModelMismatch,
)
from vectorstore.following import Follower, turns
from vectorstore.index.analyzer import terms
from vectorstore.index.embedding import Service, Storing
from vectorstore.index.form import VectorIndex
from vectorstore.index.indexer import TURN, Indexer
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.migration import Migration
from vectorstore.index.opening import vector_index
from vectorstore.index.vocabulary import Vocabulary
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
from vectorstore.settings import Settings, default_model
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

log = logging.getLogger(__name__)

LOCK_WAIT = 2.0
"""Seconds to wait for another writer before leaving with a clear error."""

MIGRATION_WAIT = 600.0
"""The same for a migration between its batches, where a run of ingest may be at work."""

EMBED_AT_ONCE = 256
"""Passages gathered over articles before they are embedded, for full batches."""

Item = tuple[Article, Sequence[Passage]]


class Archive(Records, History, Browse, Soundness):
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

    def recent(self, limit: int = 20) -> list[StoredArticle]:
        """The newest articles by published date."""
        return self._ledger.recent(limit)

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How rare each analysed term is here: 0 in every passage, 1 in one or none."""
        try:
            return self._ready().rarity(terms)
        except IndexDamaged:
            log.exception("weighing all words alike; run `dateline rebuild`")
            return dict.fromkeys(terms, 1.0)

    def respelt(self, words: Iterable[str]) -> dict[str, str]:
        """Words that no text has and that are no common words, each with what it is most likely
        meant to be, in small letters as a text here has it; not those with nothing near."""
        asked = list(words)
        try:
            held = self._ready().with_any([terms(word) for word in asked])
            new = [w for w, has in zip(asked, held, strict=True) if not has]
            slips = [w for w in new if not self.embedder.knows(w)]
            known = self._ready().vocabulary()[1] if slips else Vocabulary({})
            near = {w: found for w in slips if (found := known.nearest(w))}
            live = self._ready().with_any([terms(found) for found in near.values()])
            return {w: near[w] for w, has in zip(near, live, strict=True) if has}
        except EmbeddingError:
            return {}  # without the model's words, a common one would look like a slip
        except IndexDamaged:
            log.exception("taking words as they are spelled; run `dateline rebuild`")
            return {}

    def vocabulary(self) -> Vocabulary:
        """The terms of the texts that have no digits, each with its number of passages; see
        `analyzer`. The same object until something is indexed."""
        try:
            return self._ready().vocabulary()[0]
        except IndexDamaged:
            log.exception("going without the words of the texts; run `dateline rebuild`")
            return Vocabulary({})

    def words(self) -> Vocabulary:
        """The words of the texts as they are spelled, in small letters and without accents,
        each with its number of passages; the terms where there is no list of words. The same
        object until something is indexed."""
        try:
            return self._ready().vocabulary()[1]
        except IndexDamaged:
            log.exception("going without the words of the texts; run `dateline rebuild`")
            return Vocabulary({})

    def have_phrase(self, texts: Iterable[str]) -> list[str]:
        """Those of several short texts whose words stand side by side in an article."""
        asked = [text for text in texts if terms(text)]
        try:
            found = self._ready().with_phrase([terms(text) for text in asked])
        except IndexDamaged:
            return []
        return [text for text, has in zip(asked, found, strict=True) if has]

    def is_empty(self) -> bool:
        """Whether there is nothing to search."""
        return self._ledger.is_empty()

    def outlets(self) -> list[str]:
        """The names of the outlets, the most frequent first."""
        return self._ledger.outlets()

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

    def index(self, *, progress: Progress = no_progress) -> None:
        """Make everything stored searchable; goes on where an interrupted run stopped."""
        self._ledger.group(progress)
        self._backend.announce()
        if self._follower:
            self._follower.catch_up(progress, heal=True, wait=TURN)
        else:
            self._indexer().follow(progress)

    def follow(self, *, progress: Progress = no_progress) -> None:
        """Bring this node up to a ledger on a server now, and keep it so until it is closed.

        A search begins to follow by itself. Does nothing to an archive in a folder, which is
        indexed by who writes it.
        """
        if self._follower:
            self._follower.catch_up(progress)
            self._follower.ready()

    def rebuild(self, *, progress: Progress = no_progress) -> None:
        """Write both indexes anew from the ledger, without embedding anything."""
        with self._backend.indexing():
            self._indexer().rebuild(progress)

    def migrate(
        self, model: str, *, wait: float = MIGRATION_WAIT, progress: Progress = no_progress
    ) -> int:
        """Embed everything with another model and switch to it, while the archive answers.

        Holds the write lock a batch at a time, waiting up to `wait` seconds for it; interrupted
        or killed, the next call goes on. Returns how many passages were embedded. Raises
        EmbeddingError if the model cannot be loaded, ArchiveLocked as `writing` does.
        """
        turn = turns(self._backend, self._dense)
        step = Migration(self._ledger, self._dense, self._lexical, Embedder(model), turn)

        @contextmanager
        def writing() -> Iterator[None]:
            with self.writing(wait), self._backend.indexing():
                yield

        done = step.run(writing, progress)
        self._backend.announce()
        self._follow_model()
        return done

    # -- inside ---------------------------------------------------------------------

    def _renew_words(self) -> None:
        """Write the lexical index anew where another release wrote it in another form. Where that
        cannot be done now, meaning answers alone until the next ingest."""
        if self.read_only or self.place.url or not self._lexical.outdated():
            return  # a node that follows a ledger makes its indexes as they should be anyway
        try:
            with self.writing(wait=0):
                if self._lexical.outdated():  # nobody else has done it meanwhile
                    log.warning("writing the words' index of another release anew, once")
                    self._indexer().renew_words(no_progress)
        except (DatelineError, OSError, ValueError, SQLAlchemyError) as error:
            log.warning("the lexical index is of another release, and stays so for now: %s", error)

    def _ready(self) -> LexicalIndex:
        """The lexical index, of a node that follows its ledger, if that is on a server."""
        if self._follower:
            self._follower.ready()
        return self._lexical

    def _new_dense(self) -> VectorIndex:
        set_meta = None if self.read_only else self._ledger.set_meta
        return vector_index(self.path, self._ledger.meta, set_meta)

    def _indexer(self) -> Indexer:
        model, turn = self._writers().identity, turns(self._backend, self._dense)
        return Indexer(self._ledger, self._dense, self._lexical, model, turn)

    def _model(self, asked: str) -> str:
        """The archive's embedding model; a new archive gets the one asked for, or the default."""
        stored = self._ledger.meta("model")
        if stored is None:
            try:
                self._ledger.set_meta("model", asked or default_model())
            except IntegrityError:  # another process opens the new archive at the same time
                log.info("another process has named the embedding model")
            stored = self._ledger.meta("model") or asked
        if asked and asked != stored:
            raise ModelMismatch(
                f"the archive in {self.place} was embedded with {stored!r}, not {asked!r}: "
                f"`dateline migrate --model {asked}` embeds it anew while it answers; or unset "
                "DATELINE_MODEL, or ingest into a new archive"
            )
        return stored

    def _writers(self) -> Embedder:
        """What new passages are embedded with: the model that the ledger names."""
        model = self._ledger.meta("model") or self.embedder.identity
        if model != self._writing_with.identity:
            self._writing_with = (
                self.embedder if model == self.embedder.identity else Embedder(model)
            )
        return self._writing_with

    def _follow_model(self) -> None:
        """Embed questions with the model that the dense index is of: after a migration, by
        another process too, it is another one than when the archive was opened."""
        model = self._dense.model()
        if model and model != self.embedder.identity:
            log.info("the archive is embedded with %s now", model)
            self.embedder = Embedder(model)


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
