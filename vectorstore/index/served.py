"""The dense index on a Chroma server: one collection for each generation of vectors.

A collection whose metadata is the manifest names the live generation. New rows go into it, those
of replaced and withdrawn passages are deleted, and the manifest moves last, so that a run which
was killed is done again. Another model, or a rebuild, fills a new collection and the manifest
names it in one step. `chroma run`, distributed Chroma and Chroma Cloud speak the same protocol.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from vectorstore.errors import IndexAway, IndexDamaged
from vectorstore.filters import Filters
from vectorstore.index.chroma import PAUSE, READING, WRITING, Connection
from vectorstore.index.form import Halves, Lookup
from vectorstore.index.segment import Floats, Rows
from vectorstore.index.served_rows import (
    checked_collection,
    create,
    delete_dead,
    list_collections,
    nearest,
    upsert,
)
from vectorstore.index.serving import Serving

EMPTY: dict[str, Any] = {"model": "", "seq": 0, "segments": [], "retired": []}
FRESH = 1.0
"""Seconds in which a reader relies on the manifest as it last saw it."""

UNKNOWN = -1
"""The number of rows while a writer is at work, or after one was killed."""


class ServedIndex:
    """One archive's vectors on a server, told from other archives' by the name's beginning."""

    shared = True

    def __init__(self, serving: Serving, name: str) -> None:
        self.name, self.damaged = name, False
        self._reading = Connection(serving, READING, pause=PAUSE)
        self._writing = Connection(serving, WRITING)
        self._seen: tuple[float, dict[str, Any]] | None = None
        self._collections: dict[str, Any] = {}

    # -- reading --------------------------------------------------------------------

    def search(self, query: Floats, k: int, filters: Filters) -> dict[str, float]:
        """The k nearest passages: passage id -> cosine. Raises IndexAway while the server does
        not answer, IndexDamaged where the collection that the manifest names is gone."""
        from chromadb.errors import NotFoundError

        for fresh in (False, True):
            found = self._manifest(self._reading, fresh=fresh)
            if not found["segments"]:
                return {}
            name = found["segments"][0]["name"]
            with self._reading.client() as client:
                try:
                    return nearest(self._collection(client, name), query, k, filters)
                except NotFoundError:  # another generation may have taken its place just now
                    self._collections.pop(name, None)
        self.damaged = True
        raise IndexDamaged(f"the collection {name} is gone from {self.where()}")

    def manifest(self) -> dict[str, Any]:
        return self._manifest(self._reading, fresh=True)

    def model(self) -> str:
        try:
            found = self._manifest(self._reading)
        except IndexAway:
            return ""
        return str(found["model"]) if found["segments"] else ""

    def cursor(self) -> int:
        return int(self.manifest()["seq"])

    def ids(self, name: str) -> list[str]:
        with self._writing.client() as client:
            found = checked_collection(client, name).get(include=[])
        return list(found["ids"])

    def answers(self) -> bool:
        try:
            self._manifest(self._reading)
        except IndexAway:
            return False
        return not self.damaged

    def lookup(self, without: Collection[str] = ()) -> Lookup:
        entries = [s for s in self.manifest()["segments"] if s["name"] not in without]
        return lambda ids: self._vectors(entries[0]["name"], ids) if entries else {}

    def where(self) -> str:
        return f"the Chroma server at {self._reading.serving.root}"

    def close(self) -> None:
        self._collections, self._seen = {}, None
        self._reading.close()
        self._writing.close()

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
        """Write rows into the live generation, or into a new one where there is none of this
        model; then move the manifest."""
        before = self._manifest(self._writing, fresh=True)
        reached = before["seq"] if seq is None else seq
        with self._writing.client() as client:
            if before["model"] == model and before["segments"]:
                name = str(before["segments"][0]["name"])
                self._move(client, model, before["seq"], name, UNKNOWN)
                collection = checked_collection(client, name)
                upsert(client, collection, rows)
                delete_dead(collection, list(articles), set(rows.ids))
            else:
                name = self._generation() if rows.ids else ""
                collection = create(client, name) if name else None
                upsert(client, collection, rows)
            count = collection.count() if collection else 0
            self._move(client, model, reached, name, count)
            self._sweep(client, name)
        return name

    def worn_segments(self) -> list[str]:
        return []

    def note_dead_rows(self, dead: Mapping[str, int]) -> None:
        """Dead rows are deleted here."""

    def to_merge(self) -> list[list[str]]:
        return []

    def verify(self, *, thorough: bool = True) -> list[str]:
        """The live generation, if it is gone or has not as many rows as were written."""
        from chromadb.errors import NotFoundError

        entries = self._manifest(self._writing, fresh=True)["segments"]
        if not entries:
            return []
        name, rows = str(entries[0]["name"]), entries[0]["rows"]
        with self._writing.client() as client:
            try:
                count = checked_collection(client, name).count()
            except (NotFoundError, IndexDamaged):
                return [name]
        return [] if rows in {UNKNOWN, count} else [name]

    def clear(self) -> None:
        with self._writing.client() as client:
            self._move(client, "", 0, "", 0)
            self._sweep(client, "")

    # -- inside ---------------------------------------------------------------------

    def _manifest(self, connection: Connection, *, fresh: bool = False) -> dict[str, Any]:
        from chromadb.errors import NotFoundError

        now = time.monotonic()
        if not fresh and self._seen and now - self._seen[0] < FRESH:
            return self._seen[1]
        with connection.client() as client:
            try:
                said = client.get_collection(self._state, embedding_function=None).metadata or {}
            except NotFoundError:
                said = {}
        found = EMPTY | {"model": said.get("model", ""), "seq": said.get("seq", 0)}
        if name := said.get("collection"):
            found["segments"] = [{"name": name, "rows": said.get("rows", UNKNOWN)}]
        if self._seen is None or found != self._seen[1]:
            self.damaged = False
        self._seen = now, found
        return found

    @property
    def _state(self) -> str:
        return f"{self.name}-manifest"

    def _generation(self) -> str:
        return f"{self.name}-{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(3)}"

    def _move(self, client: Any, model: str, seq: int, name: str, rows: int) -> None:
        """Replace the manifest, in one step of the server's."""
        said = {"model": model, "seq": seq, "collection": name, "rows": rows}
        client.get_or_create_collection(self._state, embedding_function=None).modify(metadata=said)
        self._seen = None

    def _sweep(self, client: Any, live: str) -> None:
        """Remove the generations that the manifest does not name; who reads one asks again."""
        for other in list_collections(client):
            kept = other.name in {live, self._state}
            if not kept and other.name.startswith(f"{self.name}-"):
                client.delete_collection(other.name)
                self._collections.pop(other.name, None)

    def _collection(self, client: Any, name: str) -> Any:
        if name not in self._collections:
            self._collections = {name: checked_collection(client, name)}
        return self._collections[name]

    def _vectors(self, name: str, ids: Sequence[str]) -> dict[str, Halves]:
        with self._writing.client() as client:
            collection = checked_collection(client, name)
            found = collection.get(ids=list(ids), include=["embeddings"])
        rows = zip(found["ids"], found["embeddings"], strict=True)
        return {i: np.asarray(vector, dtype=np.float16) for i, vector in rows}
