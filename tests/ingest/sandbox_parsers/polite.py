"""A parser that does what it should."""

from __future__ import annotations

import os
from typing import Any


def parse(data: bytes, **options: object) -> dict[str, Any]:
    """What it was given, and where it ran."""
    if data == b"hopeless":
        raise ValueError("it is no\x1b[31m feed")
    text = data.decode("utf-8", "surrogatepass")
    return {"text": text, "options": options, "pid": os.getpid(), "environment": dict(os.environ)}
