"""The robots.txt of every origin that was asked: fetched once a day, by one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ingest.fetch.errors import Busy, Disallowed, FetchError, Forbidden, TimedOut, Unreachable
from ingest.fetch.robots import KEPT, KEPT_FAILURE, Rules
from ingest.fetch.urls import Target


class Rulebook:
    """Rules by origin. Thread-safe."""

    def __init__(self, fetch: Callable[[Target], Rules], clock: Callable[[], float]) -> None:
        """`fetch` gets an origin's rules from its host, or raises FetchError."""
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def rules(self, target: Target) -> Rules:
        """The rules that bind a URL.

        Raises Disallowed if the host failed to give them (RFC 9309, 2.3.1.4), and what
        fetching raised if there is no such host or it may not be asked. A host that failed
        is asked again after KEPT_FAILURE; until then an older copy holds, if there is one.
        """
        with self._lock:
            entry = self._entries.setdefault(target.origin, _Entry())
        with entry.lock:
            if self._clock() >= entry.expires:
                self._renew(entry, target)
            if entry.rules is None:
                raise _of(entry.failure, target)
            return entry.rules

    def _renew(self, entry: _Entry, target: Target) -> None:
        try:
            entry.rules, kept = self._fetch(target), KEPT
        except Busy:  # says nothing about robots.txt: the host is only asked later
            raise
        except Forbidden as error:
            raise Forbidden(target.url, error.reason) from None
        except FetchError as error:
            entry.failure, kept = error, KEPT_FAILURE
        entry.expires = self._clock() + kept


class _Entry:
    """What is known of one origin."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: Rules | None = None
        self.failure: FetchError | None = None
        self.expires = float("-inf")


def _of(failure: FetchError | None, target: Target) -> FetchError:
    """The failure to get robots.txt, told of the URL that was asked for."""
    reason = failure.reason if failure else "it was not asked"
    if isinstance(failure, Unreachable | TimedOut) and not failure.status:
        return type(failure)(target.url, reason)
    return Disallowed(target.url, f"its robots.txt could not be had: {reason}")
