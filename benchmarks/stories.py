"""Which threshold tells copies from look-alikes, and what grouping costs.

    python -m benchmarks.stories ../shared [--time]

The set: real near-copies (White House documents that stand under two URLs), copies derived
from real articles as wires are edited (cut, re-headed, respelled, reworded, merged), and real
look-alikes: the same event written twice, proclamations of two years, and forms that are
filled in anew. Each look-alike is also tried as if another outlet had published it, which
takes the rule about headlines away. `--time` groups whole archives, without embedding.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from benchmarks.story_pairs import Pair, desks, edited, look_alikes, two_urls
from ingest.files import listing, read
from vectorstore import Archive, Article
from vectorstore.ledger import copies
from vectorstore.ledger.copies import Print


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--time", action="store_true")
    given = parser.parse_args()
    archives = given.shared / "archives"
    white = articles(archives / "white-house")
    register = articles(archives / "federal-register")
    sample = articles(Path(__file__).parents[1] / "ingest" / "sample")
    pairs = [
        *two_urls(white),
        *desks(sample),
        *edited(white, sample),
        *look_alikes(white, register, sample),
    ]
    table(pairs)
    kinds(pairs)
    if given.time:
        for name, group in (("White House", white), ("Federal Register", register)):
            timed(name, group)


def articles(folder: Path) -> list[Article]:
    return [a for a in read(listing([folder]).files) if isinstance(a, Article)]


def table(pairs: list[Pair]) -> None:
    """Precision and recall of each threshold; * marks the one in use."""
    long_enough = [p for p in pairs if _size(p) >= copies.SHORTEST]
    rows = [
        (*copies.similarity(a, b), copies.clashes(a, b), _size((kind, a, b, yes)), yes)
        for kind, a, b, yes in long_enough
        if copies.may_be_copies(a, b)
    ]
    yes = sum(p[3] for p in long_enough)
    print(f"{yes:,} copies, {len(long_enough) - yes:,} look-alikes")
    print("contained  clashing  precision  recall     F1")
    for contained, clashing in product((0.4, 0.5, 0.6, 0.7, 0.8, 0.9), (0.0, 0.03, 0.06, 1.0)):
        said = [
            real
            for c, alike, clash, size, real in rows
            if c >= (max(contained, copies.BRIEF_CONTAINED) if size < copies.BRIEF else contained)
            and alike >= copies.ALIKE
            and clash <= clashing
        ]
        precision, recall = sum(said) / max(1, len(said)), sum(said) / yes
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        used = (contained, clashing) == (copies.CONTAINED, copies.CLASHING)
        figures = f"{precision:10.3f} {recall:7.3f} {f1:6.3f}"
        print(f"{contained:9.2f} {clashing:9.2f} {figures}{' *' if used else ''}")


def kinds(pairs: list[Pair]) -> None:
    """By kind, at the thresholds in use: how many are taken for copies, also by the bands."""
    by_kind = defaultdict(list)
    for pair in pairs:
        kind, a, b, _ = pair
        if _size(pair) >= copies.SHORTEST:
            said = copies.are_copies(a, b)
            by_kind[kind].append((said, said and bool({*_bands(a)} & {*_bands(b)})))
    print(f"\n{'kind':42} pairs  taken for copies  also met by a band")
    for kind, found in sorted(by_kind.items()):
        said, met = (sum(column) for column in zip(*found, strict=True))
        print(f"{kind:42} {len(found):5} {said:17} {met:19}")


def _size(pair: Pair) -> int:
    return min(len(pair[1].shingles), len(pair[2].shingles))


def _bands(one: Print) -> list[int]:
    return copies.bands(copies.signature(one.shingles))


def timed(name: str, group: Iterable[Article]) -> None:
    """Group a whole archive whose articles have no passages, so that nothing is embedded."""
    group = list(group)
    with tempfile.TemporaryDirectory() as folder, Archive.open(folder, create=True) as archive:
        with archive.writing():
            began = time.perf_counter()
            for _ in archive.add((a, ()) for a in group):
                pass
            took = time.perf_counter() - began
        stories = archive._ledger.stories()
        grouped, largest = sum(stories.values()), max(stories.values(), default=0)
        print(f"\n{name}: {len(group):,} articles in {took:.0f} s")
        print(f"{len(stories):,} stories of {grouped:,} articles, the largest of {largest}")


if __name__ == "__main__":
    sys.exit(main())
