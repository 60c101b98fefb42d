"""Checked values of `sources.toml`: an InputError says the `place` and what is wrong there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from vectorstore import InputError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"(\d+) ?([smhdw])")


def duration(value: object, place: str) -> timedelta:
    """`"90s"`, `"30m"`, `"2h"`, `"1d"`, `"4w"` as a length of time; raises InputError."""
    found = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        raise InputError(f'{place} {value!r} is no length of time: write "30m", "2h" or "1d"')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def check_keys(table: Mapping[str, Any], names: set[str], place: str) -> None:
    """Raises InputError where a table has a key that is none of these names."""
    if unknown := sorted(set(table) - names):
        raise InputError(
            f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(names))}"
        )


def texts(value: object, place: str, key: str) -> list[str]:
    """A text, or a list of texts, as a list; raises InputError."""
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(t, str) for t in found):
        raise InputError(f"{place}: {key} must be text")
    return list(found)


def number(value: object, place: str, key: str, least: float) -> float:
    """A number of at least `least`; raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
        raise InputError(f"{place}: {key} must be a number of at least {least}")
    return value
