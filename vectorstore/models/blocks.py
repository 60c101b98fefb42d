"""Weights packed in blocks of 32 four-bit values with a scale, and a table of words so packed.

The table of 250,037 words, three quarters of the model's file, stays packed in memory: only the
rows of the words met are unpacked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

BLOCK, PACKED_BLOCK = 32, 18
"""Values of a block; bytes of one: a float16 scale, then two values a byte, less 8."""


class WordTable(nn.Module):
    """The vectors of words, unpacked as they are asked for."""

    def __init__(self, packed: npt.NDArray[np.uint8], width: int) -> None:
        super().__init__()
        self._rows = packed.reshape(-1, width // BLOCK * PACKED_BLOCK)

    def forward(self, ids: Tensor) -> Tensor:
        """float32[…, width] of ids […]."""
        met, places = np.unique(ids.numpy(), return_inverse=True)
        rows = unpacked(self._rows[met]).reshape(len(met), -1)
        return torch.from_numpy(rows)[torch.from_numpy(places.reshape(ids.shape))]

    def __deepcopy__(self, memo: dict[int, Any]) -> WordTable:
        return self


def unpacked(packed: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """The values of whole blocks, in one row."""
    blocks = packed.reshape(-1, PACKED_BLOCK)
    scales = np.ascontiguousarray(blocks[:, :2]).view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).ravel()
