"""Which state of an item its provider says an article is, and whether one is before another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_NUMBERS = re.compile(r"\d{1,18}(?:\.\d{1,18})*")


@dataclass(frozen=True, slots=True)
class Revision:
    """A provider's own version of an item ("3", "1.2"), and when it was made (ISO 8601).

    Both are "" where the provider does not say, as no web page does.
    """

    version: str = ""
    made: str = ""

    def __bool__(self) -> bool:
        return bool(self.version or self.made)

    def precedes(self, other: Revision) -> bool:
        """Whether this is certainly the earlier one: by its version, else by its time.

        False where the two cannot be compared, or are the same.
        """
        own, others = _numbers(self.version), _numbers(other.version)
        if own and others and own != others:
            return own < others
        if not (self.made and other.made):
            return False
        if DAY in {len(self.made), len(other.made)}:  # on one day neither is certainly the earlier
            return self.made[:DAY] < other.made[:DAY]
        return _instant(self.made) < _instant(other.made)


DAY = len("2025-07-31")

UNREVISED = Revision()
"""Of an article whose source does not count its states."""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if _NUMBERS.fullmatch(version) else ()


def _instant(made: str) -> datetime:
    found = datetime.fromisoformat(made)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
