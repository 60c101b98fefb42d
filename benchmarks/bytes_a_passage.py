"""What a passage takes on disk, part by part, and what a Chroma server takes for the same rows.

    python -m benchmarks.bytes_a_passage FOLDER --passages 20000

Makes an archive of so many passages out of the sample's (see made_archive) in FOLDER, and starts
a Chroma server on loopback for the comparison. Prints bytes a passage, the server's memory, and
medians of search in the dense index alone, side by side: without a filter, with one that most
rows pass, and with one that few do.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from benchmarks.made_archive import DAYS, FIRST, OUTLETS, build
from ingest import add_sample
from tests.chroma import ChromaServer
from vectorstore import Archive, Filters
from vectorstore.durable import size
from vectorstore.index.form import VectorIndex
from vectorstore.index.served import ServedIndex
from vectorstore.index.serving import Serving

ASKED = 40
"""Queries a measurement."""

FILTERS = {
    "no filter": Filters(),
    "as of a day, 90 % pass": Filters(as_of=FIRST + timedelta(int(0.9 * DAYS))),
    "a month, 1 % pass": Filters(
        since=FIRST + timedelta(2_000), until=FIRST + timedelta(2_000 + DAYS // 100)
    ),
    "an outlet of forty": Filters(outlets=(OUTLETS[9],)),
}


def main() -> None:
    """Makes the archive where it is not there yet, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=20_000)
    given = parser.parse_args()
    source, target = given.folder / "sample", given.folder / f"made-{given.passages}"
    with Archive.open(source, create=True) as archive:
        add_sample(archive)
    build(source, target, given.passages)
    with Archive.open(target) as archive, serving(given.folder / "chroma") as (server, served):
        rows, empty = archive.status().passages, server.memory()
        began = time.perf_counter()
        copy(archive, served)
        print(
            f"{rows:,} passages; into Chroma's server {rows / (time.perf_counter() - began):,.0f}/s"
        )
        lexical = size(target / "lexical") + (target / "lexical-words.json").stat().st_size
        parts = {
            "ledger": (target / "ledger.sqlite3").stat().st_size,
            "lexical index": lexical,
            "dense index, embedded": sum(
                size(target / "dense" / s["name"]) for s in archive._dense.manifest()["segments"]
            ),
            "dense index, Chroma's server": size(server.folder),
            "memory of Chroma's server, above an empty one's": server.memory() - empty,
        }
        print(f"an empty Chroma server takes {empty / 1e6:,.0f} MB of memory")
        for name, taken in parts.items():
            print(f"| {name} | {taken / rows:,.0f} |")
        questions = some(archive, ASKED)
        for name, filters in FILTERS.items():
            took = [timed(one, questions, filters) for one in (archive._dense, served)]
            print(f"| {name} | {took[0]:.1f} ms | {took[1]:.1f} ms |")


class Measured(ChromaServer):
    """A server whose memory is looked at."""

    def memory(self) -> int:
        """Bytes that are resident, of the process and its children."""
        process = psutil.Process(self.pid)
        own = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in own)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Measured, ServedIndex]]:
    """A server on loopback, and an index on it."""
    server = Measured(folder)
    server.start()
    index = ServedIndex(Serving(url=server.url), "measured")
    try:
        index.clear()
        yield server, index
    finally:
        index.close()
        server.stop()


def copy(archive: Archive, served: ServedIndex) -> None:
    """Bring an archive's vectors into another index, as the indexer would."""
    from vectorstore.index.indexer import Indexer

    model = archive.embedder.identity
    Indexer(archive._ledger, served, archive._lexical, model).follow(lambda *_: None)


def some(archive: Archive, count: int) -> Sequence[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """Vectors to ask with: those of passages, moved a little."""
    ids = archive._dense.ids(archive._dense.manifest()["segments"][0]["name"])
    held = archive._dense.lookup()(ids[:: max(1, len(ids) // count)][:count])
    noise = np.random.default_rng(3)
    moved = [v.astype(np.float32) + noise.normal(0, 0.02, len(v)) for v in held.values()]
    return [np.asarray(v / np.linalg.norm(v), dtype=np.float32) for v in moved]


def timed(index: VectorIndex, questions: Sequence[np.ndarray], filters: Filters) -> float:  # type: ignore[type-arg]
    """The median milliseconds of a search for a hundred."""
    index.search(questions[0], 100, filters)
    took = []
    for question in questions:
        began = time.perf_counter()
        index.search(question, 100, filters)
        took.append(1_000 * (time.perf_counter() - began))
    return median(took)


if __name__ == "__main__":
    main()
