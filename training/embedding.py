"""The embedding model, trained further: a question beside the passage, and beside the sentence,
that answers it (InfoNCE, van den Oord et al. 2018, arXiv:1807.03748).

Passages and sentences are embedded as the archive does it: one pass over a passage, pooled over
it and over each of its sentences. The other passages of a batch, one hard negative for each
question, and all other sentences, the neighbours of the right one among them, are what it is to
be told from.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.corpus import Passage, Question
from training.steps import chunks, descend, fresh, rows, states
from vectorstore.models.encoder import Encoder
from vectorstore.models.pooling import pool, within
from vectorstore.models.properties import KNOWN
from vectorstore.settings import EMBEDDED_MODEL

TEMPERATURE = 0.03
SENTENCES = 0.7
"""What the loss over sentences counts beside that over passages."""

LONGEST, ASKED = 256, 64
"""Tokens of a passage and of a question that are read in training."""


@dataclass(frozen=True)
class Example:
    question: Question
    passage: Passage
    sentence: int
    negatives: list[Passage]


def examples(
    questions: Sequence[Question], negatives: Sequence[list[str]], passages: dict[str, Passage]
) -> list[Example]:
    """One for each question that a sentence answers."""
    return [
        Example(q, passages[key], sentence, [passages[n] for n in others])
        for q, others in zip(questions, negatives, strict=True)
        for key, sentence, _ in q.answers[:1]
    ]


def train(
    cases: Sequence[Example],
    *,
    device: str = "cpu",
    epochs: int = 2,
    size: int = 24,
    rate: float = 4e-5,
    seed: int = 1,
    seconds: float = 0.0,
    note: Callable[[int, int, float], None] = lambda *_: None,
) -> Encoder:
    """The encoder after some rounds over the examples."""
    chooser = random.Random(seed)
    torch.manual_seed(seed)
    network, tokenizer, padding = fresh(device)
    own = KNOWN[EMBEDDED_MODEL]

    def loss(batch: list[Example]) -> Tensor:
        asked = tokenizer([own.query + e.question.text for e in batch], ASKED)
        ids, mask = rows(asked, padding)
        questions = pool(states(network, ids, mask, device), mask.to(device))[: len(batch)]
        hard = [chooser.choice(e.negatives) for e in batch if e.negatives]
        read = {p.key: p for p in [*(e.passage for e in batch), *hard]}
        keys = list(read)
        framed = [read[k].embedded.framed for k in keys]
        encoded = tokenizer([own.passage + text for text, _ in framed], LONGEST)
        ids, mask = rows(encoded, padding)
        found = states(network, ids, mask, device)
        whole = pool(found, mask.to(device))[: len(keys)]
        return _passages(questions, whole, batch, keys) + SENTENCES * _sentences(
            questions, found, batch, keys, read, encoded, len(own.passage)
        )

    def batches() -> list[list[Example]]:
        return [b for _ in range(epochs) for b in chunks(cases, size, chooser)]

    descend([network], batches(), loss, rate=rate, note=note, seconds=seconds)
    return network


def _passages(
    questions: Tensor, whole: Tensor, batch: Sequence[Example], keys: Sequence[str]
) -> Tensor:
    wanted = torch.tensor([keys.index(e.passage.key) for e in batch], device=questions.device)
    return nn.functional.cross_entropy(questions @ whole.T / TEMPERATURE, wanted)


def _sentences(  # noqa: PLR0917
    questions: Tensor,
    found: Tensor,
    batch: Sequence[Example],
    keys: Sequence[str],
    read: dict[str, Passage],
    encoded: Sequence[Any],
    prefix: int,
) -> Tensor:
    """The right sentence among all sentences of the batch; those of other questions' passages
    that are the same text do not count against it."""
    vectors, owners = [], []
    for row, key in enumerate(keys):
        text, lead = read[key], prefix + read[key].embedded.framed[1]
        offsets = np.array(encoded[row].offsets) - lead
        weights = torch.from_numpy(within(offsets, text.sentences)).to(found.device)
        kept = weights.sum(1) > 0
        weights = weights / weights.sum(1, keepdim=True).clamp(min=1)
        vectors.append(weights @ found[row, : len(offsets)])
        owners += [(key, i) if ok else None for i, ok in enumerate(kept.tolist())]
    every = nn.functional.normalize(torch.cat(vectors), dim=1)
    scores = questions @ every.T / TEMPERATURE
    dead = torch.tensor([o is None for o in owners], device=found.device)
    scores = scores.masked_fill(dead[None], -1e4)
    places = {o: i for i, o in enumerate(owners) if o}
    rows = [i for i, e in enumerate(batch) if (e.passage.key, e.sentence) in places]
    if not rows:
        return scores.sum() * 0
    wanted = [places[batch[i].passage.key, batch[i].sentence] for i in rows]
    return nn.functional.cross_entropy(scores[rows], torch.tensor(wanted, device=found.device))
