"""One request at a time to a host, with a gap after each, and none while it wants a pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ingest.fetch.errors import Busy, FetchError
from ingest.fetch.values import Outside

LONGEST_PAUSE = 24 * 3600.0
"""Seconds of a Retry-After that are believed: a clock or a digit went wrong beyond a day."""

SOME_PAUSE = 60.0
"""Seconds that a host is left alone if it says 429 and not for how long."""


class Host:
    """The pace at which one host is asked. Thread-safe."""

    def __init__(self, name: str, gap: float, outside: Outside, closing: threading.Event) -> None:
        self.name, self.gap = name, gap
        self._outside, self._closing = outside, closing
        self._turn = threading.Lock()
        self._free_at = self._busy_until = float("-inf")

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for the host, hold it, and start the gap when it is let go.

        Raises Busy at once while the host wants a longer pause.
        """
        self._check(url)
        with self._turn:
            while (wait := self._free_at - self._outside.clock()) > 0:
                self._check(url)
                self._sleep(wait)
            self._check(url)
            try:
                yield
            finally:
                self._free_at = max(self._free_at, self._outside.clock() + self.gap)

    def rest(self, seconds: float) -> None:
        """Ask nothing for so long; whoever waits for a turn waits longer."""
        self._free_at = max(self._free_at, self._outside.clock() + seconds)

    def leave_alone(self, seconds: float) -> None:
        """Refuse every turn for so long."""
        self._busy_until = max(self._busy_until, self._outside.clock() + seconds)

    def _check(self, url: str) -> None:
        if self._closing.is_set():
            raise FetchError(url, "the client was closed")
        left = self._busy_until - self._outside.clock()
        if left > 0:
            retry_at = self._outside.utcnow() + timedelta(seconds=left)
            raise Busy(url, f"{self.name} asked for a pause", retry_at)

    def _sleep(self, seconds: float) -> None:
        if self._outside.sleep is not None:
            self._outside.sleep(seconds)
        else:
            self._closing.wait(seconds)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for (RFC 9110, 10.2.3): a number or a date.

    None for what is neither; 0 for a date in the past; at most LONGEST_PAUSE.
    """
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:12]), LONGEST_PAUSE)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max((date - now).total_seconds(), 0.0), LONGEST_PAUSE)
