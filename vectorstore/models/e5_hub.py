"""multilingual-e5-small as sentence-transformers loads it, made our own `Encoder`."""

from __future__ import annotations

from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from vectorstore.models.encoder import Encoder, Shape

_NAMES = {
    "joined": "attention.output.dense",
    "joined_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}
"""The names of a layer's parts in `Encoder`, and those in the hub's model."""


def of_hub(st: Any) -> tuple[Encoder, Tokenizer, int]:
    """The encoder, the tokenizer and the padding token's id of a model of sentence-transformers."""
    theirs = st[0].auto_model
    own, config = theirs.state_dict(), theirs.config
    shape = Shape(
        config.hidden_size,
        config.num_hidden_layers,
        config.num_attention_heads,
        config.intermediate_size,
        config.max_position_embeddings,
        config.layer_norm_eps,
    )
    kinds = own["embeddings.token_type_embeddings.weight"][0]
    found = {
        "places": own["embeddings.position_embeddings.weight"] + kinds,
        "norm.weight": own["embeddings.LayerNorm.weight"],
        "norm.bias": own["embeddings.LayerNorm.bias"],
    }
    for i in range(shape.layers):
        there, here = f"encoder.layer.{i}", f"layers.{i}"
        for end in ("weight", "bias"):
            three = [own[f"{there}.attention.self.{n}.{end}"] for n in ("query", "key", "value")]
            found[f"{here}.attend.{end}"] = torch.cat(three)
            for name, theirs_name in _NAMES.items():
                found[f"{here}.{name}.{end}"] = own[f"{there}.{theirs_name}.{end}"]
    table = own["embeddings.word_embeddings.weight"]
    words = nn.Embedding(len(table), table.shape[1], _weight=table, _freeze=True)
    made = Encoder(shape, words)
    made.load_state_dict(found, strict=False)
    return made.eval(), st.tokenizer.backend_tokenizer, int(st.tokenizer.pad_token_id)
