"""Progress where there is no terminal: a line every few seconds, for a log or a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

EVERY = 5.0
"""Seconds between two lines; a run that takes less prints none."""


@dataclass(slots=True)
class _Stage:
    name: str
    began: float
    done: int = 0
    total: int = 0
    moved: bool = True


class Lines:
    """A `Progress` callback that remembers where each stage is, and says it when asked."""

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._clock = say, clock
        self._stages: dict[str, _Stage] = {}
        self._last: _Stage | None = None
        self._lock = threading.Lock()

    def __call__(self, stage: str, done: int, total: int) -> None:
        with self._lock:
            held = self._stages.get(stage)
            if held is None or done < held.done:  # a stage that begins again
                held = self._stages[stage] = _Stage(stage, self._clock())
            held.moved = held.moved or (done, total) != (held.done, held.total)
            held.done, held.total = done, total
            self._last = held

    def tell(self) -> None:
        """Say where the stages are that have moved since the last line, or that none has."""
        with self._lock:
            moved = [stage for stage in self._stages.values() if stage.moved]
            shown = moved or ([self._last] if self._last else [])
            said = "; ".join(self._shown(stage) for stage in shown)
            for stage in shown:
                stage.moved = False
        self._say(said + ("" if moved else " (still at it)") if said else "Starting …")

    def _shown(self, stage: _Stage) -> str:
        took = self._clock() - stage.began
        rate = stage.done / took if took > 0 else 0.0
        if not (stage.done or stage.total):
            return f"{stage.name} …"
        said = f"{stage.name}: {stage.done:,}"
        if stage.total:
            said += f" of {stage.total:,}"
        if rate:
            said += f", {rate:,.1f}/s" if rate < 10 else f", {rate:,.0f}/s"
            if stage.total > stage.done:
                said += f", {length((stage.total - stage.done) / rate)} left"
        return said


def length(seconds: float) -> str:
    """A length of time in its two largest units: 47 s, 3 min 20 s, 2 h 5 min."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def lines(say: Callable[[str], None], every: float = EVERY) -> Iterator[Lines]:
    """A callback whose state is said every so many seconds until the end, also while nothing
    moves: whoever reads along sees that it lives."""
    told, over = Lines(say), threading.Event()

    def go_on() -> None:
        while not over.wait(every):
            told.tell()

    thread = threading.Thread(target=go_on, name="progress", daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()
