"""What reading reports besides articles: problems, withdrawals, and the report of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from vectorstore import Revision, Run

EMPTY, HELD, OTHER = "item without text", "item under embargo", "file of another kind"
"""What an entry may be that is no article, or not yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an input file: where, why, and whether it cost an article.

    `path` is the file as the user can find it, `line` counts from 1 (None: the file as a
    whole). With `fatal` the file or row was skipped; without, the article was ingested and
    something about it (a date, a URL) was left out or changed. A `duplicate` is an article
    that stood in this run before, with the same text: nothing is lost, so it is only counted.
    `kind` says what something is that is whole but no article ("picture", "event"): these are
    only counted too. `entries` is how many rows or files a problem stands for.
    """

    path: str
    line: int | None
    reason: str
    fatal: bool = True
    duplicate: bool = False
    kind: str = ""
    entries: int = 1

    @property
    def outcome(self) -> str:
        """What the entry became, one of OUTCOMES; "" for a remark about one that is counted as
        what else it became."""
        if self.fatal:
            return "failed"
        if self.duplicate:
            return "duplicates"
        if self.kind == HELD:
            return "postponed"
        return "not_articles" if self.kind else ""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A provider's word that an article is withdrawn, as of which revision.

    `keys` name the article, the best first; where the provider is not named and its name for the
    article is no URI, `name` is that. `path` is where it says so, `source` whose word it is, and
    `issuers` are as an article's. `status` is "canceled" or "withheld".
    """

    keys: tuple[str, ...]
    name: str
    path: str
    source: str
    status: str
    revision: Revision
    issuers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run over files did: sums over the `runs` of its sources, which the archive keeps.

    Each of the `announced` entries ended as one of OUTCOMES: as an article that is `new`,
    `changed`, `updated` (same text, other dates or outlet) or `unchanged`, or as what gave none.
    `withdrawn` articles are out of search from now on, as their providers say. `others` counts
    what is no article by what it is instead; `problems` are all that were told; `files` were read.
    """

    new: int = 0
    changed: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    not_articles: int = 0
    failed: int = 0
    postponed: int = 0
    announced: int = 0
    withdrawn: int = 0
    runs: tuple[Run, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
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
    "answer that is no success": "answers that are no success",
}


def describe_non_articles(others: Mapping[str, int]) -> str:
    """What was met that is no article, in words: `2 pictures, 1 event`; "" if nothing was."""
    counts = sorted(Counter(others).items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(
        f"{n:,} {kind if n == 1 else _MANY.get(kind, f'{kind}s')}" for kind, n in counts if n
    )
