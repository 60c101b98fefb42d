"""Messages of a conversation, and what the chain takes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict


class Message(TypedDict):
    """One turn of a conversation, as chat libraries write it."""

    role: str
    content: str


History = Sequence[Message]
"""The turns of a conversation, the oldest first."""

Inputs = dict[str, Any]
"""What the chain takes: `{"question": …, "history": […], …}`; see `understanding.query`."""
