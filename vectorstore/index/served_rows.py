"""The rows of one collection on a Chroma server: written, deleted, and asked for the nearest.

Beside its vector a row has what filters ask for, which become conditions of the server's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from math import ceil
from typing import Any

import numpy as np

from vectorstore.errors import IndexDamaged
from vectorstore.filters import Filters
from vectorstore.index.segment import NO_DAY, Floats, Rows
from vectorstore.ledger import tags

SPARE = 1.3
"""How many more than wanted are asked for without a filter, before the server has to filter:
its filtered queries take many times as long."""

BATCH = 1_000
"""Rows in a request, or as many as the server takes if that is less."""

NO_FUNCTION = frozenset({"legacy", "unknown"})
"""What Chroma writes where a collection has no function to embed with."""

NAMED = 200
"""Names in one condition."""


def metadata(rows: Rows, n: int) -> dict[str, Any]:
    """What is kept of row n: its article, day (an ordinal), outlet, language and names."""
    return {
        "article": rows.ids[n].partition("-")[0],
        "day": int(rows.days[n]),
        "outlet": rows.outlets[n],
        "language": rows.languages[n],
        "tags": (list(rows.tags[n]) if rows.tags else []) or None,
    }


def condition(filters: Filters) -> dict[str, Any] | None:
    """What the filters ask, in Chroma's words; None if that is nothing."""
    parts: list[dict[str, Any]] = []
    if filters.since is not None:
        parts.append({"day": {"$gte": filters.since.toordinal()}})
    if filters.until is not None:
        parts += [{"day": {"$gt": NO_DAY}}, {"day": {"$lte": filters.until.toordinal()}}]
    if filters.as_of is not None:  # which what has no date is never after
        parts.append({"day": {"$lte": filters.as_of.toordinal()}})
    if filters.outlets:
        parts.append({"outlet": {"$in": list(filters.outlets)}})
    if filters.languages:
        parts.append({"language": {"$in": list(filters.languages)}})
    for words in tags.filter_codes(filters):
        parts.append(_combined("$or", [{"tags": {"$contains": word}} for word in words]))
    return _combined("$and", parts) if parts else None


def admitted(said: dict[str, Any], filters: Filters) -> bool:
    """Whether the filters let a row through of which this is kept."""
    day = date.fromordinal(said["day"]) if said["day"] != NO_DAY else None
    named = set(said.get("tags") or ())
    return filters.admits(day, said["outlet"], said["language"]) and all(
        named & set(words) for words in tags.filter_codes(filters)
    )


def _combined(how: str, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return dict(parts[0]) if len(parts) == 1 else {how: list(parts)}


def nearest(collection: Any, query: Floats, k: int, filters: Filters) -> dict[str, float]:
    """The k nearest rows that the filters admit."""
    asked = condition(filters)
    if asked is None:
        return {i: cosine for i, cosine, _ in _query(collection, query, k)}
    spare = ceil(SPARE * k)
    wide = _query(collection, query, spare, include=["distances", "metadatas"])
    kept = [(i, cosine) for i, cosine, said in wide if admitted(said, filters)][:k]
    if len(kept) == k or len(wide) < spare:
        return dict(kept)
    return {i: cosine for i, cosine, _ in _query(collection, query, k, where=asked)}


def _query(
    collection: Any,
    query: Floats,
    k: int,
    *,
    where: dict[str, Any] | None = None,
    include: Sequence[str] = ("distances",),
) -> list[tuple[str, float, Any]]:
    """Passage ids with their cosines, and what is kept of each if that is included."""
    found = collection.query(
        query_embeddings=[query], n_results=k, where=where, include=list(include)
    )
    said = found["metadatas"][0] if found.get("metadatas") else [None] * len(found["ids"][0])
    rows = zip(found["ids"][0], found["distances"][0], said, strict=True)
    return [(i, 1 - float(distance), kept) for i, distance, kept in rows]


def checked_collection(client: Any, name: str) -> Any:
    """The collection of this name.

    Raises IndexDamaged if the server says that it has a function to embed with, which ours
    never have: Chroma's client would build it while it writes rows, and with it load whatever
    model, and code, the server or another of its users has named.
    """
    return _plain(client.get_collection(name, embedding_function=None))


def _plain(collection: Any) -> Any:
    model = collection.get_model()
    if _embeds(model.configuration_json) or _embeds(model.serialized_schema):
        raise IndexDamaged(
            f"the collection {collection.name} has a function to embed with that is not "
            "Dateline's: find out who else writes to the Chroma server"
        )
    return collection


def _embeds(said: Any) -> bool:
    """Whether a collection's settings name a function to embed with, anywhere."""
    if isinstance(said, list):
        return any(map(_embeds, said))
    if not isinstance(said, dict):
        return False
    function = said.get("embedding_function") or {}
    known = not isinstance(function, dict) or function.get("type") not in NO_FUNCTION
    return (bool(function) and known) or any(map(_embeds, said.values()))


def create(client: Any, name: str) -> Any:
    """Of unit vectors the inner product is the cosine, and the server keeps them to the bit."""
    return _plain(
        client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "ip"}}
        )
    )


def upsert(client: Any, collection: Any, rows: Rows) -> None:
    if not rows.ids:
        return
    step = min(BATCH, client.get_max_batch_size())
    for i in range(0, len(rows.ids), step):
        part = slice(i, i + step)
        collection.upsert(
            ids=list(rows.ids[part]),
            embeddings=rows.vectors[part].astype(np.float32),
            metadatas=[metadata(rows, n) for n in range(*part.indices(len(rows.ids)))],
        )


def delete_dead(collection: Any, articles: Sequence[str], live: set[str]) -> None:
    """Delete the rows of these articles that are not among the live ones."""
    for some in _parts(articles, NAMED):
        held = collection.get(where={"article": {"$in": some}}, include=[])["ids"]
        for dead in _parts([i for i in held if i not in live], NAMED):
            collection.delete(ids=dead)


def _parts(names: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(names)
    while part := list(islice(rest, size)):
        yield part


def list_collections(client: Any) -> list[Any]:
    """Every collection of the database."""
    found: list[Any] = []
    while page := client.list_collections(limit=100, offset=len(found)):
        found += page
    return found
