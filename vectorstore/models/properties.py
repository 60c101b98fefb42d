"""What an embedding model wants and gives, in one place: its prefixes, the range of its cosines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from vectorstore.models.pooling import Floats
from vectorstore.settings import EMBEDDED_MODEL, OLD_EMBEDDED_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True, slots=True)
class Properties:
    """How a model is asked.

    `query` and `passage` stand before what is embedded. `floor` is the cosine that texts have
    which have nothing to do with one another; scores are counted from there, so that weights
    and thresholds hold for every model. `english` is whether it reads English alone.
    """

    query: str = ""
    passage: str = ""
    floor: float = 0.0
    english: bool = False

    def near(self, cosines: Floats) -> Floats:
        """Cosines as scores: 0 for unrelated texts, 1 for the same."""
        return (cosines - np.float32(self.floor)) / np.float32(1 - self.floor)


KNOWN: dict[str, Properties] = {
    EMBEDDED_MODEL: Properties("query: ", "passage: "),
    OLD_EMBEDDED_MODEL: Properties(english=True),
}
"""The trained model's cosines are spread: 0.05 for a question and a passage drawn at random, 0.48
for one and its own (medians of 100 questions and 150 passages), as MiniLM's are. Those of
multilingual-e5-small as published lie between 0.7 and 1."""


def properties(name: str, st: SentenceTransformer | None = None) -> Properties:
    """A model's properties: those known here, else those that the model itself declares."""
    if name in KNOWN:
        return KNOWN[name]
    if "e5-" in PurePath(name).name.lower():
        return Properties("query: ", "passage: ", 0.70)
    prompts = (st.prompts if st else None) or {}
    passage = prompts.get("document") or prompts.get("passage") or ""
    return Properties(prompts.get("query") or "", passage)
