"""The tree of what can go wrong when something is fetched.

FetchError          base; `url` is what was asked for, `reason` says why it did not come
├── BadReply        the answer is not HTTP as it should be
├── Busy            the host asked for a pause; `retry_at` says until when
├── Disallowed      robots.txt does not allow it
├── Forbidden       the URL or its address is not one that Dateline may connect to
├── TimedOut        the deadline passed
├── TooBig          the body is longer than the limits allow
└── Unreachable     no connection, or the host only answered that it failed
"""

from __future__ import annotations

from datetime import datetime

from vectorstore import DatelineError


class FetchError(DatelineError):
    """Something could not be fetched; `str()` names the URL and the reason.

    `status` is the HTTP status that the host answered with, 0 if it is not about one.
    """

    def __init__(self, url: str, reason: str, status: int = 0) -> None:
        self.url, self.reason, self.status = url, reason, status
        super().__init__(f"{url}: {reason}")


class BadReply(FetchError):
    """The answer is not HTTP as it should be."""


class Busy(FetchError):
    """The host asked for a pause (429, 503); it is left alone until `retry_at` (UTC)."""

    def __init__(self, url: str, reason: str, retry_at: datetime, status: int = 0) -> None:
        self.retry_at = retry_at
        super().__init__(url, f"{reason}; not before {retry_at:%Y-%m-%d %H:%M:%S} UTC", status)


class Disallowed(FetchError):
    """robots.txt does not allow it, or could not be had (RFC 9309, 2.3.1.4)."""


class Forbidden(FetchError):
    """The URL or its address is not one that Dateline may connect to."""


class TimedOut(FetchError):
    """The whole of the request took longer than its deadline."""


class TooBig(FetchError):
    """The body is longer than the limits allow."""


class Unreachable(FetchError):
    """No connection, or the host answered every attempt with a failure of its own."""
