"""What reading reports besides articles: problems, and the report of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from vectorstore import Revision


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an input file: where, why, and whether it cost an article.

    `path` is the file as the user can find it, `line` counts from 1 (None: the file as a
    whole). With `fatal` the file or row was skipped; without, the article was ingested and
    something about it (a date, a URL) was left out or changed. A `duplicate` is an article
    that stood in this run before, with the same text: nothing is lost, so it is only counted.
    `kind` says what something is that is whole but no article ("picture", "event"): these are
    only counted too.
    """

    path: str
    line: int | None
    reason: str
    fatal: bool = True
    duplicate: bool = False
    kind: str = ""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A provider's word that an article is withdrawn: its id, where it says so, in which words
    ("canceled", "withheld"), and as of which revision. `source` is whose word it is."""

    article: str
    path: str
    source: str
    status: str
    revision: Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did. All but `seconds` and the flags are counts of articles or files.

    `new`, `changed`, `updated` (same text, other dates or outlet) and `unchanged` are
    articles as the archive saw them; `duplicates` stood twice in this run with the same
    text; `files` were read; `skipped_other` are files of kinds that are not read.
    `withdrawn` articles are out of search from now on, as their providers say; `others` counts
    what is no article, by what it is instead.
    """

    new: int = 0
    changed: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    withdrawn: int = 0
    others: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    skipped_other: int = 0
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def articles(self) -> int:
        """Articles that were read and are now in the archive."""
        return self.new + self.changed + self.updated + self.unchanged


_MANY = {
    "audio": "audio items",
    "data": "data items",
    "item under embargo": "items under embargo",
    "item without text": "items without text",
    "file of another kind": "files of other kinds",
}


def told(others: Mapping[str, int]) -> str:
    """What was met that is no article, in words: `2 pictures, 1 event`; "" if nothing was."""
    counts = sorted(Counter(others).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(
        f"{n:,} {kind if n == 1 else _MANY.get(kind, f'{kind}s')}" for kind, n in counts if n
    )
