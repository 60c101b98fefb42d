"""One sealed segment of the dense index: a Chroma folder that is written once.

A segment's folder holds `rows.npz` (passage ids, days, outlets, languages, and the subjects and
places of some rows), `articles.npy` (the rows' article ids, sorted), `vectors.npy`
(float16[n, dim]) and `chroma/`, built from them by a child process that has closed it before the
segment is sealed (`building`). Record "17" in Chroma is row 17. Opening a Chroma folder writes
to its SQLite file, and for a small index to its HNSW files too (measured, chromadb 1.5.9), so a
reader opens a private copy. The sealed files never change, and their digests hold.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
import weakref
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from vectorstore.durable import digests
from vectorstore.errors import IndexDamaged
from vectorstore.filters import Filters
from vectorstore.index.segment_child import COLLECTION, client_of
from vectorstore.ledger import tags

NO_DAY = 0
"""The day of a passage whose article has no published date."""

VIEW, LOCK = "dateline-view-", "in-use.lock"
ROWS, ARTICLES, VECTORS = "rows.npz", "articles.npy", "vectors.npy"
NEW_SECONDS = 60.0
"""A view younger than this may not have its lock yet."""

BLOCK = 256
"""Rows that are made float32 at once: 0.4 MB, which stay in the cache of the processor."""

AIMED, LIFTED = np.float32(2.0**60), np.float32(2.0**52)
"""Together what `_scaled` divides by; in two steps, so that no product is subnormal."""

Floats = npt.NDArray[np.float32]
Owners = npt.NDArray[np.bytes_]
log = logging.getLogger(__name__)


class Rows(NamedTuple):
    """The rows of a segment to be; a day is an ordinal, NO_DAY if unknown."""

    ids: Sequence[str]
    days: Sequence[int]
    outlets: Sequence[str]
    languages: Sequence[str]
    vectors: npt.NDArray[np.float16]
    tags: Sequence[Sequence[str]] = ()


def code(name: str) -> int:
    """A stable 32-bit number for an outlet, language or tag; hydration checks the name itself."""
    return zlib.crc32(name.encode())


def read_ids(folder: Path) -> list[str]:
    """The passage ids of a segment, row by row."""
    return [i.decode() for i in np.load(folder / ROWS)["ids"]]


def article_ids(ids: Owners) -> Owners:
    """The articles of passages: the first 16 characters of each id."""
    return ids.astype("S16")


def count_rows(folder: Path, articles: Sequence[str]) -> int:
    """How many rows of a segment are passages of these articles; looks at as few of its pages as
    there are articles. Raises OSError, ValueError or KeyError if it cannot be read."""
    wanted = np.array(articles, dtype="S16")
    try:
        held = np.load(folder / ARTICLES, mmap_mode="r")
    except FileNotFoundError:  # sealed before the articles were kept
        held = np.sort(article_ids(np.load(folder / ROWS)["ids"]))
    first, end = (np.searchsorted(held, wanted, side) for side in ("left", "right"))
    return int((end - first).sum())


class Segment:
    """An open segment. Closed, and its view removed, when nothing refers to it any more."""

    def __init__(self, folder: Path, sealed: dict[str, str]) -> None:
        """Raises IndexDamaged if a file is missing, added or changed since it was sealed."""
        if not folder.is_dir() or digests(folder) != sealed:
            raise IndexDamaged(f"the dense segment {folder.name} is not as it was sealed")
        rows = np.load(folder / ROWS)
        self.name = folder.name
        self.ids: list[str] = [i.decode() for i in rows["ids"]]
        self._days = rows["days"]
        self._outlets = rows["outlets"]
        # A segment sealed before languages were kept admits all; hydration checks them
        self._languages = rows.get("languages")
        # One sealed before tags were kept is of articles without any
        none = np.zeros(0, dtype=np.uint32)
        self._tags, self._tagged = rows.get("tags", none), rows.get("tagged", none)
        view, lock = _view(folder)
        # Of the copy: a sealed file that is cut short while it is mapped would end the process
        self._vectors = np.load(view / VECTORS, mmap_mode="r")
        self._view, self._clients, self._opening = view, list[Any](), threading.Lock()
        weakref.finalize(self, _close, self._clients, view, lock)

    def __len__(self) -> int:
        return len(self.ids)

    def admitted(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Which rows the filters let through."""
        keep = np.ones(len(self), dtype=bool)
        dated = self._days != NO_DAY
        if filters.since is not None:
            keep &= dated & (self._days >= filters.since.toordinal())
        if filters.until is not None:
            keep &= dated & (self._days <= filters.until.toordinal())
        if filters.as_of is not None:
            keep &= ~dated | (self._days <= filters.as_of.toordinal())
        if filters.outlets:
            keep &= np.isin(self._outlets, [code(o) for o in filters.outlets])
        if filters.languages and self._languages is not None:
            keep &= np.isin(self._languages, [code(x) for x in filters.languages])
        for words in tags.filter_codes(filters):
            named = np.zeros(len(self), dtype=bool)
            named[self._tagged[np.isin(self._tags, [code(w) for w in words])]] = True
            keep &= named
        return keep

    def nearest(self, query: Floats, k: int) -> list[tuple[int, float]]:
        """The k nearest rows by HNSW, with their cosines, best first."""
        k = min(k, len(self))
        found: Any = self._collection().query(
            query_embeddings=[query], n_results=k, include=["distances"]
        )
        rows, distances = found["ids"][0], found["distances"][0]
        return [(int(r), 1 - d) for r, d in zip(rows, distances, strict=True)]

    def _collection(self) -> Any:
        """Chroma's, opened when HNSW is first asked: its import takes as long as the rest of a
        question's start, and few rows are compared one by one."""
        with self._opening:
            if not self._clients:
                self._clients.append(client_of(self._view))
            return self._clients[0].get_collection(COLLECTION, embedding_function=None)

    def exact(self, query: Floats, k: int, rows: npt.NDArray[np.intp]) -> list[tuple[int, float]]:
        """The k nearest of the given rows by arithmetic over their vectors."""
        if not len(rows):
            return []
        parts = [rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK)]
        aimed = query * AIMED
        taken = [_scaled(np.take(self._vectors, part, axis=0)) @ aimed for part in parts]
        cosines = np.concatenate(taken) * LIFTED
        best = np.argsort(-cosines, kind="stable")[:k]
        return [(int(rows[i]), float(cosines[i])) for i in best]


