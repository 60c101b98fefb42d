"""How long a search takes in a large archive, with each kind of filter, beside two peers.

    python -m benchmarks.search_speed SOURCE [--archive DIR] [--passages N] [--questions N]

SOURCE is a real archive, of which one of N passages is made (made_archive.py), in DIR, unless
it is there. Each question is asked of each system in turn, so that what else the machine does
falls on all alike; a filter's ratio is to the same system without it, over the same questions.

Dateline is `Archive.search(k=10)`: the question embedded, both indexes, scores, hydration. The
embedding is also timed alone. The peers get the question's vector for nothing, and return
ids: Chroma by itself, all passages in one collection with `where`, and bm25s with a mask.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.made_archive import FIRST, OUTLETS, build
from vectorstore import Archive, Filters
from vectorstore.models.embedder import Embedder

K = 10
QUESTIONS = Path(__file__).with_name("questions.jsonl")
CHROMA_BATCH = 5_000

FILTERS: dict[str, Filters] = {
    "none": Filters(),
    "one month": Filters(since=date(2020, 3, 1), until=date(2020, 3, 31)),
    "one year": Filters(since=date(2020, 1, 1), until=date(2020, 12, 31)),
    "since half-way": Filters(since=date(2019, 7, 1)),
    "as of a tenth": Filters(as_of=date(2015, 2, 5)),
    "as of half-way": Filters(as_of=date(2019, 7, 1)),
    "as of the end": Filters(as_of=date(2024, 12, 1)),
    "a large outlet": Filters(outlets=(OUTLETS[0],)),
    "a small outlet": Filters(outlets=(OUTLETS[-1],)),
    "most of the language": Filters(languages=("en",)),
    "a rare language": Filters(languages=("ja",)),
    "outlet and year": Filters(
        outlets=(OUTLETS[1],), since=date(2020, 1, 1), until=date(2020, 12, 31)
    ),
}
"""None to 99 % of the passages."""

Ask = Callable[[str, Any, Filters], object]


def dateline(archive: Archive) -> Ask:
    return lambda question, _vector, filters: archive.search(question, k=K, filters=filters)


def chroma(rows: list[Any], folder: Path) -> Ask:
    """One collection with days, outlets and languages as metadata, without the texts."""
    import chromadb

    settings = chromadb.config.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder), settings=settings)
    made = client.get_or_create_collection(
        "passages", embedding_function=None, metadata={"hnsw:space": "cosine"}
    )
    for at in range(made.count(), len(rows), CHROMA_BATCH):
        part = rows[at : at + CHROMA_BATCH]
        made.add(
            ids=[r.id for r in part],
            embeddings=[np.frombuffer(r.passage, dtype=np.float16).astype("f4") for r in part],
            metadatas=[
                {"day": r.published_day, "outlet": r.outlet, "language": r.language} for r in part
            ],
        )
    return lambda _question, vector, filters: made.query(
        query_embeddings=[vector], n_results=K, where=_where(filters), include=["distances"]
    )


def bm25s(rows: list[Any]) -> Ask:
    """The library over the passages; a filter is a mask made from arrays of what it names."""
    import bm25s as library
    import Stemmer

    stemmer = Stemmer.Stemmer("english").stemWords
    index = library.BM25()
    more = {"stopwords": "en", "stemmer": stemmer, "show_progress": False}
    index.index(library.tokenize([r.text for r in rows], **more), show_progress=False)
    days = np.array([r.published_day for r in rows])
    outlets = np.array([r.outlet for r in rows])
    languages = np.array([r.language for r in rows])

    def ask(question: str, _vector: Any, filters: Filters) -> object:
        keep = np.ones(len(rows), dtype=bool)
        if filters.since:
            keep &= days >= filters.since.toordinal()
        if last := min(filter(None, (filters.until, filters.as_of)), default=None):
            keep &= days <= last.toordinal()
        if filters.outlets:
            keep &= np.isin(outlets, filters.outlets)
        if filters.languages:
            keep &= np.isin(languages, filters.languages)
        mask = keep.astype(np.float32) if filters else None
        tokens = library.tokenize([question], **more)
        return index.retrieve(tokens, k=K, weight_mask=mask, show_progress=False)

    return ask


def _where(filters: Filters) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = []
    if filters.since:
        found.append({"day": {"$gte": filters.since.toordinal()}})
    if last := min(filter(None, (filters.until, filters.as_of)), default=None):
        found.append({"day": {"$lte": last.toordinal()}})
    if filters.outlets:
        found.append({"outlet": {"$in": list(filters.outlets)}})
    if filters.languages:
        found.append({"language": {"$in": list(filters.languages)}})
    return {"$and": found} if len(found) > 1 else next(iter(found), None)


def measured(
    systems: dict[str, Ask], embedder: Embedder, questions: list[str]
) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each question by system and filter, and of the embedding alone."""
    took: dict[str, dict[str, list[float]]] = {name: {} for name in (*systems, "embedding")}
    for filters in FILTERS.values():  # warm
        for ask in systems.values():
            ask(questions[0], embedder.query(questions[0]), filters)
    for question in questions:
        for kind, filters in FILTERS.items():
            began = time.perf_counter()
            vector = embedder.query(question)
            _note(took["embedding"], kind, began)
            for name, ask in systems.items():
                began = time.perf_counter()
                ask(question, vector, filters)
                _note(took[name], kind, began)
    return took


def _note(took: dict[str, list[float]], kind: str, began: float) -> None:
    took.setdefault(kind, []).append((time.perf_counter() - began) * 1000)


def table(took: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    """Median and 95th percentile in ms by filter, and the ratio of medians to no filter."""
    yield f"{'':22}" + "".join(f"{name:>30}" for name in took)
    yield f"{'':22}" + f"{'median':>12}{'p95':>9}{'ratio':>9}" * len(took)
    for kind in FILTERS:
        line = f"{kind:22}"
        for own in took.values():
            median, plain = np.median(own[kind]), np.median(own["none"])
            line += f"{median:12.1f}{np.percentile(own[kind], 95):9.1f}{median / plain:9.2f}"
        yield line


def run(args: argparse.Namespace, work: Path) -> None:
    build(args.source, work / "made", args.passages)
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    with Archive.open(work / "made") as archive:
        systems = {"dateline": dateline(archive)}
        if not args.alone:
            ids = [c.id for c in archive._ledger.changes(0, 10**9)]
            rows = list(archive._ledger.passages_of(ids, archive.embedder.identity))
            systems |= {"chroma": chroma(rows, work / "chroma"), "bm25s": bm25s(rows)}
        took = measured(systems, archive.embedder, questions[: args.questions])
        print(f"{archive.status().passages} passages from {FIRST}, {args.questions} questions")
    for line in table(took):
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--archive", type=Path, help="where the made archive is, or is built")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        run(args, args.archive or Path(temporary))


if __name__ == "__main__":
    main()
