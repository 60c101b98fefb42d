"""The schedule: keeps the sources of one archive fresh, one child process at a time.

A source's time makes it due, no more. One runner takes all that are due and starts one process
for them, so runs cannot overlap, runs that were missed become one, and what a process costs to
start is paid once. APScheduler finds the times (`ingest.times`). Its BackgroundScheduler is not
used: it sleeps until a wall-clock time by a clock that stops with the laptop, and a clock set
back leaves its jobs waiting until the old time comes again.

>>> schedule = Schedule(Path("news/sources.toml"), archive)  # doctest: +SKIP
>>> schedule.start()  # doctest: +SKIP
>>> schedule.stop()  # doctest: +SKIP
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from filelock import Timeout

from ingest.plans import Plans
from ingest.process import Ended, Process
from ingest.sources.declared import read
from ingest.times import is_due
from vectorstore import Run

if TYPE_CHECKING:
    from vectorstore import Archive, SourceState

log = logging.getLogger(__name__)

TICK = 30.0
"""Seconds between two looks at the clock and the file; sources due within them run together."""

WATCH = 1.0
"""Seconds between two looks at a running process."""

LIMIT = timedelta(hours=2)
"""After which a run counts as hung. 200 articles from each of 30 hosts, eight of them at once and
a second and a half per article, take twenty minutes."""

STANDBY = 5.0
"""Seconds between two tries to take over from another process."""

LOCKED, LOCKED_AGAIN = 5, timedelta(minutes=5)
"""The exit code of a process that found another one collecting, and when to try again."""

ENDING = timedelta(seconds=5)
"""When to try again after taking over: a run that the other process had begun comes to its end."""

FINE = (0, 3, LOCKED)
"""Exit codes after which every source has its own record, or has been left for later."""


class Running(Protocol):
    """A process at work; `ingest.process.Process` is the real one."""

    def poll(self) -> Ended | None: ...
    def stop(self) -> Ended: ...


def utcnow() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class Schedule:
    """Runs the sources of a `sources.toml` at their times. Thread-safe.

    The file may come, change or go while it runs. `limit` is how long one run may take.
    `launch` starts a run of these sources, and `now` tells the time: seams for tests. It is
    `standing_by` while another process does the work, and takes over when that ends.
    """

    def __init__(
        self,
        path: Path,
        archive: Archive,
        *,
        limit: timedelta = LIMIT,
        launch: Callable[[Sequence[str]], Running] | None = None,
        now: Callable[[], datetime] = utcnow,
    ) -> None:
        self.path, self.archive, self.limit = path, archive, limit
        self._launch, self._now = launch or self._process, now
        self._running: Running | None = None
        self._names: tuple[str, ...] = ()
        self._began = now()
        self._plans = Plans(path, lambda: _states(archive), now())
        self._lock = threading.RLock()
        self._alone = archive.lock("schedule", 0)
        self.standing_by = False
        self._took_over: datetime | None = None
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    # -- from outside -----------------------------------------------------------------

    def start(self) -> None:
        """Keep the sources fresh from now on, in a thread of its own."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._loop, name="schedule", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End cleanly: what a running process has fetched is kept, and the next run goes on."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            if self._running is not None:
                self._finish(self._running.stop())
            if self._alone.is_locked:
                self._alone.release()

    def __enter__(self) -> Schedule:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> tuple[str, ...]:
        """The sources that are being read now."""
        return self._names

    def upcoming(self) -> Mapping[str, datetime]:
        """When each source is read next, the soonest first."""
        with self._lock:
            return self._plans.upcoming()

    def once(self) -> int:
        """Run what is due now, wait for it, and return the process's exit code; 0 if nothing is.

        Raises InputError if the file cannot be read. Returns LOCKED beside another schedule.
        """
        sources = read(self.path).chosen()
        states = _states(self.archive)
        with self._lock:
            if not self._is_alone():
                return LOCKED
            now = self._now()
            self._begin(tuple(s.name for s in sources if is_due(s, states.get(s.name), now)))
        while self._running is not None and not self._ending.wait(WATCH / 10):
            with self._lock:
                ended = self._running.poll()
                if ended is not None:
                    self._finish(ended)
                    return ended.code
        return 0

    def tick(self) -> None:
        """Look at file, clock and process once, and do what is to be done."""
        with self._lock:
            alone = self._is_alone()
            if alone:
                self._plans.look(self._now())
            if self._running is not None and (ended := self._running.poll()) is not None:
                self._finish(ended)
            if alone and self._running is None:
                self._begin(self._plans.take())

    # -- inside -----------------------------------------------------------------------

    def _loop(self) -> None:
        while not self._ending.is_set():
            try:
                self.tick()
            except Exception:  # the schedule outlives a full disk or a busy ledger
                log.exception("the schedule could not do its work; it tries again")
            busy = WATCH if self._running is not None else TICK
            self._ending.wait(STANDBY if self.standing_by else busy)

    def _is_alone(self) -> bool:
        """Whether no other process keeps these sources fresh; it takes over when that ends."""
        if self._alone.is_locked:
            return True
        try:
            self._alone.acquire()
        except Timeout:
            if not self.standing_by:
                log.warning(
                    "another process keeps the sources of this archive fresh: this one waits, and "
                    "takes over when that ends"
                )
            self.standing_by = True
            return False
        if self.standing_by:
            log.warning("the other process has ended: this one keeps the sources fresh from now on")
            self._took_over = self._now()
        self.standing_by = False
        return True

    def _begin(self, names: tuple[str, ...]) -> None:
        if not names:
            return
        self._names, self._began = names, self._now()
        try:
            self._running = self._launch(names)
        except OSError as error:
            self._record(f"its process could not be started: {error}", hung=False)
            self._names = ()

    def _process(self, names: Sequence[str]) -> Running:
        place = self.archive.place
        words = [*place.words, "--sources", str(self.path), "--tied"]
        command = [sys.executable, "-P", "-m", "ingest", *words, *names]
        limit = self.limit.total_seconds()
        return Process(command, limit=limit, environment=place.environment)

    def _finish(self, ended: Ended) -> None:
        """Take note of how a process ended; a source it left without a record gets one."""
        names, stopping = self._names, self._ending.is_set()
        log.info("run ended", extra={"sources": len(names), "code": ended.code})
        if ended.hung:
            hours = self.limit.total_seconds() / 3600
            self._record(f"took longer than {hours:g} h and was ended", hung=True)
        elif ended.code == LOCKED:
            now = self._now()
            fresh = self._took_over is not None and now < self._took_over + LOCKED_AGAIN
            self._plans.put_off(names, now + (ENDING if fresh else LOCKED_AGAIN))
        elif ended.code not in FINE and not stopping:
            what = f"signal {-ended.code}" if ended.code < 0 else f"code {ended.code}"
            self._record(f"its process ended with {what}; the log says more", hung=False)
        self._running, self._names = None, ()

    def _record(self, reason: str, *, hung: bool) -> None:
        states = _states(self.archive)
        for name in self._names:
            state = states.get(name)
            last = state.last_run if state else None
            if last is None or last.started < self._began:
                last = Run(source=name, started=self._began)
            elif last.ended is not None and not (hung and last.interrupted):
                continue
            log.error("source %s: %s", name, reason)
            ended = max(last.started, self._now())
            self.archive.note_run(replace(last, ended=ended, interrupted=True, error=reason))


def _states(archive: Archive) -> dict[str, SourceState]:
    return {state.name: state for state in archive.sources()}
