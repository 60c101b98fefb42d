"""Many sources asked at once: a thread a host, and one queue of what they yield."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ingest.fetch import Busy, Client
from ingest.sandbox import Sandbox
from ingest.sources.client import keep_pauses
from ingest.sources.declared import Source
from ingest.sources.gather import gather
from ingest.sources.items import Item
from ingest.sources.visit import Visit
from ingest.values import Problem
from vectorstore import Archive, DatelineError

log = logging.getLogger(__name__)

AHEAD = 200
"""Items that may wait to be stored: with pages of some 10 kB of text, a few MB."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A source is being asked from now on."""

    source: str
    started: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """One item of a source."""

    source: str
    item: Item


@dataclass(frozen=True, slots=True)
class Ended:
    """A source has nothing more; `state` is to be kept once all its items are stored, None
    where the one before holds. `counts` are of what was not an item, `remarks` say why some of
    it was left out. `error` says why it failed as a whole, "" if it did not."""

    source: str
    state: dict[str, Any] | None
    counts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    error: str = ""
    interrupted: bool = False


Message = Begun | Received | Ended


@dataclass(slots=True, kw_only=True)
class Crawler:
    """Asks sources, those of one host one after the other, up to `hosts` of them at once.

    Take its messages until `over`. After `stop` each source ends with the article that it is
    at; whoever does not want to wait for that may leave, as the threads are daemons.
    """

    archive: Archive
    client: Client
    sandbox: Sandbox
    now: Callable[[], datetime]
    hosts: int
    announced: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _waiting: queue.SimpleQueue[list[Source]] = field(default_factory=queue.SimpleQueue)
    _messages: queue.Queue[Message] = field(default_factory=lambda: queue.Queue(AHEAD))
    _threads: list[threading.Thread] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def start(self, sources: Sequence[Source]) -> None:
        """Begin to ask; what asked for a pause in an earlier process still has it."""
        keep_pauses(self.client, self.archive, [s.name for s in sources], self.now())
        by_host: dict[str, list[Source]] = {}
        for source in sources:
            by_host.setdefault(_host(source), []).append(source)
        for group in by_host.values():
            self._waiting.put(group)
        for number in range(min(self.hosts, len(by_host))):
            thread = threading.Thread(target=self._work, daemon=True, name=f"gather-{number}")
            self._threads.append(thread)
            thread.start()

    def take(self, seconds: float) -> Message | None:
        """The next message, None if there is none within this time."""
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            return None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return not any(t.is_alive() for t in self._threads) and self._messages.empty()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stop.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                group = self._waiting.get_nowait()
            except queue.Empty:
                return
            for source in group:
                if self._stop.is_set():
                    return
                self._ask(source)

    def _ask(self, source: Source) -> None:
        """One source from begin to end; whatever happens, it gets its end."""
        started = self.now()
        self._messages.put(Begun(source.name, started))
        try:
            ended = self._asked(source, started)
        except Exception as error:  # one source's trouble must not take the others along
            log.exception("source %s failed", source.name)
            reason = f"failed unexpectedly ({type(error).__name__}: {error})"
            ended = Ended(source.name, None, error=reason)
        self._messages.put(ended)

    def _asked(self, source: Source, started: datetime) -> Ended:
        before = self.archive.source_state(source.name)
        before.pop("left_alone", None)
        visit = Visit(
            source=source,
            archive=self.archive,
            client=self.client,
            sandbox=self.sandbox,
            now=started,
            pages=self.archive.pages(source.name),
            state=deepcopy(before),
            stop=self._stop,
            announce=self._announce,
        )
        error, came = "", False
        state: dict[str, Any] | None = None
        try:
            for item in gather(visit):
                came = True
                self._messages.put(Received(source.name, item))
            state = visit.finish()
        except Busy as busy:
            pause = {"left_alone": [busy.url, busy.retry_at.isoformat()]}
            state = (visit.moved_on(before) or before) | pause
            if came and visit.counting.open:  # the source itself could be read
                visit.counting.end()
                self._messages.put(Received(source.name, Problem(busy.url, None, busy.reason)))
            else:
                error = str(busy)
        except DatelineError as failed:
            error, state = str(failed), visit.moved_on(before)
        except Exception as failed:  # what became of its entries so far is still to be told
            log.exception("source %s failed", source.name)
            error = f"failed unexpectedly ({type(failed).__name__}: {failed})"
        counts, remarks = visit.counting.counts, tuple(visit.counting.remarks)
        if visit.stopped or (error and self._stop.is_set()):
            state = visit.moved_on(before)
            return Ended(source.name, state, counts, remarks, interrupted=True)
        return Ended(source.name, state, counts, remarks, error)

    def _announce(self, count: int) -> None:
        with self._counting:
            self.announced += count


def _host(source: Source) -> str:
    return (urlsplit(source.urls[0]).hostname or "") if source.urls else ""
