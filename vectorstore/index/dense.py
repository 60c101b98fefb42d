"""The dense index: sealed segments and the manifest that names the live ones.

The manifest is replaced by an atomic rename. Retired segments stay on disk for a while,
for readers that still use them.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from heapq import nlargest
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.durable import Stamps, digests, sync_folder, write_json
from vectorstore.errors import IndexDamaged
from vectorstore.filters import Filters
from vectorstore.index.building import Builder
from vectorstore.index.form import Halves, Lookup
from vectorstore.index.manifest import (
    DEAD_SHARE,
    EMPTY,
    dead_rows,
    file_stamp,
    mergeable,
    read_manifest,
)
from vectorstore.index.nearest import nearest
from vectorstore.index.segment import VECTORS, Floats, Rows, Segment, count_rows, read_ids

log = logging.getLogger(__name__)

RETIRED_SECONDS = 600.0
"""How long a retired segment stays for those who still read it."""


class DenseIndex:
    """The segments under one folder; any number of readers, one writer at a time."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest_path = folder / "manifest.json"
        self._stamps = Stamps(folder / "stamps.json")
        self._builder = Builder()
        self._open: dict[str, Segment] = {}
        self._stamp: tuple[int, int] | None = None
        self._model: tuple[tuple[int, int] | None, str] = (None, "")
        self._lock = threading.Lock()
        # Chroma lets go of the interpreter: four segments took 12 ms instead of 15, on 2 busy cores
        self._at_once = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="segments")
        self.damaged = False

    def segments(self) -> tuple[Segment, ...]:
        """The live segments, opened as the newest manifest names them.

        A segment that is not as it was sealed is left out and sets `damaged`; one that
        could not be opened for another reason is left out and tried again.
        """
        with self._lock:
            stamp = file_stamp(self._manifest_path)
            if stamp != self._stamp:
                self.damaged = False
                self._open, complete = self._opened(self.manifest()["segments"])
                self._stamp = stamp if complete else None
            return tuple(self._open.values())

    def search(self, query: Floats, k: int, filters: Filters) -> dict[str, float]:
        """The k nearest passages: passage id -> cosine."""
        segments = self.segments()
        each = self._at_once.map if len(segments) > 1 else map
        several = each(lambda segment: nearest(segment, query, k, filters), segments)
        found: dict[str, float] = {}
        for segment, hits in zip(segments, several, strict=True):
            found.update((segment.ids[row], cosine) for row, cosine in hits)
        best = nlargest(k, found.items(), key=itemgetter(1))
        return dict(best)

    def manifest(self) -> dict[str, Any]:
        """The manifest as it stands on disk; an empty one where there is none."""
        try:
            return read_manifest(self._manifest_path)
        except FileNotFoundError:
            return dict(EMPTY)
        except ValueError:
            self.damaged = True
            return dict(EMPTY)

    def model(self) -> str:
        """The embedding model that the live segments are of; "" where there are none."""
        stamp = file_stamp(self._manifest_path)
        if stamp != self._model[0]:
            manifest = self.manifest()
            self._model = (stamp, str(manifest["model"]) if manifest["segments"] else "")
        return self._model[1]

    def cursor(self) -> int:
        """The last sequence number that is in the segments; 0 for none."""
        return int(self.manifest()["seq"])

    def ids(self, name: str) -> list[str]:
        """The passage ids of a live segment, read without opening Chroma."""
        return read_ids(self.folder / name)

    def answers(self) -> bool:
        """Whether no live segment is left out, as it is not as it was sealed."""
        self.segments()
        return not self.damaged

    def lookup(self, without: Collection[str] = ()) -> Lookup:
        """A look-up of the newest row of each passage, in the files as they lie.

        Raises OSError, ValueError or KeyError if a segment cannot be read.
        """
        found: dict[str, tuple[Halves, int]] = {}
        for name in self._names(without):
            vectors = np.load(self.folder / name / VECTORS, mmap_mode="r")
            found.update((i, (vectors, row)) for row, i in enumerate(self.ids(name)))
        return lambda ids: {i: found[i][0][found[i][1]] for i in ids if i in found}

    def where(self) -> str:
        return str(self.folder)

    def close(self) -> None:
        """Let go of the open segments; they are opened again when asked for."""
        self._builder.close()
        with self._lock:
            self._open, self._stamp = {}, None

    # -- writing (under the archive's write lock) -----------------------------------

    def publish(
        self,
        model: str,
        rows: Rows,
        *,
        seq: int | None = None,
        replaced: Iterable[str] = (),
        articles: Iterable[str] = (),
    ) -> str:
        """Seal a segment of these rows and name it in the manifest, in place of others.

        `seq` is the sequence number that the segments now reach; it is in the manifest, so
        that segments and cursor change in one rename.
        """
        manifest = self.manifest()
        replaced = set(replaced)
        gone = set(replaced)
        if manifest["model"] != model:
            gone |= {s["name"] for s in manifest["segments"]}
        keep = [s for s in manifest["segments"] if s["name"] not in gone]
        worn = dead_rows([s for s in manifest["segments"] if s["name"] in replaced], rows)
        self._wear(keep, articles)
        name = f"seg-{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(3)}"
        if rows.ids:
            aside = self.folder / f"building-{name}"
            files = self._builder.build(aside, rows)
            aside.rename(self.folder / name)
            sync_folder(self.folder)
            keep.append({"name": name, "rows": len(rows.ids), "files": files, "worn": worn})
        now = time.time()
        retired = manifest["retired"] + [{"name": g, "at": now} for g in sorted(gone)]
        reached = manifest["seq"] if seq is None else seq
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {"model": model, "seq": reached, "segments": keep, "retired": retired}
        write_json(self._manifest_path, state)
        self._sweep(state)
        return name

    def worn_segments(self) -> list[str]:
        entries = self.manifest()["segments"]
        return [s["name"] for s in entries if s.get("worn", s["rows"]) > DEAD_SHARE * s["rows"]]

    def note_dead_rows(self, dead: Mapping[str, int]) -> None:
        manifest = self.manifest()
        for entry in manifest["segments"]:
            entry["worn"] = dead.get(entry["name"], entry.get("worn", entry["rows"]))
        write_json(self._manifest_path, manifest)

    def to_merge(self) -> list[list[str]]:
        """Groups of segments that are due to become one, by name."""
        return mergeable(self.manifest()["segments"])

    def verify(self, *, thorough: bool = True) -> list[str]:
        read = digests if thorough else self._stamps.digests
        entries = self.manifest()["segments"]
        return [e["name"] for e in entries if read(self.folder / e["name"]) != e["files"]]

    def clear(self) -> None:
        """Retire everything; the ledger can write it again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest = self.manifest()
        self.damaged = False
        now = time.time()
        gone = [{"name": s["name"], "at": now} for s in manifest["segments"]]
        retired = manifest["retired"] + gone
        write_json(self._manifest_path, EMPTY | {"retired": retired})

    def _names(self, without: Collection[str] = ()) -> list[str]:
        """The live segments but some, oldest first."""
        return [s["name"] for s in self.manifest()["segments"] if s["name"] not in without]

    def _wear(self, entries: Iterable[dict[str, Any]], articles: Iterable[str]) -> None:
        """Count in each segment the rows of articles that newer ones follow. At most: a row that
        is followed twice counts twice, and one of a segment that cannot be read not at all."""
        changed = list(articles)
        for entry in entries:
            if "worn" in entry and changed:
                try:
                    entry["worn"] += count_rows(self.folder / entry["name"], changed)
                except (OSError, ValueError, KeyError) as error:
                    log.warning("dead rows of %s are not counted: %s", entry["name"], error)

    def _opened(self, entries: Iterable[dict[str, Any]]) -> tuple[dict[str, Segment], bool]:
        """The segments that open, and whether those left out would fail again."""
        found, complete = {}, True
        for entry in entries:
            name = entry["name"]
            try:
                found[name] = self._open.get(name) or Segment(self.folder / name, entry["files"])
            except IndexDamaged as error:
                log.error("dense segment left out: %s; run `dateline rebuild`", error)
                self.damaged = True
            except Exception:
                log.exception("dense segment %s could not be opened; trying again", name)
                complete = False
        return found, complete

    def _sweep(self, manifest: dict[str, Any]) -> None:
        """Remove what no manifest has named for a while: retired and half-built folders."""
        now = time.time()
        fresh = {r["name"] for r in manifest["retired"] if now - r["at"] < RETIRED_SECONDS}
        named = fresh | {s["name"] for s in manifest["segments"]}
        for path in self.folder.iterdir():
            if path.is_dir() and path.name not in named:
                shutil.rmtree(path, ignore_errors=True)
        self._stamps.forget(named)
        if any(r["name"] not in fresh for r in manifest["retired"]):
            manifest["retired"] = [r for r in manifest["retired"] if r["name"] in fresh]
            write_json(self._manifest_path, manifest)
