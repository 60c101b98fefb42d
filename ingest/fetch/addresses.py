"""Which addresses may be connected to, and which hosts are allowed all the same.

Python 3.11's `ipaddress` is no judge of that: `is_private` misses 100.64.0.0/10, 2002::/16
and ::127.0.0.1, and `is_global` passes NAT64 and multicast (measured). So the networks that
are not the public Internet are listed in special.tsv, after the IANA registries of special
addresses (RFC 6890), and of IPv6 only what is given out as global unicast is let through.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives out of IPv6's unicast addresses (RFC 4291, 2.4)."""


def refusal(address: str) -> str:
    """Why this address may not be connected to; "" if it may.

    `address` is as a resolver gives it: dotted quad or IPv6, perhaps with a zone.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return f"{address!r} is no IP address"
    for network, meaning in _special():
        if ip.version == network.version and ip in network:
            return f"{ip} is not on the public Internet ({meaning})"
    if isinstance(ip, IPv6Address) and (ip.scope_id or ip not in GLOBAL_UNICAST):
        return f"{ip} is not on the public Internet (no global unicast address)"
    return ""


@cache
def _special() -> tuple[tuple[IPv4Network | IPv6Network, str], ...]:
    table = files("ingest.fetch").joinpath("special.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in table if line and not line.startswith("#")]
    return tuple((ip_network(network), meaning) for network, meaning, _ in rows)


class Allowlist:
    """The hosts whose addresses are not judged: an operator's own, named one by one."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Each name is `host` (any port) or `host:port`; IPv6 as `::1` or `[::1]:8080`."""
        self._names = frozenset(_split(name) for name in names)

    def __contains__(self, place: tuple[str, int]) -> bool:
        host, port = place
        return (host, None) in self._names or (host, port) in self._names


def _split(name: str) -> tuple[str, int | None]:
    host, port = name.strip().lower(), ""
    if host.startswith("["):
        host, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    return host.rstrip("."), int(port) if port.isdecimal() else None
