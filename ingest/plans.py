"""Which declared sources are due: a `sources.toml` that is watched, and a clock that may jump."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.sources.declared import Declared, Source, declared, read
from ingest.times import Times, last_done
from vectorstore import InputError

if TYPE_CHECKING:
    from vectorstore import SourceState

log = logging.getLogger(__name__)

States = Callable[[], Mapping[str, "SourceState"]]


@dataclass(slots=True)
class _Plan:
    """When a source runs next, its jitter included."""

    source: Source
    times: Times
    next: datetime

    def after(self, moment: datetime) -> datetime:
        return self.times.after(moment) + _some(self.source.jitter)


class Plans:
    """The sources of a file that are switched on, and when each of them runs. One thread.

    `states` says how the sources are doing, by name: what was read lately is not read again
    at once. Sources that should have run meanwhile are due within their jitter, once,
    however often they missed it.
    """

    def __init__(self, path: Path, states: States, now: datetime) -> None:
        self.path, self._states = path, states
        self._plans: dict[str, _Plan] = {}
        self._due: dict[str, None] = {}
        self._stamp: object = None
        self._mistaken = False
        self._last = now

    def look(self, now: datetime) -> None:
        """Read the file again if it has changed, and note which sources are due.

        A file with a mistake leaves all as it was until it is mended; a missing one declares
        nothing. When the clock was set back, no source waits for longer than it would from `now`.
        """
        self._reload(now)
        for name, plan in self._plans.items():
            if now < self._last:
                plan.next = min(plan.next, plan.after(now))
            if plan.next <= now:
                self._due[name] = None
                plan.next = plan.after(now)
        self._last = now

    def take(self) -> tuple[str, ...]:
        """The sources that are due, longest first; they are not due any more.

        While the file has a mistake there are none: whoever reads them could not read it.
        """
        if self._mistaken:
            return ()
        names, self._due = tuple(self._due), {}
        return names

    def put_off(self, names: Iterable[str], until: datetime) -> None:
        """Have sources run at this time, or sooner if they do anyway."""
        for name in names:
            if plan := self._plans.get(name):
                plan.next = min(plan.next, until)

    def upcoming(self) -> dict[str, datetime]:
        """When each source runs next, the soonest first."""
        plans = sorted(self._plans.values(), key=lambda plan: plan.next)
        return {plan.source.name: plan.next for plan in plans}

    def _reload(self, now: datetime) -> None:
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            found = read(self.path) if stamp else declared({}, self.path)
        except InputError as error:
            self._mistaken = True
            log.error("%s; no source is read until that is mended", error)
            return
        self._mistaken = False
        self._declare(found, now)
        log.info("sources declared", extra={"file": str(self.path), "sources": len(self._plans)})

    def _declare(self, found: Declared, now: datetime) -> None:
        states, old, self._plans = self._states(), self._plans, {}
        for source in found.chosen():
            kept = old.get(source.name)
            if kept and _timing(kept.source) == _timing(source):
                self._plans[source.name] = replace(kept, source=source)
                continue
            try:
                times = Times(source)
            except InputError as error:
                log.error("%s; it is not scheduled", error)
                continue
            plan = self._plans[source.name] = _Plan(source, times, now + _some(source.jitter))
            done = last_done(states.get(source.name))
            if done and times.after(min(done, now)) > now:
                plan.next = plan.after(min(done, now))
        self._due = {name: None for name in self._due if name in self._plans}


def _some(jitter: timedelta) -> timedelta:
    return jitter * random.random()  # noqa: S311


def _timing(source: Source) -> tuple[object, ...]:
    return source.every, source.cron, source.timezone, source.jitter


def _stamp(path: Path) -> object:
    """What changes when a file does; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
