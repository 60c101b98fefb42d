"""Whose an article is: which other item that claims its identity may change or withdraw it.

A newsroom's item names itself, so that anybody could name another's. An article that stands is
its source's, its outlet's and its site's; what none of these says is an article of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

ANYONE = "*"
"""Of an item in a file that names no provider: whoever ingests it vouches for it."""


class Standing(Protocol):
    """What of a stored article says whose it is."""

    @property
    def key(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def outlet(self) -> str: ...


def may_change(standing: Standing, source: str, issuers: Sequence[str]) -> bool:
    """Whether what `source` brought, and `issuers` say, may change an article that stands.

    `issuers` are outlets in small letters and registered names of sites ("example.org"); where
    there are none the article's own address names it, and anyone may.
    """
    if not issuers or ANYONE in issuers or standing.source == source:
        return True
    hosts = {urlsplit(address).hostname or "" for address in (standing.url, standing.key)} - {""}
    named = standing.outlet.casefold()
    return any(
        one == named or any(host == one or host.endswith(f".{one}") for host in hosts)
        for one in issuers
    )


def own_key(key: str, issuers: Sequence[str]) -> str:
    """What names an item whose identity is another's: that, with who says it."""
    return f"{issuers[0]}#{key}"
