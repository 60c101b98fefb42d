"""An optional cross-encoder: reads question and passage together, and scores the first hits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.errors import EmbeddingError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RERANKED = 30
"""Passages of a query that are read; each costs a forward pass over all of its words."""

RERANKER_WEIGHT = 1.0
"""What its score, 0 to 1, counts beside a hit's own, which ranges as far: so it decides, and
where it sees no difference the order stays. Set by that, and not by a measurement."""


class Reranker:
    """A sentence-transformers cross-encoder by name or folder; loaded when first used.

    Raises EmbeddingError on first use if there is no such model.
    """

    def __init__(self, model: str) -> None:
        self.model = model

    def scores(self, text: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers the text, 0 to 1."""
        import torch

        found = self._loaded.predict(
            [(text, passage) for passage in passages],
            activation_fn=torch.nn.Sigmoid(),
            show_progress_bar=False,
        )
        return [float(score) for score in found]

    @cached_property
    def _loaded(self) -> CrossEncoder:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import CrossEncoder

        try:
            made: CrossEncoder = CrossEncoder(
                self.model,
                num_labels=1,
                device="cpu",
                local_files_only=Path(self.model).exists(),
            )
        except Exception as error:
            raise EmbeddingError(
                f"cannot load the reranker {self.model!r}: {error}. Name a cross-encoder of "
                "sentence-transformers or a folder that holds one in DATELINE_RERANKER, or "
                "leave it unset."
            ) from error
        return made
