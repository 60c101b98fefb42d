"""How near each word of a text comes to any word of another, by the vectors of their tokens
in context: what of a question a passage speaks of at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.embedder import Embedder
from vectorstore.segment import Floats

LONGEST = 64
"""Tokens of a text that are read: a headline and a long sentence."""

WORD = re.compile(r"[\w$%](?:[\w$%.,'’-]*[\w%])?")


def aligned(
    embedder: Embedder, text: str, others: Sequence[str]
) -> tuple[list[str], Floats] | None:
    """The words of a text, and float32[words, others]: each word's largest cosine to a word
    of each other text. None if the model has no vectors of tokens."""
    found = embedder.tokens([text, *others], LONGEST)
    if found is None:
        return None
    (words, own), *rest = (_words(t, *f) for t, f in zip([text, *others], found, strict=True))
    best = [
        (own @ vectors.T).max(axis=1) if len(vectors) else np.zeros(len(own)) for _, vectors in rest
    ]
    return words, np.array(best, dtype=np.float32).T.reshape(len(words), len(others))


def _words(text: str, places: npt.NDArray[Any], vectors: Floats) -> tuple[list[str], Floats]:
    """The words that were read, and their unit vectors: the means of their tokens'."""
    words, rows = [], []
    starts, ends = places[:, 0], places[:, 1]
    for match in WORD.finditer(text):
        within = (ends > starts) & (starts < match.end()) & (ends > match.start())
        if within.any():
            words.append(match.group())
            rows.append(vectors[within].mean(axis=0))
    stacked = np.array(rows, dtype=np.float32).reshape(len(rows), vectors.shape[1])
    return words, stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-9)
