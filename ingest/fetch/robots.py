"""robots.txt by RFC 9309, matched by protego.

protego also matches a part of a name (a group for `Date` would bind `Dateline`) and not a
name with a version (`Dateline/1.0`), so the names are put into the RFC's form first: the
product token alone, compared as a whole and without regard to case (2.2.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

PRODUCT = "Dateline"
LONGEST = 500 * 1024
"""Bytes of a robots.txt that are read: the RFC's least (2.5)."""

REDIRECTS = 5
"""Redirects that are followed to it; after more it counts as missing (2.3.1.2)."""

KEPT = 24 * 3600.0
"""Seconds that a copy is used (2.4)."""

KEPT_FAILURE = 600.0
"""Seconds until a robots.txt that could not be had is asked for again."""

LONGEST_DELAY = 30.0
"""Seconds of Crawl-delay that are obeyed; a longer one would stop a source for good."""

_AGENT = re.compile(r"[ \t]*user[- ]?agent[ \t]*:[ \t]*([^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+|\*(?=\s|$)")
_NEWLINES = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Rules:
    """What one robots.txt says to Dateline."""

    _parsed: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether the path and query of this URL may be fetched."""
        return self._parsed is None or self._parsed.can_fetch(url, PRODUCT)

    @property
    def delay(self) -> float:
        """Its Crawl-delay in seconds, at most LONGEST_DELAY; 0 if it has none."""
        asked = self._parsed.crawl_delay(PRODUCT) if self._parsed else None
        return min(asked or 0.0, LONGEST_DELAY)


ALLOW_ALL = Rules()
"""What a host without a robots.txt says (2.3.1.3)."""


def parse(body: bytes) -> Rules:
    """The rules in the first LONGEST bytes of a robots.txt; nothing in it can fail."""
    from protego import Protego

    whole = len(body) < LONGEST
    lines = _NEWLINES.split(body[:LONGEST].decode("utf-8-sig", "replace"))
    # A line that was cut could be `Disallow: /` of a longer one.
    return Rules(Protego.parse("\n".join(_line(line) for line in lines[: None if whole else -1])))


def _line(line: str) -> str:
    agent = _AGENT.match(line)
    if not agent:
        return line
    token = _TOKEN.match(agent[1].strip())
    name = token[0].lower() if token else ""
    return f"User-agent: {name if name in ('*', PRODUCT.lower()) else 'another'}"
