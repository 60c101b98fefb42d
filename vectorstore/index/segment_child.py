"""The child process that writes the Chroma folders of segments, and verifies them.

Each line of its input is a folder as JSON: it reads FOLDER/vectors.npy, writes FOLDER/chroma, and
answers with a line, `{"error": "", "more": true}`. Everything is in Chroma's files and nothing in
its log, because the synchronisation threshold is the number of records. It ends when its input
does, after IDLE seconds without a folder, and when it has written MOST records, as what it has
allocated may stay with it. It imports nothing of the package, which would take it nearly half as
long again.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any

import numpy as np

COLLECTION = "passages"

BATCH = 5_000
"""Records an insert; Chroma takes 5,461 at most."""

CHECKED = 500
"""Vectors that are looked up before the segment is sealed, evenly spread."""


IDLE = 300.0
"""Seconds without anything to write after which the process ends."""

MOST = 20_000
"""Records after which it ends."""


def client_of(folder: Path) -> Any:
    """A Chroma client over a folder of its own."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, is_persistent=True)
    return chromadb.PersistentClient(str(folder), settings=settings)


class NotHeld(Exception):
    """The written files do not hold what they should."""


def serve() -> None:
    """Write the folders that are asked for, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the writer's, who closes the input
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    written, more = 0, True
    while more:
        waiting = threading.Timer(IDLE, os._exit, (0,))
        waiting.daemon = True
        waiting.start()
        line = sys.stdin.readline()
        waiting.cancel()
        if not line:
            return
        error = ""
        try:
            written += write(Path(json.loads(line)))
        except NotHeld as found:
            error = str(found)
        except Exception:
            error = traceback.format_exc()[-2000:]
        more = not error and written < MOST
        answers.write(json.dumps({"error": error, "more": more}) + "\n")
        answers.flush()


def write(folder: Path) -> int:
    """Write a segment's Chroma folder; returns its number of records.

    Raises NotHeld if it does not hold what it should.
    """
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
    return count


def _verify(collection: Any, vectors: Any) -> None:
    """Every checked vector must find one equal to it at the top, in the files as written."""
    if collection.count() != len(vectors):
        raise NotHeld(f"{collection.count()} records of {len(vectors)} were written")
    chosen = vectors[:: max(1, len(vectors) // CHECKED)]
    found = collection.query(query_embeddings=chosen, n_results=1, include=["distances"])
    worst = max(d[0] for d in found["distances"])
    if worst > 1e-3:
        raise NotHeld(f"a vector does not find itself (distance {worst:.4f})")


if __name__ == "__main__":
    serve()
