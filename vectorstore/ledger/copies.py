"""When two texts are near-copies: one wire text as several outlets, or one twice, ran it.

Texts are compared by their word shingles: how much of the shorter one is in the longer
(containment, because wire text is shortened), and how much they share of both (Jaccard).
MinHash signatures in bands (Broder 1997; LSH as in Leskovec et al., Mining of Massive
Datasets, ch. 3) find the few that are worth comparing.

Shared words alone do not tell a copy from a form that is filled in anew every week, so
names and numbers must agree too, copies are days apart at most, and one outlet runs the
same text twice under the same headline only. `benchmarks/stories.py` measures all of it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

SHINGLE = 4
"""Words in a shingle. Shorter ones are shared by chance, longer ones break at every edit."""

SHORTEST = 40
"""Shingles of a text that can have copies; shorter ones are captions, dates and forms."""

BRIEF = 80
BRIEF_CONTAINED = 0.9
"""Texts of fewer shingles must be all but contained: forms are short, and say little else."""

CONTAINED = 0.6
"""Of the shorter text's shingles. Of 2,200 copies 0.6 finds 98.0 %, and 96.8 % of what it takes
for copies are; with 0.5 these are 98.0 and 96.4 %, with 0.7 95.1 and 97.1 %."""

ALIKE = 0.25
"""Jaccard similarity that a pair needs besides: a copy cut to a quarter still has it, a short
order made of formulas that stand in every long one has not."""

CLASHING = 0.03
"""Of the names and numbers that stand between the same words in both texts, the share that may
differ. In the benchmark's copies these are 0 to 2 %, in texts made to one pattern 5 % (median):
without this, precision is 92.1 % where it is 96.8 %."""

NEAR_DAYS = 7
"""Copies of one text are published within a week; the same form comes again every week."""

BANDS, ROWS = 42, 3
"""A pair with a Jaccard similarity of 0.3, 0.4, 0.5 or 0.7 is compared with a chance of
0.68, 0.94, 0.996 or 1: 1 - (1 - J**ROWS)**BANDS."""

PERMUTATIONS = BANDS * ROWS

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(
    rf"\d+(?:[.,]\d+)*|[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W\d_])+(?:['’][^\W\d_]+)?"
)
_APOSTROPHE = str.maketrans({"’": "'", ",": None})

Signature = npt.NDArray[np.uint32]


def words(text: str) -> list[str]:
    """The words and numbers of a text as they are written, without punctuation."""
    return [w.translate(_APOSTROPHE) for w in _TOKEN.findall(text)]


@dataclass(frozen=True)
class Print:
    """What is compared of an article. `outlet` is its source where the outlet is unknown;
    `day` is the proleptic ordinal of its published day, None if unknown."""

    headline: str
    body: str
    outlet: str
    day: int | None

    @cached_property
    def _words(self) -> list[str]:
        return words(self.body)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """The 32-bit hashes of every SHINGLE words in a row, case folded."""
        folded = [w.casefold().encode() for w in self._words]
        runs = zip(*(folded[i:] for i in range(SHINGLE)), strict=False)
        return frozenset(zlib.crc32(b" ".join(run)) for run in runs)

    @cached_property
    def facts(self) -> frozenset[str]:
        """Its numbers, and the words that it only writes with a capital."""
        lower = {w for w in self._words if w.islower()}
        named = {w.casefold() for w in self._words if w[0].isupper()} - lower
        return frozenset(named | {w for w in self._words if w[0].isdigit()})

    @cached_property
    def slots(self) -> dict[tuple[str, ...], set[frozenset[str]]]:
        """The runs of facts by the two words before and after them.

        A fact among those words stands for any fact, as in "a permit of X at Y".
        """
        folded = [w.casefold() for w in self._words]
        masked = ["" if w in self.facts else w for w in folded]
        found: dict[tuple[str, ...], set[frozenset[str]]] = {}
        start = 0
        for fact, run in groupby(folded, self.facts.__contains__):
            end = start + len(list(run))
            if fact and start >= 2 and end + 2 <= len(masked):
                around = (*masked[start - 2 : start], "", *masked[end : end + 2])
                found.setdefault(around, set()).add(frozenset(folded[start:end]))
            start = end
        return found

    @cached_property
    def title(self) -> frozenset[str]:
        return frozenset(w.casefold() for w in words(self.headline))


def may_be_copies(a: Print, b: Print) -> bool:
    """Whether dates, outlets and headlines allow it; cheap, and nothing of the texts is read.

    An outlet that runs a text twice does so under a headline that is the same, or longer.
    """
    if a.day is not None and b.day is not None and abs(a.day - b.day) > NEAR_DAYS:
        return False
    return a.outlet != b.outlet or a.title <= b.title or b.title <= a.title


def similarity(a: Print, b: Print) -> tuple[float, float]:
    """The share of the shorter text that is in the longer, and of both what they share."""
    shared = len(a.shingles & b.shingles)
    sizes = len(a.shingles), len(b.shingles)
    return shared / max(1, min(sizes)), shared / max(1, sum(sizes) - shared)


def clashes(a: Print, b: Print) -> float:
    """Of the facts that stand between the same words in both, the share that differ."""
    both = a.slots.keys() & b.slots.keys()
    return sum(_differ(a.slots[where], b.slots[where]) for where in both) / max(1, len(both))


def _differ(some: set[frozenset[str]], others: set[frozenset[str]]) -> bool:
    """Not so "Trump" and "Donald Trump", or a first word and that with a dateline before it."""
    return not any(one <= other or other <= one for one in some for other in others)


def are_copies(a: Print, b: Print) -> bool:
    """Whether one of the texts is a near-copy of the other; the order does not matter."""
    size = min(len(a.shingles), len(b.shingles))
    if size < SHORTEST or not may_be_copies(a, b):
        return False
    contained, alike = similarity(a, b)
    enough = contained >= (BRIEF_CONTAINED if size < BRIEF else CONTAINED) and alike >= ALIKE
    return enough and clashes(a, b) <= CLASHING


def signature(shingles: Collection[int]) -> Signature:
    """The MinHash of a set of 32-bit hashes: uint32[PERMUTATIONS], the same on any machine."""
    made = _minhash()
    values = list(shingles)
    for start in range(0, len(values), 4_096):  # bounds the memory of the permutations
        made.update_batch(values[start : start + 4_096])
    return np.asarray(made.hashvalues, dtype=np.uint32)


def bands(minhash: Signature) -> list[int]:
    """The band hashes of a signature, as signed 64-bit numbers that SQL can hold."""
    rows = minhash.reshape(BANDS, ROWS)
    found = []
    for band, row in enumerate(rows):
        data = row.astype("<u4").tobytes()
        found.append(int.from_bytes(_digest(bytes([band]) + data), "little", signed=True))
    return found


def estimated(a: Signature, b: Signature) -> float:
    """The Jaccard similarity that two signatures suggest (deviation 0.045 at 0.5)."""
    return float(np.mean(a == b))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()


def _itself(value: int) -> int:
    return value


_blank: list[Any] = []


def _minhash() -> Any:
    """An empty MinHash; the permutations are made once."""
    from datasketch import MinHash

    if not _blank:
        _blank.append(MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=_itself))
    return _blank[0].copy()
