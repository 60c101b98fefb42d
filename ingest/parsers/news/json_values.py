"""Values in JSON that may be written in several ways: one or a list, text or a named object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def as_list(value: object) -> list[Any]:
    """A list as it is, one value as a list of it, and nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_text(value: object) -> str:
    """A text or number as text; "" for all else."""
    return (
        str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def name_of(part: object) -> str:
    """The name of a concept, else its literal, code or address."""
    if isinstance(part, Mapping):
        low = {str(name).lower(): value for name, value in part.items()}
        choices = (low.get(n) for n in ("name", "literal", "code", "qcode", "uri"))
        return next((v for v in map(as_text, choices) if v), "")
    return as_text(part)
