"""Which parts of an open archive answer just now."""

from __future__ import annotations

from vectorstore.dense import DenseIndex
from vectorstore.errors import IndexDamaged
from vectorstore.lexical import LexicalIndex


class Soundness:
    """What an archive is searched with, and what it does without."""

    _dense: DenseIndex
    _lexical: LexicalIndex

    def without(self) -> list[str]:
        """Those of the two indexes that do not answer, or not with all they have."""
        found = []
        if not self._dense.manifest()["segments"] or self.lame:
            found.append("dense index")
        try:
            answers = self._lexical.exists() and self._lexical.count() >= 0
        except IndexDamaged:
            answers = False
        return found if answers else [*found, "lexical index"]

    @property
    def lame(self) -> bool:
        """Whether a segment of the dense index is left out, as it is not as it was sealed."""
        self._dense.segments()
        return self._dense.damaged
