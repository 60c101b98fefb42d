"""Which parts of an open archive answer just now."""

from __future__ import annotations

import os
from pathlib import Path

from vectorstore.errors import IndexDamaged
from vectorstore.index.form import VectorIndex
from vectorstore.index.lexical import LexicalIndex
from vectorstore.models.embedder import Embedder


class Soundness:
    """What an archive is searched with, and what it does without."""

    path: Path
    read_only: bool
    embedder: Embedder
    _dense: VectorIndex
    _lexical: LexicalIndex

    def without(self) -> list[str]:
        """What does not answer, or not with all it has: an index, the embedding model; "writing"
        in a folder that cannot be written."""
        closed = self.read_only or not os.access(self.path, os.W_OK)  # also since it was opened
        found = ["writing"] if closed else []
        found += ["embedding model"] if self.embedder.trouble else []
        if self.lame or not self._dense.manifest()["segments"]:
            found.append("dense index")
        try:
            answers = self._lexical.exists() and self._lexical.count() >= 0
        except IndexDamaged:
            answers = False
        return found if answers else [*found, "lexical index"]

    @property
    def lame(self) -> bool:
        """Whether the dense index, or a part of it, does not answer: it is not as it was written,
        or the server that holds it is away."""
        return not self._dense.answers()
