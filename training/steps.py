"""What both trainings share: the base with its lower layers frozen, the optimiser, the schedule."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from vectorstore.models.batches import ROWS, WIDTH, padded
from vectorstore.models.encoder import Encoder
from vectorstore.models.loading import base
from vectorstore.models.tokens import Tokens
from vectorstore.models.trained import FROZEN

T = TypeVar("T")

WARMUP = 0.06
"""Share of the steps in which the learning rate rises."""


def fresh(device: str) -> tuple[Encoder, Tokens, int]:
    """The base to be trained further: word table, positions and the lowest layers stay."""
    network, tokenizer, padding = base()
    network.load_state_dict({k: v.clone() for k, v in network.state_dict().items()}, assign=True)
    for name, parameter in network.named_parameters():
        layer = int(name.split(".")[1]) if name.startswith("layers.") else -1
        parameter.requires_grad = layer >= FROZEN
    return network.to(device), tokenizer, padding


def rows(encoded: Sequence[Any], padding: int) -> tuple[Tensor, Tensor]:
    """Ids and mask of encoded texts, in few shapes, as PyTorch keeps buffers for each that it met;
    the last row may be repeated for that."""
    ids = [e.ids for e in encoded]
    width = -(-max(map(len, ids)) // WIDTH) * WIDTH
    return padded(ids + [ids[-1]] * (-len(ids) % ROWS), padding, width)


def states(network: Encoder, ids: Tensor, mask: Tensor, device: str) -> Tensor:
    """Token states with gradients for the upper layers only, in bfloat16 where it is fast."""
    with torch.autocast(device, torch.bfloat16):
        with torch.no_grad():
            lower = network.embed(ids).to(device)
            lower = network.run(lower, mask.to(device), 0, FROZEN)
        return network.run(lower, mask.to(device), FROZEN).float()


def chunks(rows: Sequence[T], size: int, chooser: random.Random) -> Iterator[list[T]]:
    """The rows once, shuffled, in batches; the last one may be short."""
    order = list(rows)
    chooser.shuffle(order)
    for i in range(0, len(order), size):
        yield order[i : i + size]


def _cores() -> int:
    """The cores that this process may use."""
    known = getattr(os, "sched_getaffinity", None)
    return len(known(0)) if known else os.cpu_count() or 1


def descend(
    modules: Sequence[nn.Module],
    batches: Sequence[Any],
    loss: Callable[[Any], Tensor],
    *,
    rate: float,
    note: Callable[[int, int, float], None],
    seconds: float = 0.0,
) -> None:
    """AdamW over the batches, with warm-up and then a fall to zero; with `seconds` the schedule
    follows the clock and ends there."""
    torch.set_num_threads(_cores())
    parameters = [p for m in modules for p in m.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    began, total = time.monotonic(), len(batches)
    smooth = 0.0
    for step, batch in enumerate(batches):
        done = step / total
        if seconds:
            done = max(done, (time.monotonic() - began) / seconds)
            if done >= 1:
                break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(max(done, 0.5 / total) / WARMUP, (1 - done) / (1 - WARMUP))
        value = loss(batch)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        now = float(value.detach())
        smooth = 0.95 * smooth + 0.05 * now if step else now
        note(step + 1, total, smooth)
