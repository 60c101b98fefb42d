"""How articles come into an archive and go out of it: stored, cut anew, withdrawn; its locks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from vectorstore.address import Place
from vectorstore.backends import Backend, Lock
from vectorstore.index.embedding import EmbeddingWriter, Service
from vectorstore.ledger.comparison import Outcome
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedder
from vectorstore.owners import may_change
from vectorstore.quota import check_room
from vectorstore.revision import Revision
from vectorstore.values import Article, Passage, Progress, Span, StoredArticle, no_progress

LOCK_WAIT = 2.0
"""Seconds to wait for another writer before leaving with a clear error."""

EMBED_AT_ONCE = 256
"""Passages gathered over articles before they are embedded, for full batches."""

Item = tuple[Article, Sequence[Passage]]


class Writing(ABC):
    """What an archive stores and withdraws, and its locks."""

    place: Place
    _backend: Backend
    _ledger: Ledger

    @abstractmethod
    def _writing_embedder(self) -> Embedder:
        """What new passages are embedded with."""

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
        writer = EmbeddingWriter(self._ledger, self._writing_embedder(), service)
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
        return EmbeddingWriter(self._ledger, self._writing_embedder()).recut(items, EMBED_AT_ONCE)

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
