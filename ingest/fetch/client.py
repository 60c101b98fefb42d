"""The client: redirects by hand, robots.txt before every hop, replies as values."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Self

from ingest.fetch import robots
from ingest.fetch.body import ACCEPTED
from ingest.fetch.errors import BadReply, Disallowed, Forbidden
from ingest.fetch.exchange import Arrival, Budget, Caps, Exchange
from ingest.fetch.rulebook import Rulebook
from ingest.fetch.urls import Target, joined, target
from ingest.fetch.values import Limits, Outside, Reply

FOLLOWED = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})

LIMITS, OUTSIDE = Limits(), Outside()

_HEADER = re.compile(r"[\x20-\x7e]+")
log = logging.getLogger(__name__)


class Client:
    """Fetches politely and safely. Thread-safe; a context manager.

    A host (its ports 80 and 443 together, any other port apart) is asked one request at a
    time, each over a connection of its own, with a gap in between; robots.txt decides for
    every hop. Cookies are not kept, proxies of the environment not used (they would
    resolve names past our check), certificates always verified.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        limits: Limits = LIMITS,
        allow_private: Sequence[str] = (),
        outside: Outside = OUTSIDE,
    ) -> None:
        """`contact` (an address or URL) goes into the User-Agent, so that a host can write.

        `allow_private` opens hosts (`host` or `host:port`) whose addresses are not public.
        """
        self._limits = limits
        self._agent = user_agent(contact)
        self._closing = threading.Event()
        self._exchange = Exchange(limits, allow_private, outside, self._closing)
        self._rulebook = Rulebook(self._robots, outside.clock)

    def get(self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "") -> Reply:
        """What is at a URL: 2xx with its body, 304 (to `etag`, `last_modified`) or any 4xx.

        Raises, after its own retries: Forbidden, Disallowed, TooBig, TimedOut, Unreachable
        (no connection, or 5xx), Busy (429, or 503) and BadReply.
        """
        here = permanent = target(url)
        headers = self._headers(accept or "*/*", etag, last_modified)
        budget = Budget(self._limits)
        caps = Caps(self._limits.max_compressed, self._limits.max_inflated)
        firm = True
        for _ in range(self._limits.redirects + 1):
            rules = self._rulebook.rules(here)
            self._exchange.slow_down(here, rules.delay)
            if not rules.allows(here.url):
                raise Disallowed(here.url, "its robots.txt does not allow it")
            arrival = self._exchange.ask(here, headers, budget, caps)
            if arrival.status not in FOLLOWED:
                return _reply(url, here, permanent, arrival)
            here = self._next(here, arrival)
            firm = firm and arrival.status in PERMANENT
            permanent = here if firm else permanent
        raise BadReply(url, f"it redirects more than {self._limits.redirects} times")

    def leave_alone(self, url: str, seconds: float) -> None:
        """Raise Busy for every URL of this one's host for so long; for what a host asked of an
        earlier client. Raises Forbidden for what is no http(s) URL."""
        self._exchange.leave_alone(target(url), seconds)

    def close(self) -> None:
        """Ask nothing more; whoever waits for a turn is told at once."""
        self._closing.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _robots(self, of: Target) -> robots.Rules:
        """The rules of an origin, as they are on the host now; raises FetchError."""
        here = target(f"{of.origin}/robots.txt")
        headers = self._headers("text/plain, */*;q=0.5", "", "")
        budget = Budget(self._limits)
        caps = Caps(4 * robots.LONGEST, robots.LONGEST, truncate=True)
        for _ in range(robots.REDIRECTS + 1):
            try:
                arrival = self._exchange.ask(here, headers, budget, caps)
            except Forbidden as error:
                if here.origin == of.origin:
                    raise
                raise BadReply(of.url, f"it redirects to {error}") from None
            if arrival.status not in FOLLOWED:
                found = 200 <= arrival.status < 300
                return robots.parse(arrival.body) if found else robots.ALLOW_ALL
            here = self._next(here, arrival)
        return robots.ALLOW_ALL

    def _next(self, here: Target, arrival: Arrival) -> Target:
        location = arrival.headers.get("location", "")
        if not location:
            raise BadReply(here.url, f"it answered {arrival.status} and not where to")
        there = joined(here, location)
        if here.scheme == "https" and there.scheme == "http":
            log.warning("%s redirects from https to http: %s", here.url, there.url)
        return there

    def _headers(self, accept: str, etag: str, last_modified: str) -> dict[str, str]:
        headers = {
            "User-Agent": self._agent,
            "Accept": accept,
            "Accept-Encoding": ACCEPTED,
            "Connection": "close",
        }
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        # What a host once sent is sent back only if it is what a header may hold.
        return headers | {n: v for n, v in conditions.items() if _HEADER.fullmatch(v)}


def user_agent(contact: str = "") -> str:
    """`Dateline/<version> (+contact)`; the contact in visible ASCII without parentheses."""
    try:
        name = f"{robots.PRODUCT}/{version('dateline')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        name = f"{robots.PRODUCT}/0"
    clean = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)
    return f"{name} (+{clean})" if clean else name


def _reply(url: str, here: Target, permanent: Target, arrival: Arrival) -> Reply:
    headers: Mapping[str, str] = arrival.headers
    return Reply(
        url=url,
        final_url=here.url,
        permanent_url=permanent.url,
        status=arrival.status,
        headers=headers,
        body=arrival.body,
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
    )
