"""The child process that writes one segment's Chroma folder, verifies it, and ends.

`python segment_child.py FOLDER`: reads FOLDER/vectors.npy, writes FOLDER/chroma. Everything
is in Chroma's files and nothing in its log, because the synchronisation threshold is the number
of records. It imports nothing of the package, which would take it nearly half as long again.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

COLLECTION = "passages"

BATCH = 5_000
"""Records an insert; Chroma takes 5,461 at most."""

CHECKED = 500
"""Vectors that are looked up before the segment is sealed, evenly spread."""


def client_of(folder: Path) -> Any:
    """A Chroma client over a folder of its own."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, is_persistent=True)
    return chromadb.PersistentClient(str(folder), settings=settings)


def write(folder: Path) -> None:
    """Write a segment's Chroma folder; raises SystemExit if it does not hold what it should."""
    vectors = np.load(folder / "vectors.npy").astype(np.float32)
    count = len(vectors)
    client = client_of(folder / "chroma")
    hnsw = {"space": "cosine", "sync_threshold": max(2, count), "batch_size": max(2, count)}
    collection = client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": hnsw}
    )
    for i in range(0, count, BATCH):
        part = vectors[i : i + BATCH]
        collection.add(ids=[str(i + j) for j in range(len(part))], embeddings=part)
    client.close()
    with tempfile.TemporaryDirectory(dir=folder.parent) as copy:
        shutil.copytree(folder / "chroma", Path(copy) / "chroma")
        again = client_of(Path(copy) / "chroma")
        _verify(again.get_collection(COLLECTION, embedding_function=None), vectors)
        again.close()


def _verify(collection: Any, vectors: Any) -> None:
    """Every checked vector must find one equal to it at the top, in the files as written."""
    if collection.count() != len(vectors):
        raise SystemExit(f"{collection.count()} records of {len(vectors)} were written")
    chosen = vectors[:: max(1, len(vectors) // CHECKED)]
    found = collection.query(query_embeddings=chosen, n_results=1, include=["distances"])
    worst = max(d[0] for d in found["distances"])
    if worst > 1e-3:
        raise SystemExit(f"a vector does not find itself (distance {worst:.4f})")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
