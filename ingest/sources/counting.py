"""What became of each entry of a run: every one is counted once, as one of `OUTCOMES`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.values import Problem, Withdrawal
from vectorstore import OUTCOMES

WITHDREW = "withdrew an article"
"""What is told of entries that are their provider's word that an article is withdrawn."""


@dataclass(slots=True)
class Counting:
    """The entries and pages of one run of a source. Used by one thread.

    `announced` entries were read from what the source says, `checked` pages were looked at
    besides, and `ended` of both have their outcome. `quiet` are the outcomes of entries that
    give nothing to store; all others are counted where they are stored. `articles` are the
    ids of those that were counted, `listed` the addresses that the source announced; `open` is
    whether one is being looked at.
    """

    announced: int = 0
    checked: int = 0
    ended: int = 0
    quiet: Counter[str] = field(default_factory=Counter)
    articles: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    firsts: dict[str, str] = field(default_factory=dict)
    open: bool = False

    def announce(self, urls: Sequence[str]) -> None:
        """Note what a source says it has."""
        self.announced += len(urls)
        self.listed.update(url for url in urls if url)

    def again(self, article: str) -> bool:
        """Whether an article was counted in this run already; it is from now on."""
        known = article in self.articles
        self.articles.add(article)
        return bool(article) and known

    def tell(self, outcome: str, why: str = "", example: str = "") -> None:
        """End an entry about which nothing is to be stored; `why` is told once for all."""
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is no outcome")
        self.quiet[outcome] += 1
        self.ended += 1
        if why:
            self.remark(why, example)

    def remark(self, why: str, example: str = "") -> None:
        """Count what is told of several entries at once, with the first of them."""
        self.left_out[why] += 1
        self.firsts.setdefault(why, example)

    def took(self, item: object) -> None:
        """Count what a file holds, which is announced by being there; a problem that is a remark
        about an article is no entry."""
        if isinstance(item, Withdrawal):
            self.remark(WITHDREW, item.path)
        entries = 1
        if isinstance(item, Problem):
            entries = item.entries if item.outcome else 0
        self.announced += entries
        self.ended += entries

    def begin(self, *, listed: bool) -> None:
        """An entry, or else a known page, is looked at from now on."""
        self.open = True
        self.checked += not listed

    def end(self) -> None:
        """End it: its outcome is counted where it is stored, or as the problem that it had."""
        self.open = False
        self.ended += 1

    @property
    def counts(self) -> Counter[str]:
        """The counts to add to those of what was stored. What has not ended is postponed."""
        left = self.announced + self.checked - self.ended
        sums = Counter(announced=self.announced, checked=self.checked, postponed=left)
        return self.quiet + sums

    @property
    def remarks(self) -> Iterator[str]:
        """What was left out or put off and why, each reason once."""
        for why, count in self.left_out.items():
            entries = "1 entry" if count == 1 else f"{count:,} entries"
            first = self.firsts[why]
            yield f"{entries} {why}" + (f", the first: {first}" if first else "")
