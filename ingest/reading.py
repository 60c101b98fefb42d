"""How a declared source wants its files read: a column mapping, defaults and limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ingest.dates import EARLIEST_YEAR
from ingest.text import line
from vectorstore import InputError

WORDS = (
    "headline", "body", "published", "updated", "byline", "outlet", "url", "language", "id",
)  # fmt: skip
"""Our words that a source may map its columns or keys to."""

_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read files, where their names and contents do not say it.

    `columns` maps our WORDS to the file's names for them (`{"body": "artikel"}`); a dotted
    name reaches into nested values (`meta.title`). A word that is mapped is not looked for
    under other names. `outlet` and `language` are for articles that name none. `earliest`
    is the first year a date may lie in; `source` is what articles are stored under instead
    of the file's URI. Raises InputError for an unknown word or an empty name.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    outlet: str = ""
    language: str = ""
    earliest: int = EARLIEST_YEAR
    source: str | None = None

    def __post_init__(self) -> None:
        if unknown := [word for word in self.columns if word not in WORDS]:
            raise InputError(f"columns: no word {unknown[0]!r}; known are {', '.join(WORDS)}")
        for word, name in self.columns.items():
            if not isinstance(name, str) or not name.strip():
                raise InputError(f"columns: {word} needs the name of a column or key")

    def missing(self, names: Iterable[str]) -> str:
        """What is wrong if a mapped name is not among a table's columns, else ""."""
        known = dict.fromkeys(names)
        for word, name in self.columns.items():
            if name not in known:
                return (
                    f"has no column {name!r}, which `columns` gives as {word}; "
                    f"it has: {listed(known)}"
                )
        return ""


AS_GUESSED = Reading()
"""Names and contents say how to read a file."""


def listed(names: Iterable[str]) -> str:
    """Names for a message, cut where there are very many."""
    whole = ", ".join(map(line, names)) or "none"
    return whole if len(whole) <= _SHOWN else whole[:_SHOWN] + " …"


def values_at(row: Mapping[str, object], name: str) -> Iterator[object]:
    """The values at a name: the key itself, else a dotted way into objects and lists.

    A number in the way chooses from a list; without one all of its items are followed.
    """
    if name in row:
        yield row[name]
        return
    waiting: list[tuple[object, tuple[str, ...]]] = [(row, tuple(name.split(".")))]
    while waiting:
        value, way = waiting.pop(0)
        if not way:
            yield value
        elif isinstance(value, Mapping):
            if way[0] in value:
                waiting.append((value[way[0]], way[1:]))
        elif isinstance(value, list):
            if not way[0].isdecimal():
                waiting.extend((item, way) for item in value)
            elif int(way[0]) < len(value):
                waiting.append((value[int(way[0])], way[1:]))


class Mapped:
    """Watches which mapped names occur in the rows of a file whose rows may differ."""

    def __init__(self, reading: Reading) -> None:
        self._unseen = dict(reading.columns)
        self._names: dict[str, None] = {}
        self._rows = 0

    def note(self, row: Mapping[str, object]) -> None:
        """Look at a row."""
        self._rows += 1
        if not self._unseen:
            return
        for name in row:
            if len(self._names) < 100:
                self._names[str(name)] = None
        for word, name in list(self._unseen.items()):
            if any(True for _ in values_at(row, name)):
                del self._unseen[word]

    def faults(self) -> Iterator[str]:
        """Which mapped names no row had."""
        if self._rows:
            for word, name in self._unseen.items():
                yield (
                    f"no article has {name!r}, which `columns` gives as {word}; "
                    f"they have: {listed(self._names)}"
                )
