"""URLs that may be asked for: strictly parsed, before any name is resolved.

`getaddrinfo` reads 0x7f.1, 2130706433, 0177.0.0.1 and 127.1 as 127.0.0.1 (measured). A host
whose last label is a number is therefore refused unless it is a plain dotted quad, the
rule by which browsers know IPv4 addresses too (WHATWG URL, "ends in a number").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from ingest.fetch.errors import Forbidden

if TYPE_CHECKING:
    import httpx

LONGEST = 8_192
"""Characters of a URL: what servers take at most (RFC 9110, 4.1 recommends 8,000)."""

PORTS = {"http": 80, "https": 443}
RESERVED = 1_024
"""Ports below belong to other services (mail, shells, …), and are refused but for 80, 443."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `url` is normal: no fragment, lower-case host, no userinfo."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt is for (RFC 9309, 2.3)."""
        return f"{self.scheme}://{self._bracketed}:{self.port}"

    @property
    def place(self) -> str:
        """What is asked one request at a time: a host's web server, by http and https."""
        return self._bracketed if self.port in (80, 443) else f"{self._bracketed}:{self.port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def target(url: str) -> Target:
    """The parts of a URL; raises Forbidden for anything that is no plain http(s) URL."""
    import httpx

    url = url.strip(" \t\r\n")
    shown = "".join(c if c.isprintable() else "?" for c in url[:200])
    if len(url) > LONGEST:
        raise Forbidden(shown, f"it is longer than {LONGEST} characters")
    authority = _AUTHORITY.match(url)
    if not authority:
        raise Forbidden(shown, "only http and https URLs are fetched: write https://…")
    if "@" in authority[1] or "\\" in authority[1] or _CONTROL.search(authority[1]):
        raise Forbidden(shown, "its host has a user name or characters that no host has")
    try:
        parsed = httpx.URL(url).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise Forbidden(shown, f"it is no valid URL ({error})") from None
    host = _host(parsed, shown)
    port = parsed.port or PORTS[parsed.scheme]
    if parsed.port == 0 or port > 65_535:
        raise Forbidden(shown, "it has no valid port")
    return Target(str(parsed.copy_with(host=host)), parsed.scheme, host, port)


def joined(base: Target, location: str) -> Target:
    """Where a redirect from `base` leads; raises Forbidden.

    What names a host is parsed as it was sent; only a path is joined to the base.
    """
    import httpx

    location = location.strip(" \t\r\n")
    if location.startswith("//"):
        return target(f"{base.scheme}:{location}")
    if _SCHEME.match(location):
        return target(location)
    try:
        return target(str(httpx.URL(base.url).join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise Forbidden(base.url, f"it redirects to what is no URL ({error})") from None


def _host(parsed: httpx.URL, shown: str) -> str:
    """The host in ASCII, without brackets and final dot."""
    host = parsed.raw_host.decode("ascii").lower()
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise Forbidden(shown, "its host is no valid IPv6 address") from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Forbidden(shown, "its host is no valid name")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            IPv4Address(host)
        except ValueError:
            raise Forbidden(shown, "its host is a number in a form that hides it") from None
    return host
