"""What every form of the dense index does: sealed segments in a folder, or a Chroma server.

`dense.DenseIndex` is the embedded form and the default, `served.ServedIndex` the other.
`opening.opened` says which one an archive has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from vectorstore.filters import Filters
from vectorstore.index.segment import Floats, Rows

Halves = npt.NDArray[np.float16]
Lookup = Callable[[Sequence[str]], dict[str, Halves]]
"""From passage ids to the indexed vectors, float16[dim], of those that are indexed."""


class VectorIndex(Protocol):
    """The vectors of an archive's passages: any number of readers, one writer at a time.

    Where the index is on a server, every method but `model`, `answers` and `close` raises
    IndexAway while that does not answer.
    """

    shared: bool
    """Whether processes on other machines write to it too."""

    damaged: bool
    """Whether a part that should be there was found missing or changed."""

    # -- reading --------------------------------------------------------------------

    def search(self, query: Floats, k: int, filters: Filters) -> dict[str, float]:
        """The k passages nearest to a unit vector, float32[dim]: passage id -> cosine."""

    def manifest(self) -> dict[str, Any]:
        """What the index consists of: `model`, `seq` (the last of the ledger's sequence numbers
        that is in it) and `segments`, each with its `name` and number of `rows`."""

    def model(self) -> str:
        """The embedding model of the vectors; "" where there are none, or it is not known."""

    def cursor(self) -> int:
        """The last sequence number that is in the index; 0 for none."""

    def ids(self, name: str) -> list[str]:
        """The passage ids of a live segment."""

    def answers(self) -> bool:
        """Whether the whole index answers just now."""

    def lookup(self, without: Collection[str] = ()) -> Lookup:
        """A look-up of the indexed vectors, as they are stored, but those in some segments."""

    def where(self) -> str:
        """Where the index is, for messages: a folder, or an address without its secrets."""

    def close(self) -> None:
        """Let go of what is open; it is opened again when asked for."""

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
        """Make these rows searchable; returns the name of the segment that holds them.

        `seq` is the sequence number that the index now reaches, `replaced` the names of
        segments that the rows stand for. Of `articles` these are all the live rows there are.
        Rows of another model than the index's take the place of the whole index at once.
        """

    def worn_segments(self) -> list[str]:
        """The segments that may have more dead rows than DEAD_SHARE, oldest first; none where
        they are deleted."""

    def note_dead_rows(self, dead: Mapping[str, int]) -> None:
        """Note how many dead rows segments were found to have, by name."""

    def to_merge(self) -> list[list[str]]:
        """Groups of segments that are due to become one, by name."""

    def verify(self, *, thorough: bool = True) -> list[str]:
        """The names of live segments that are not as they were written. If not `thorough`, what
        nobody has touched since it was looked at is taken to be as it was."""

    def clear(self) -> None:
        """Take everything out of search; the ledger can write it again."""
