"""The manifest of the dense index: what it holds, and what it says is due.

It is JSON: the `model` whose vectors the segments hold, the sequence number `seq` that they reach,
the live `segments` and the `retired` ones. A live segment's entry has its name, its number of
`rows`, the digests of its `files`, and how many of its rows are dead at most (`worn`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vectorstore.index.segment import Rows

TIER_FACTOR = 4
"""As many segments of one size class are merged into one; a class is 4 x the last."""

SMALLEST_TIER = 256
"""Rows below which all segments are of one class."""

DEAD_SHARE = 0.2
"""A segment with more dead rows than this is rewritten."""

EMPTY: dict[str, Any] = {"model": "", "seq": 0, "segments": [], "retired": []}
"""The manifest of an index with nothing in it."""


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest as it stands on disk, with all its keys.

    Raises FileNotFoundError if there is none, ValueError if it is no manifest.
    """
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if not _well_formed(loaded):
        raise ValueError("it has not the shape of a manifest")
    return EMPTY | loaded


def file_stamp(path: Path) -> tuple[int, int] | None:
    """What tells a file from the one that replaces it: its time and its inode; None without one."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _well_formed(loaded: Any) -> bool:
    """Whether this is what `publish` writes, as far as others rely on it."""
    if not isinstance(loaded, dict):
        return False
    shape = {"name": str, "rows": int, "files": dict}
    entries, retired = loaded.get("segments", []), loaded.get("retired", [])
    return (
        isinstance(loaded.get("seq", 0), int)
        and isinstance(loaded.get("model", ""), str)
        and all(isinstance(e.get(n), kind) for e in entries for n, kind in shape.items())
        and all(isinstance(r.get("name"), str) and "at" in r for r in retired)
    )


def dead_rows(replaced: Sequence[dict[str, Any]], rows: Rows) -> int:
    """How many rows can be dead in a segment made of `rows` in place of others, at most: as many
    as in those, less the rows that were left out as it was made."""
    worn = sum(entry.get("worn", entry["rows"]) for entry in replaced)
    left_out = max(0, sum(entry["rows"] for entry in replaced) - len(rows.ids))
    return int(max(0, min(worn - left_out, len(rows.ids))))


def mergeable(entries: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Groups of live segments, by name, that are of one size class and enough to become one."""
    classes: dict[int, list[str]] = {}
    for entry in entries:
        tier, size = 0, entry["rows"]
        while size >= SMALLEST_TIER:
            tier, size = tier + 1, size // TIER_FACTOR
        classes.setdefault(tier, []).append(entry["name"])
    return [names for _, names in sorted(classes.items()) if len(names) >= TIER_FACTOR]
