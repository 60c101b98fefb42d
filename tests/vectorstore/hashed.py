"""A small embedding model that needs no weights: words hashed into a vector, as many times a
second as the archive wants them. Only the network is another one; all around it is the real one."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from vectorstore.index import segment_child
from vectorstore.index.building import Builder
from vectorstore.models import embedder
from vectorstore.models.loading import Model
from vectorstore.models.properties import Properties

ONE, OTHER = "hashed-48", "hashed-64"
"""Two such models; their vectors have as many numbers as their names say."""


class Hashed:
    """Each text's vector counts its words in slots, and is never zero."""

    tokenizer = None

    def __init__(self, name: str) -> None:
        self.size, self._seed = int(name.rpartition("-")[2]), zlib.crc32(name.encode())

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def encode(self, texts: Sequence[str], **_: object) -> npt.NDArray[np.float32]:
        made = np.full((len(texts), self.size), 0.05, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                made[row, zlib.crc32(word.encode(), self._seed) % self.size] += 1
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def use(patched: pytest.MonkeyPatch) -> None:
    """Load these models by their names."""
    patched.setattr(embedder, "load", _loaded)


def build_here(patched: pytest.MonkeyPatch) -> None:
    """Have segments written by this process: a child for each archive takes a second."""
    patched.setattr(Builder, "_written", _written)


def _written(_: Builder, folder: Path) -> str:
    segment_child.write(folder)
    return ""


def _loaded(name: str) -> Model:
    model = Hashed(name)
    return Model(dim=model.size, properties=Properties(), st=model)  # type: ignore[arg-type]
