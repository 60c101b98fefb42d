"""The reader, trained: which sentence of a passage answers, whether any does, and with which words.

In each passage that a question is shown (`cases`) the right sentence, or "none", is told from the
rest; over all of them the right sentence is told from all others. Where several sentences answer,
each is to be as likely as the others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.cases import Case, Shown
from training.steps import chunks, descend, fresh, rows, states
from vectorstore.models.batches import ROWS
from vectorstore.models.encoder import Encoder
from vectorstore.models.reader import places, tokens
from vectorstore.models.reader_network import Head

OVERALL, ENDS = 0.5, 0.3
"""What the loss over all of a question's sentences, and that over answers' spans, count beside the
loss in each passage."""


def train(
    rounds: Sequence[Sequence[Case]],
    *,
    device: str = "cpu",
    size: int = 8,
    rate: float = 1e-4,
    seed: int = 1,
    seconds: float = 0.0,
    start: dict[str, Tensor] | None = None,
    note: Callable[[int, int, float], None] = lambda *_: None,
) -> tuple[Encoder, Head]:
    """The encoder and the head after the rounds; `start` are layers, and it may be a head's
    weights ("head.…"), to start from."""
    chooser = random.Random(seed)
    torch.manual_seed(seed)
    network, tokenizer, padding = fresh(device)
    if start:
        network.load_state_dict(start, strict=False)
    head = Head(network.shape.width)
    head.load_state_dict(
        {k[5:]: v for k, v in (start or {}).items() if k[:5] == "head."} or head.state_dict()
    )
    head.to(device)

    def loss(batch: list[Case]) -> Tensor:
        flat = [(c, s) for c, case in enumerate(batch) for s in case.shown]
        encoded = [tokens(tokenizer, s.question, [s.passage.page])[0] for _, s in flat]
        read = []
        for alike in _groups([len(e.ids) for e in encoded]):
            ids, mask = rows([encoded[row] for row in alike], padding)
            for row, found in zip(alike, states(network, ids, mask, device), strict=False):
                read.append(_passage_loss(head, found, encoded[row], flat[row][1], flat[row][0]))
        own = torch.stack([r.own for r in read]).mean()
        ends = [r.ends for r in read if r.ends is not None]
        total = own + ENDS * (torch.stack(ends).mean() if ends else own * 0)
        overall = _question_loss(read, len(batch))
        return total + OVERALL * overall if overall is not None else total

    batches = [b for cases_ in rounds for b in chunks(cases_, size, chooser)]
    descend([network, head], batches, loss, rate=rate, note=note, seconds=seconds)
    return network, head


def _groups(lengths: Sequence[int]) -> list[list[int]]:
    """Rows of like length together, as many as are padded to the same width: over all rows of a
    batch at once a third of the work is padding."""
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    return [order[i : i + ROWS] for i in range(0, len(order), ROWS)]


@dataclass(frozen=True)
class _Scored:
    """The scores of a passage's sentences for the question of a case, and what they lose."""

    case: int
    scores: Tensor
    right: tuple[int, ...]
    also: tuple[int, ...]
    own: Tensor
    ends: Tensor | None


def _passage_loss(head: Head, states: Tensor, encoding: Any, shown: Shown, case: int) -> _Scored:
    """Scores the sentences of a passage; its loss is the cross-entropy over them and "none"."""
    page = shown.passage.page
    asked, own = places(encoding, page)
    scores, ends = head(states, asked, own)
    dead = torch.tensor([not tokens for tokens in own], device=scores.device)
    scores = scores.masked_fill(dead, -1e4)
    right = tuple(i for i in shown.sentences if own[i])
    also = tuple(i for i in shown.also if own[i])
    whole = torch.cat([scores.new_zeros(1), scores])
    if right and also:
        whole = without(whole, [i + 1 for i in also])
    logs = whole.log_softmax(0)
    wanted = [i + 1 for i in right or also] or [0]
    loss = -logs[wanted].mean()
    return _Scored(case, scores, right, also, loss, _span_loss(ends, own, encoding, shown, right))


def without(scores: Tensor, places: Sequence[int]) -> Tensor:
    """The scores with some of them so low that they count for nothing."""
    lost = torch.zeros_like(scores, dtype=torch.bool)
    lost[list(places)] = True
    return scores.masked_fill(lost, -1e4)


def _span_loss(
    ends: Sequence[tuple[Tensor, Tensor]],
    own: Sequence[Sequence[int]],
    encoding: Any,
    shown: Shown,
    right: tuple[int, ...],
) -> Tensor | None:
    """The cross-entropy of the answer span's first and last token; None without a span."""
    if shown.span is None or len(right) != 1:
        return None
    lead = shown.passage.page.framed[1]
    (sentence,) = right
    offsets = np.array([encoding.offsets[t] for t in own[sentence]]) - lead
    inside = np.flatnonzero((offsets[:, 1] > shown.span[0]) & (offsets[:, 0] < shown.span[1]))
    if not len(inside):
        return None
    starts, stops = ends[sentence]
    made: Tensor = -(starts.log_softmax(0)[inside[0]] + stops.log_softmax(0)[inside[-1]]) / 2
    return made


def _question_loss(read: Sequence[_Scored], cases: int) -> Tensor | None:
    """The mean cross-entropy over all sentences that a question is shown; None if no question has
    several passages and an answer."""
    losses = []
    for case in range(cases):
        own = [r for r in read if r.case == case]
        if len(own) < 2 or not any(r.right for r in own):
            continue
        logs = torch.cat([without(r.scores, r.also) for r in own]).log_softmax(0)
        firsts = np.cumsum([0, *(len(r.scores) for r in own)])
        right = [int(at) + i for at, r in zip(firsts, own, strict=False) for i in r.right]
        losses.append(-logs[right].mean())
    return torch.stack(losses).mean() if losses else None
