"""What publishing twenty new articles costs in archives of several sizes.

    python -m benchmarks.publish_cost SOURCE FOLDER [--sizes 10000 100000] [--times 7]

Archives are made of SOURCE's passages in FOLDER (`benchmarks.made_archive`; one that is there is
used again). In each, twenty articles of one passage are stored and published `--times` times over,
each time with the archive opened anew, as a scheduled run does it, and their vectors given: what
is measured is the ledger and both indexes. It prints the median, what the parts of it take, and
the largest size's against the smallest's. Runs in which segments were merged count apart: merging
is paid once for every four segments, whatever an archive holds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import made_archive
from benchmarks.publisher import english
from vectorstore import Archive, Article, Passage
from vectorstore.backends.folder import FolderBackend
from vectorstore.index.dense import DenseIndex
from vectorstore.index.indexer import Indexer
from vectorstore.index.lexical import LexicalIndex
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedded, Embedder, Text

ARTICLES = 20
PARTS: tuple[tuple[type, str], ...] = (
    (Ledger, "put"),
    (Ledger, "group"),
    (LexicalIndex, "update"),
    (LexicalIndex, "sound"),
    (DenseIndex, "publish"),
    (DenseIndex, "verify"),
    (Indexer, "_drop_dead"),
    (Indexer, "_rewrite"),
    (FolderBackend, "_leave"),
)

spent: dict[str, float] = defaultdict(float)


@contextmanager
def timed() -> Iterator[None]:
    """Adds up the seconds of the parts, and embeds with made vectors."""
    plain = {(owner, name): getattr(owner, name) for owner, name in PARTS}
    embed, chance = Embedder.embed, np.random.default_rng(1)

    def made(_self: Embedder, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
        for number, text in enumerate(texts):
            rows = chance.normal(size=(1 + len(text.sentences), 384)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            yield number, Embedded(rows[0], rows[1:])

    for (owner, name), function in plain.items():
        setattr(owner, name, _adding(f"{owner.__name__}.{name}", function))
    Embedder.embed = made  # type: ignore[method-assign]
    try:
        yield
    finally:
        Embedder.embed = embed  # type: ignore[method-assign]
        for (owner, name), function in plain.items():
            setattr(owner, name, function)


def _adding(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **more)
        finally:
            spent[name] += time.perf_counter() - began

    return call


def publish(folder: Path, turn: int) -> tuple[float, bool]:
    """Seconds to open an archive and publish new articles in it; whether segments were merged."""
    began = time.perf_counter()
    with Archive.open(folder) as archive:
        before = len(archive._dense.manifest()["segments"])
        with archive.writing():
            for _ in archive.add(_articles(turn)):
                pass
            archive.index()
        return time.perf_counter() - began, len(archive._dense.manifest()["segments"]) <= before


def _articles(turn: int) -> Iterator[tuple[Article, list[Passage]]]:
    for number in range(ARTICLES):
        key = f"https://new.example/{turn}/{number}"
        body = (
            f"The council of town {number} met on day {turn}. It chose a plan of {turn * 7} steps."
        )
        middle = body.index(" It ")
        spans = ((0, middle), (middle + 1, len(body)))
        day = f"2026-01-{turn % 28 + 1:02}"
        made = english(key, f"Plan {turn}-{number}", body, "new", day)
        yield made, [Passage(0, len(body), spans)]


def run(folder: Path, times: int) -> tuple[float, dict[str, float]]:
    """The median seconds of a publication without merging, and those of its parts."""
    took, parts = [], []
    stem = time.time_ns()
    for turn in range(times):
        spent.clear()
        seconds, merged = publish(folder, stem + turn)
        if not merged:
            took.append(seconds)
            parts.append(dict(spent))
        print(f"  {seconds:.2f} s{' (merged)' if merged else ''}", flush=True)
    names = {name for part in parts for name in part}
    return statistics.median(took), {
        name: statistics.median(part.get(name, 0.0) for part in parts) for name in sorted(names)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--times", type=int, default=7)
    given = parser.parse_args()
    medians = []
    for size in given.sizes:
        made_archive.build(given.source, given.folder / str(size), size)
        print(f"{size:,} passages")
        with timed():
            median, parts = run(given.folder / str(size), given.times)
        medians.append(median)
        print(f"  median {median:.3f} s: " + ", ".join(f"{n} {s:.3f}" for n, s in parts.items()))
    print(f"{given.sizes[-1]:,} against {given.sizes[0]:,}: {medians[-1] / medians[0]:.2f}")


if __name__ == "__main__":
    main()
