"""How an archive's indexes follow its ledger: brought up to it, made anew, of another model."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from vectorstore.address import Place
from vectorstore.backends import Backend
from vectorstore.errors import DatelineError, ModelMismatch
from vectorstore.following import Follower, turns
from vectorstore.index.form import VectorIndex
from vectorstore.index.indexer import TURN, Indexer
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.migration import Migration
from vectorstore.index.opening import vector_index
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.choice import default_model
from vectorstore.models.embedder import Embedder
from vectorstore.values import Progress, no_progress

log = logging.getLogger(__name__)

MIGRATION_WAIT = 600.0
"""Seconds that a migration waits between its batches for another writer, as a run of ingest may
be at work."""


class Indexing:
    """What an archive is found by, and the models that it is embedded with."""

    place: Place
    path: Path
    read_only: bool
    embedder: Embedder
    _writing_with: Embedder
    _backend: Backend
    _ledger: Ledger
    _dense: VectorIndex
    _lexical: LexicalIndex
    _follower: Follower | None

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
            with self._backend.writing(wait), self._backend.indexing():
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
            with self._backend.writing(wait=0):
                if self._lexical.outdated():  # nobody else has done it meanwhile
                    log.warning("writing the words' index of another release anew, once")
                    self._indexer().renew_words(no_progress)
        except (DatelineError, OSError, ValueError, SQLAlchemyError) as error:
            log.warning("the lexical index is of another release, and stays so for now: %s", error)

    def _new_dense(self) -> VectorIndex:
        set_meta = None if self.read_only else self._ledger.set_meta
        return vector_index(self.path, self._ledger.meta, set_meta)

    def _indexer(self) -> Indexer:
        model, turn = self._writing_embedder().identity, turns(self._backend, self._dense)
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

    def _writing_embedder(self) -> Embedder:
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
