"""One question and its answer: in turn, within the limits, asked again after a failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.fetch import body
from ingest.fetch.addresses import Allowlist
from ingest.fetch.errors import BadReply, Busy, FetchError, TimedOut, TooBig, Unreachable
from ingest.fetch.pacing import SOME_PAUSE, Host, retry_after
from ingest.fetch.urls import Target
from ingest.fetch.values import Limits, Outside

if TYPE_CHECKING:
    import httpx

TOO_MANY, UNAVAILABLE = 429, 503
NO_BODY = frozenset({204, 205})


@dataclass(frozen=True, slots=True)
class Arrival:
    """An answer: status, headers (lower-case names) and, for 2xx, the inflated body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caps:
    """The longest body in bytes, as sent and inflated; cut there or refused."""

    compressed: int
    inflated: int
    truncate: bool = False


class Budget:
    """What is left of one get(): network seconds and retries, over all its hops."""

    def __init__(self, limits: Limits) -> None:
        self.deadline = self.seconds = limits.deadline
        self.retries = limits.retries
        self.failures = 0


class Exchange:
    """Asks hosts in turn. Thread-safe."""

    def __init__(
        self,
        limits: Limits,
        allow_private: Sequence[str],
        outside: Outside,
        closing: threading.Event,
    ) -> None:
        self._limits, self._outside, self._closing = limits, outside, closing
        self._allowlist = Allowlist(allow_private)
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def leave_alone(self, target: Target, seconds: float) -> None:
        """Ask this host nothing for so long: it said so, in an earlier process perhaps."""
        self._host(target).leave_alone(seconds)

    def slow_down(self, target: Target, delay: float) -> None:
        """Keep a gap of at least `delay` seconds from now on, as its robots.txt asks."""
        host = self._host(target)
        if delay > host.gap:
            host.gap = delay
            host.rest(delay)

    def ask(
        self, target: Target, headers: Mapping[str, str], budget: Budget, caps: Caps
    ) -> Arrival:
        """The answer of a host, below 500 and not 429; raises the other FetchErrors."""
        host = self._host(target)
        while True:
            with host.turn(target.url):
                try:
                    arrival = self._once(target, headers, budget, caps)
                except Unreachable as error:
                    self._again(host, budget, error, 0.0)
                    continue
                if arrival.status in (TOO_MANY, UNAVAILABLE):
                    self._wanted_pause(host, target, budget, arrival)
                elif 500 <= arrival.status < 600:
                    reason = f"the host answered {arrival.status}"
                    failed = Unreachable(target.url, reason, arrival.status)
                    self._again(host, budget, failed, 0.0)
                else:
                    return arrival

    def _host(self, target: Target) -> Host:
        with self._lock:
            if target.place not in self._hosts:
                gap = self._limits.gap
                self._hosts[target.place] = Host(target.place, gap, self._outside, self._closing)
            return self._hosts[target.place]

    def _once(
        self, target: Target, headers: Mapping[str, str], budget: Budget, caps: Caps
    ) -> Arrival:
        from ingest.fetch.wire import Wire

        wire = Wire(self._allowlist, self._outside, self._limits.connect)
        start = time.monotonic()
        try:
            with wire.get(target, headers, budget.seconds) as response:
                return _arrival(target, response, caps)
        except TimedOut as error:
            reason = f"it took longer than {budget.deadline:g} s"
            raise TimedOut(target.url, reason) from error
        finally:
            budget.seconds = max(0.0, budget.seconds - (time.monotonic() - start))

    def _again(self, host: Host, budget: Budget, error: FetchError, pause: float) -> None:
        """Let the host rest before the next attempt; raises `error` if there is none."""
        if not budget.retries:
            raise error
        budget.retries -= 1
        longest = self._limits.jitter * 2**budget.failures
        budget.failures += 1
        host.rest(pause + self._outside.chance() * longest)

    def _wanted_pause(self, host: Host, target: Target, budget: Budget, arrival: Arrival) -> None:
        """After 429 or 503: wait, if the host says for how long and it is not too long."""
        now = self._outside.utcnow()
        asked = retry_after(arrival.headers.get("retry-after", ""), now)
        pause = asked or 0.0
        reason = f"the host answered {arrival.status}"
        if pause > self._limits.longest_wait or not budget.retries:
            # A 503 that names no time may be about this one page.
            if pause or arrival.status == TOO_MANY:
                host.leave_alone(pause or SOME_PAUSE)
            retry_at = now + timedelta(seconds=pause or SOME_PAUSE)
            raise Busy(target.url, reason, retry_at, arrival.status)
        self._again(host, budget, Unreachable(target.url, reason), pause)


def _arrival(target: Target, response: httpx.Response, caps: Caps) -> Arrival:
    status = response.status_code
    # Other 1xx are read past; 300, 305 and 306 have no meaning for us.
    if not 200 <= status < 600 or status in (300, 305, 306):
        raise BadReply(target.url, f"it answered {status}", status)
    headers = {k.lower(): v for k, v in response.headers.items() if k.lower() != "set-cookie"}
    if not 200 <= status < 300 or status in NO_BODY:
        return Arrival(status, headers, b"")
    try:
        content = body.read(
            response.iter_raw(),
            headers.get("content-encoding", ""),
            compressed=caps.compressed,
            inflated=caps.inflated,
            truncate=caps.truncate,
        )
    except body.BodyTooBig as error:
        raise TooBig(target.url, str(error)) from None
    except body.BodyBroken as error:
        raise BadReply(target.url, str(error)) from None
    return Arrival(status, headers, content)
