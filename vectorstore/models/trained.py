"""What training/ made: the upper layers of the embedding model and of the reader, in 8 bits.

Each matrix is held as int8 with a float scale a row; vectors and biases as float16. What they
stand on (word table, positions, lower layers) is the base model's own.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.errors import EmbeddingError

EMBEDDER, READER = "embedder.safetensors", "reader.safetensors"

FROZEN = 4
"""The lowest layers, which are the base model's."""


def layers(name: str) -> dict[str, Any]:
    """The tensors of a file by name, float32; raises EmbeddingError if it is not as released."""
    data = (folder() / name).read_bytes()
    wanted = json.loads((folder() / "digests.json").read_text())[name]
    if (digest := hashlib.sha256(data).hexdigest()) != wanted:
        raise EmbeddingError(
            f"{name} is not as it was released (SHA-256 {digest}): install Dateline again"
        )
    return unpack(data)


def unpack(data: bytes) -> dict[str, Any]:
    """The tensors of a file's bytes by name, float32."""
    import torch
    from safetensors.numpy import load

    held = load(data)
    found = {}
    for key, value in held.items():
        if key.endswith(":scale"):
            continue
        plain = value.astype(np.float32)
        if (scale := held.get(f"{key}:scale")) is not None:
            plain *= scale.astype(np.float32)[:, None]
        found[key] = torch.from_numpy(np.ascontiguousarray(plain))
    return found


def pack(tensors: dict[str, Any]) -> dict[str, Any]:
    """Tensors as they are written to a file; `unpack` gives them back."""
    made = {}
    for key, tensor in tensors.items():
        value = tensor.detach().float().numpy()
        if value.ndim < 2:
            made[key] = value.astype(np.float16)
            continue
        scale = np.maximum(np.abs(value).max(axis=1), 1e-8) / 127
        made[key] = np.rint(value / scale[:, None]).astype(np.int8)
        made[f"{key}:scale"] = scale.astype(np.float32)
    return made


def folder() -> Path:
    """Where the files lie: package data, beside this module."""
    return Path(str(files("vectorstore.models") / "weights"))
