"""A node follows a ledger on a server: what any host stores is searchable here within seconds.

The ledger notifies who listens; where that cannot be (a standby server, a pooler), the node
looks every POLL seconds. Both indexes are made of the ledger's texts and vectors, so nothing is
embedded here. `Archive` starts a follower with the first search.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import Timeout
from sqlalchemy.exc import SQLAlchemyError

from vectorstore.backends import Backend
from vectorstore.errors import DatelineError, IndexAway
from vectorstore.index.form import VectorIndex
from vectorstore.index.indexer import Indexer, Turn, uncontended
from vectorstore.index.lexical import LexicalIndex
from vectorstore.ledger.postgres import Listener
from vectorstore.values import Progress, no_progress

log = logging.getLogger(__name__)

POLL = 15.0
"""Seconds between two looks at the ledger without being notified."""

SLICE = 0.5
"""Seconds in which the follower hears that it is to stop."""

VECTORS = "vectors"
"""The lock of who writes a dense index that is shared."""

IDENTITY = "ledger.id"
"""The file in a node's folder that says which ledger its indexes are of."""


class Follower:
    """Keeps the indexes in a folder up to the ledger, in a thread of its own. Thread-safe.

    It writes as any other process of this node would: with the right to index, and through
    index objects of its own, so that readers see what is published and nothing between.
    """

    def __init__(self, backend: Backend, folder: Path, dense: Callable[[], VectorIndex]) -> None:
        """`dense` makes an object of the dense index that the node's searches go to."""
        self._backend, self._folder, self._dense = backend, folder, dense()
        self._ending, self._looked = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._said = ""

    def ready(self) -> None:
        """Begin to follow, unless it goes on already; a node that has nothing yet waits until it
        has what the ledger holds, or that has failed."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="follower", daemon=True)
                self._thread.start()
        if not self._looked.is_set() and min(self._cursors()) == 0:
            self._looked.wait()

    def stop(self) -> None:
        """End it, once what it has begun is done."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def catch_up(
        self, progress: Progress = no_progress, *, heal: bool = False, wait: float = 0.0
    ) -> bool:
        """Bring both indexes up to the ledger; whether anything was to be done. To `heal` is to
        look for damage also where nothing is new. A dense index that other machines write too is
        left to who is at it for longer than `wait` seconds."""
        if not heal and not self._behind():
            return False
        with self._backend.indexing():
            ledger = self._backend.ledger
            model = ledger.meta("model") or ""
            dense, lexical = self._indexes()
            if _of_another(self._folder, ledger.meta("id") or ""):
                log.warning("the indexes in %s are of another ledger: made anew", self._folder)
                lexical.clear()
                if not dense.shared:
                    dense.clear()
            _own(self._folder, ledger.meta("id") or "")
            indexer = Indexer(ledger, dense, lexical, model, turns(self._backend, dense))
            if dense.model() in {"", model}:
                indexer.follow(progress, wait)
            else:  # another host has brought the archive to another model
                indexer.replace(progress, wait)
            dense.close()
        return True

    # -- inside ---------------------------------------------------------------------

    def _indexes(self) -> tuple[VectorIndex, LexicalIndex]:
        return self._dense, LexicalIndex(self._folder / "lexical")

    def _cursors(self) -> list[int]:
        """How far each index reaches that answers."""
        dense, lexical = self._indexes()
        try:
            return [lexical.cursor(), dense.cursor()]
        except IndexAway as error:
            self._tell(f"what is new is found by its words only: {error}")
            return [lexical.cursor()]

    def _behind(self) -> bool:
        ledger = self._backend.ledger
        if any(cursor != ledger.last_seq() for cursor in self._cursors()):
            return True
        other = self._dense.model() not in {"", ledger.meta("model")}
        return other or _of_another(self._folder, ledger.meta("id") or "")

    def _loop(self) -> None:
        listener: Listener | None = None
        while not self._ending.is_set():
            try:
                listener = listener or self._listener()
                if self.catch_up():
                    log.info("the indexes are up to the ledger")
                self._said = ""
            except (SQLAlchemyError, DatelineError, OSError) as error:
                self._tell(f"this node cannot follow its ledger, and tries again: {error}")
            except Exception:
                log.exception("this node could not follow its ledger; it tries again")
            self._looked.set()
            listener = self._waited(listener)
        if listener:
            listener.close()

    def _listener(self) -> Listener | None:
        """None where the server does not let anybody listen."""
        try:
            return Listener(self._backend.ledger.engine)
        except SQLAlchemyError as error:
            log.info("not notified by the ledger, looking every %g s: %s", POLL, error)
            return None

    def _waited(self, listener: Listener | None) -> Listener | None:
        """Wait for news, or POLL seconds; returns the listener, None if its connection is lost."""
        for _ in range(int(POLL / SLICE)):
            if listener is None:
                if self._ending.wait(SLICE):
                    break
                continue
            try:
                if listener.wait(SLICE) or self._ending.is_set():
                    break
            except SQLAlchemyError as error:
                self._tell(f"the connection to the ledger is lost, and sought again: {error}")
                listener.close()
                self._ending.wait(SLICE)
                return None
        return listener

    def _tell(self, said: str) -> None:
        """Once, however often it happens in a row."""
        if said != self._said:
            log.warning("%s", said)
        self._said = said


def turns(backend: Backend, dense: VectorIndex) -> Turn:
    """The turns at a dense index that is shared, among all processes on a ledger; whoever writes
    one that lies in a node's folder has the right to index already."""
    if not dense.shared:
        return uncontended

    @contextmanager
    def turn(wait: float) -> Iterator[bool]:
        lock = backend.lock(VECTORS, wait)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    return turn


def _of_another(folder: Path, identity: str) -> bool:
    """Whether the indexes in a folder were made of another ledger than this one."""
    try:
        return bool(identity) and (folder / IDENTITY).read_text("utf-8") != identity
    except FileNotFoundError:
        return False


def _own(folder: Path, identity: str) -> None:
    """Note which ledger the indexes in a folder are made of, once."""
    path = folder / IDENTITY
    if not path.exists() or path.read_text("utf-8") != identity:
        path.write_text(identity, encoding="utf-8")
