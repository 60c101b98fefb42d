"""Which form of the dense index an archive has, by its `archive.toml` and the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from vectorstore.index.dense import DenseIndex
from vectorstore.index.form import VectorIndex
from vectorstore.index.served import ServedIndex
from vectorstore.index.serving import serving

COLLECTION = "collection"
"""The ledger's setting that tells its archive's collections from those of others on a server."""


def vector_index(
    folder: Path, meta: Callable[[str], str | None], set_meta: Callable[[str, str], None] | None
) -> VectorIndex:
    """The dense index of the archive in a folder; nothing is connected yet.

    `meta` reads a setting of the ledger, `set_meta` writes one where it may be written. Raises
    InputError if a setting cannot be used.
    """
    server = serving(folder)
    if server is None:
        return DenseIndex(folder / "dense")
    name = server.collection or meta(COLLECTION) or ""
    if not name and (identity := meta("id")):  # which a ledger on a server has
        name = f"dateline-{identity[:12]}"
    if not name:
        name = f"dateline-{token_hex(6)}"
        if set_meta is not None:
            set_meta(COLLECTION, name)
    return ServedIndex(server, name)
