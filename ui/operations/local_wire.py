"""The messages between a command and its user's server: lines of JSON, and each side's proof.

`local` says who sends which when.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Protocol

LINE = 64 * 1024
"""Bytes of what a command sends at most; a question has 16 kB."""

Message = dict[str, Any]
"""What one side sends in a line."""


class Wire(Protocol):
    """A connection as a file."""

    def readline(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> int: ...
    def flush(self) -> None: ...


def proof(secret: str, whose: str, command: str, server: str) -> str:
    """That one side knows the secret, for the two nonces of this meeting."""
    told = f"{whose} {command} {server}".encode()
    return hmac.new(bytes.fromhex(secret), told, hashlib.sha256).hexdigest()


def proved(said: Message, secret: str, whose: str, command: str, server: str) -> bool:
    """Whether what a side says has its proof."""
    wanted = proof(secret, whose, command, server)
    return hmac.compare_digest(str(said.get("proof", "")).encode(), wanted.encode())


def send(wire: Wire, message: Message) -> None:
    """Send a message, at once."""
    wire.write(json.dumps(message).encode() + b"\n")
    wire.flush()


def receive(wire: Wire, limit: int | None = LINE) -> Message:
    """The next message; raises ValueError if it is none, or longer than the limit."""
    line = wire.readline(-1 if limit is None else limit)
    if not line.endswith(b"\n"):
        raise ValueError("the connection was closed")
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message
