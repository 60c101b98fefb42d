"""The reader's network: an encoder over question and passage, and a head over its states."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from vectorstore.models.encoder import Encoder

INNER = 256
"""Width of the head's hidden layer."""


class Head(nn.Module):
    """From states to a score for each sentence, and to where an answer starts and ends.

    A sentence's score begins as how near the mean of its states is to that of the question's,
    which is what an embedding model is good at; the rest is learnt.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.near = nn.Parameter(torch.tensor([10.0, -4.0]))
        self.hidden = nn.Linear(4 * width, INNER)
        self.score = nn.Linear(INNER, 1)
        self.ends = nn.Linear(width, 2)
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(
        self, states: Tensor, asked: Sequence[int], own: Sequence[Sequence[int]]
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """Scores [sentences], and for each sentence its tokens' logits as start and as end."""
        question = states[list(asked)].mean(0)
        whole = states[0]
        read = [list(tokens) or [0] for tokens in own]
        means = torch.stack([states[tokens].mean(0) for tokens in read])
        ends = self.ends(states)
        return self.scores(means, question[None], whole[None]), [
            (ends[tokens, 0], ends[tokens, 1]) for tokens in read
        ]

    def scores(self, means: Tensor, question: Tensor, whole: Tensor) -> Tensor:
        """Scores of sentences' means [n, width] beside the mean of the question's states and the
        first state of the text, [n, width] or [1, width]."""
        near = nn.functional.cosine_similarity(means, question, dim=-1)
        both = [means, means * question, (means - question).abs(), whole.expand_as(means)]
        learnt = self.score(nn.functional.gelu(self.hidden(torch.cat(both, -1)))).squeeze(-1)
        made: Tensor = self.near[0] * near + self.near[1] + learnt
        return made


@dataclass(frozen=True, slots=True)
class Loaded:
    """A reader that is ready."""

    tokenizer: Any
    network: Encoder
    head: Head
    padding: int
    bf16: bool = False

    def numbers(self) -> AbstractContextManager[Any]:
        """The numbers that its passes are made in."""
        return torch.autocast("cpu", torch.bfloat16) if self.bf16 else nullcontext()


@cache
def load() -> Loaded:
    """The trained reader, on the base that the embedding model has too; one for all archives."""
    from vectorstore.models.loading import base
    from vectorstore.models.trained import READER, layers

    found = layers(READER)
    upper = {k: v for k, v in found.items() if not k.startswith("head.")}
    network, tokenizer, padding = base(upper)
    head = Head(network.shape.width)
    head.load_state_dict({k[5:]: v for k, v in found.items() if k.startswith("head.")})
    fast = torch.cpu._is_avx512_bf16_supported()
    return Loaded(tokenizer, network, head.eval(), padding, fast)
