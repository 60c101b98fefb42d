"""What fetching takes and gives, and the few things outside that it depends on."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much, how long and how often, in bytes, seconds and counts.

    `gap`: between the end of a request to a host and the start of the next (a robots.txt
    may ask for more). `deadline`: all network time of one get(), its redirects and retries
    included, but not the waiting for a turn. `connect`: of that, for one connection.
    `max_compressed`: of a body as it is sent (a sitemap may have 50 MB, sitemaps.org);
    `max_inflated`: of the body itself. `retries`: after a failure of the host or of the
    connection, each after a random time of up to `jitter` × 2ⁿ s (full jitter).
    `longest_wait`: a Retry-After that is waited for; a longer one raises Busy.
    """

    gap: float = 1.0
    deadline: float = 30.0
    connect: float = 10.0
    max_compressed: int = 50 * MB
    max_inflated: int = 50 * MB
    redirects: int = 5
    retries: int = 2
    longest_wait: float = 60.0
    jitter: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came. `body` is inflated, and empty unless the status is 2xx.

    `final_url` is where redirects led, `permanent_url` where the permanent ones (301, 308)
    led before the first that is not: the URL to ask for in future. `headers` have
    lower-case names, repeated ones joined by ", ", and no cookies.
    """

    url: str
    final_url: str
    permanent_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _utcnow() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The seam to the outside: names, clocks and chance.

    `addresses(host, port)` gives a name's IP addresses or raises OSError. `clock` is in
    seconds, monotonic. `sleep` waits that many seconds; None waits so that closing the
    client ends it. `chance` gives a random number from 0 to 1.
    """

    addresses: Callable[[str, int], list[str]] = _addresses
    clock: Callable[[], float] = time.monotonic
    utcnow: Callable[[], datetime] = _utcnow
    sleep: Callable[[float], object] | None = None
    chance: Callable[[], float] = random.random
