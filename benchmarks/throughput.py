"""From web pages on disk to searchable: articles a second, where the time goes, and the ratio to
embedding alone.

    python -m benchmarks.throughput [FOLDER] [--limit N]

FOLDER holds pages as .html or .html.gz (by default those of the article extraction benchmark).
They are read once before, so that they are warm. Embedding alone runs over the very passages
that the ingest made, in the same process after it, with the same batches.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from benchmarks.extraction import FOLDER
from ingest import pipeline
from vectorstore import Archive
from vectorstore.ledger.ledger import Ledger
from vectorstore.models.embedder import Embedder, Text
from vectorstore.writing import EMBED_AT_ONCE

Spent = defaultdict[str, float]


def warm(folder: Path, into: Path, limit: int) -> int:
    """Unpacked copies of the pages, read once; how many."""
    count = 0
    for path in sorted(folder.rglob("*.html*"))[:limit]:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        target = into / path.name.removesuffix(".gz")
        target.write_bytes(data)
        target.read_bytes()
        count += 1
    return count


def watch(spent: Spent, owner: Any, name: str, stage: str) -> None:
    """Add the time of a function's calls to a stage; a generator's, of its steps."""
    plain: Callable[..., Any] = getattr(owner, name)

    @wraps(plain)
    def timed(*args: Any, **more: Any) -> Any:
        start = time.perf_counter()
        found = plain(*args, **more)
        spent[stage] += time.perf_counter() - start
        return _steps(spent, stage, found) if isinstance(found, Iterator) else found

    setattr(owner, name, timed)


def _steps(spent: Spent, stage: str, items: Iterator[Any]) -> Iterator[Any]:
    while True:
        start = time.perf_counter()
        try:
            item = next(items)
        except StopIteration:
            return
        finally:
            spent[stage] += time.perf_counter() - start
        yield item


def ingested(source: Path, store: Path) -> tuple[Spent, float, int, list[Text]]:
    """Seconds by stage and in all, articles, and the texts that were embedded."""
    spent: Spent = defaultdict(float)
    texts: list[Text] = []
    plain = Embedder.embed

    def embed(self: Embedder, given: Any) -> Any:
        texts.extend(given)
        return plain(self, given)

    Embedder.embed = embed  # type: ignore[method-assign]
    watch(spent, Embedder, "embed", "embedding")
    watch(spent, pipeline, "read", "waiting for pages to be parsed")
    watch(spent, pipeline, "passages", "cutting passages")
    watch(spent, pipeline, "settle", "boilerplate and stories")
    watch(spent, Ledger, "put", "writing the ledger")
    watch(spent, Archive, "index", "writing both indexes")
    with Archive.open(store, create=True) as archive:
        list(archive.embedder.embed([Text("Warm the model up.", ((0, 18),))]))
        spent.clear()
        texts.clear()
        start = time.perf_counter()
        report = pipeline.run(archive, [source])
        seconds = time.perf_counter() - start
    Embedder.embed = plain  # type: ignore[method-assign]  # what follows is not counted
    return spent, seconds, report.new, texts


def alone(texts: list[Text]) -> float:
    """Seconds that embedding these texts takes when nothing else happens."""
    embedder = Embedder()
    list(embedder.embed(texts[:8]))
    start = time.perf_counter()
    for at in range(0, len(texts), EMBED_AT_ONCE):
        list(embedder.embed(texts[at : at + EMBED_AT_ONCE]))
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER / "html")
    parser.add_argument("--limit", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        source, store = Path(temporary) / "pages", Path(temporary) / "archive"
        source.mkdir()
        count = warm(options.folder, source, options.limit)
        spent, seconds, articles, texts = ingested(source, store)
    embedding = alone(texts)
    print(f"{count} pages, {articles} articles, {len(texts)} passages in {seconds:.1f} s")
    print(f"{articles / seconds:.2f} articles a second")
    spent["everything else"] = seconds - sum(spent.values())
    for stage, took in sorted(spent.items(), key=lambda row: -row[1]):
        print(f"  {took:7.1f} s  {took / seconds:5.1%}  {stage}")
    print(
        f"embedding alone: {embedding:.1f} s; the whole takes {seconds / embedding:.2f} times that"
    )
    print(f"all but embedding: {(seconds - spent['embedding']) / seconds:.1%} of the time")


if __name__ == "__main__":
    main()
