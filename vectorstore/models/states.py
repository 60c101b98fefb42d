"""The states of tokens: a transformer's forward pass, in the numbers that are fast here.

Passages, in large batches, are bound by arithmetic and go through bfloat16 where the processor
has it; questions are bound by reading the weights and go through packed ones. Each is used only
where the vectors of a probe come out as float32's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any

from vectorstore.models.batches import padded
from vectorstore.models.packed import PACKED_TOKENS, packed
from vectorstore.models.pooling import pool

log = logging.getLogger(__name__)

CLOSE = 0.999
"""Other numbers than float32 are used only where each vector of the probe stays this close
to float32's, by cosine."""

PROBE = (
    "Seoul and Washington agreed on a tariff of 15 percent on 31 July 2025.",
    "The Ministry of Trade said the talks on shipbuilding, energy and chips would go on.",
    "한미 양국은 관세 협상을 계속하기로 했다.",
)


class States:
    """Forward passes of one loaded model; all take ids and mask, int64[n, tokens], and give
    float32[n, tokens, dim]."""

    def __init__(self, tokenizer: Any, network: Any, padding: int) -> None:
        self._tokenizer = tokenizer
        self._model = network
        self._padding = padding

    def of_passages(self, ids: Any, mask: Any) -> Any:
        return self._bf16(ids, mask) if self._has_bf16 else self._plain(ids, mask)

    def of_questions(self, ids: Any, mask: Any) -> Any:
        model = self._packed if ids.numel() <= PACKED_TOKENS else None
        return self._pass(self._model if model is None else model, ids, mask)

    def _plain(self, ids: Any, mask: Any) -> Any:
        return self._pass(self._model, ids, mask)

    def _bf16(self, ids: Any, mask: Any) -> Any:
        import torch

        with torch.autocast("cpu", torch.bfloat16):
            return self._pass(self._model, ids, mask)

    @staticmethod
    def _pass(model: Any, ids: Any, mask: Any) -> Any:
        import torch

        with torch.inference_mode():
            return model(ids, mask).float()

    @cached_property
    def _has_bf16(self) -> bool:
        """Whether bfloat16 is in the CPU and close enough."""
        import torch

        return torch.cpu._is_avx512_bf16_supported() and self._close("bfloat16", self._bf16)

    @cached_property
    def _packed(self) -> Any:
        """The model with packed weights; None if they cannot be had or are not close enough."""
        made = packed(self._model)
        try:
            close = made is not None and self._close("packed", lambda *t: self._pass(made, *t))
        except RuntimeError as error:  # packed, and no code for this processor to read it
            log.info("questions are embedded with plain weights: %s", error)
            close = False
        return made if close else None

    def _close(self, name: str, states: Callable[[Any, Any], Any]) -> bool:
        ids, mask = padded([one.ids for one in self._tokenizer(PROBE, 64)], self._padding)
        full, other = pool(self._plain(ids, mask), mask), pool(states(ids, mask), mask)
        cosine = float((full * other).sum(1).min())
        log.info("%s probe: lowest cosine to float32 is %.6f", name, cosine)
        return cosine >= CLOSE


def threads(count: int) -> None:
    """Let PyTorch use so many threads."""
    import torch

    if torch.get_num_threads() != count:
        torch.set_num_threads(count)