def _scaled(halves: npt.NDArray[np.float16]) -> Floats:
    """Finite float16 as float32, divided by 2**112: a shift of the bits, where numpy's own
    conversion takes five times as long (3.8 ms to 0.7 for 5,000 rows of 384)."""
    bits = halves.view(np.int16).astype(np.int32) << 13
    return (bits & np.int32(-0x70000001)).view(np.float32)


def _view(sealed: Path) -> tuple[Path, FileLock]:
    """A private folder of copies of the sealed files, as a reader writes to all of them.

    It is locked while it is used, so that one left behind by a killed process is known by
    its free lock, and removed here.
    """
    for old in Path(tempfile.gettempdir()).glob(f"{VIEW}*"):
        _remove_if_abandoned(old)
    view = Path(tempfile.mkdtemp(prefix=VIEW))
    lock = FileLock(view / LOCK)
    lock.acquire()
    shutil.copytree(sealed / "chroma", view, dirs_exist_ok=True, copy_function=shutil.copyfile)
    for folder in (view, *(path for path in view.rglob("*") if path.is_dir())):
        folder.chmod(0o700)  # the sealed ones may be closed
    shutil.copyfile(sealed / VECTORS, view / VECTORS)
    return view, lock


def _remove_if_abandoned(view: Path) -> None:
    try:
        if time.time() - view.stat().st_mtime < NEW_SECONDS:
            return
        with FileLock(view / LOCK, timeout=0):
            shutil.rmtree(view, ignore_errors=True)
    except (OSError, Timeout):  # in use, gone already, or another user's
        return


def _close(clients: Sequence[Any], view: Path, lock: FileLock) -> None:
    try:
        for client in clients:
            client.close()
    finally:
        shutil.rmtree(view, ignore_errors=True)
        lock.release()
