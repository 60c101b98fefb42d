"""Vectors of texts and sentences as means of their tokens' vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vectorstore.values import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = npt.NDArray[np.float32]


def mean_pooled(st: SentenceTransformer) -> bool:
    """Whether a passage's vector is the mean of its tokens' and nothing else."""
    kinds = [type(module).__name__ for module in st]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    pooling: Any = st[1]
    return str(pooling.pooling_mode) == "mean"


def pool(states: Any, mask: Any) -> Any:
    """Unit vectors, [n, dim], of tokens' states, [n, tokens, dim], where the mask is 1."""
    import torch

    weight = mask.unsqueeze(-1).float()
    return torch.nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=1)


def within(offsets: npt.NDArray[Any], spans: Sequence[Span]) -> Floats:
    """1.0 where token t (column) lies in sentence s (row); special tokens in none."""
    starts, ends = offsets[:, 0], offsets[:, 1]
    rows = [(ends > starts) & (starts >= a) & (starts < b) for a, b in spans]
    return np.array(rows, dtype=np.float32).reshape(len(spans), len(offsets))


def unit(rows: Floats) -> Floats:
    """The rows, each divided by its length."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)


def quantize(sentences: Floats) -> npt.NDArray[np.int8]:
    """Unit vectors as int8 x 127; a cosine from them is off by less than 0.01."""
    return np.clip(np.rint(sentences * 127), -127, 127).astype(np.int8)
