"""Libraries that only some documents need, and what to do where they are missing."""

from __future__ import annotations

from importlib.util import find_spec

from ingest.decode import Unreadable

EXTRA = "documents"
"""The extra of the package that has them."""


def need(module: str, what: str) -> None:
    """Raise Unreadable, with what to install, if a module is not there."""
    if find_spec(module) is None:
        raise Unreadable(
            f"was not read: {what} need {module}; install it: pip install 'dateline[{EXTRA}]'"
        )
