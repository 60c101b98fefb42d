"""Failures of a chat model, with one set of names for every provider."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Kind = Literal[
    "timeout",
    "busy",
    "server",
    "unreachable",
    "broken",
    "key",
    "unknown",
    "rejected",
    "failed",
    "empty",
    "refused",
    "language",
    "uncited",
    "unsupported",
    "endless",
]
"""Each has a notice for the reader in phrases.toml."""

RETRYABLE = frozenset({"busy", "server", "unreachable"})
"""What may go well at a second try, if nothing of the reply had arrived."""

_BY_STATUS: dict[int, Kind] = {
    401: "key",
    403: "key",
    404: "unknown",
    408: "timeout",
    429: "busy",
    504: "timeout",
    529: "busy",
}


@dataclass
class ModelFailed(Exception):
    """A call of the model ended badly. `wait`: seconds that the server asks to wait, if it does.

    Holds no words of the server's: they may repeat the key or the prompt.
    """

    kind: Kind
    wait: float | None = None


def failure(error: BaseException, *, begun: bool) -> ModelFailed:
    """What an exception of any provider's client comes down to.

    `begun` is whether a part of the reply had arrived.
    """
    chain = list(_causes(error))
    names = " ".join(type(e).__name__ for e in chain)
    status = next((s for e in chain if (s := _status(e))), None)
    if any(isinstance(e, TimeoutError) for e in chain) or "Timeout" in names:
        return ModelFailed("timeout")
    if status:
        kind: Kind = _BY_STATUS.get(status, "server" if status >= 500 else "rejected")
        return ModelFailed(kind, next((w for e in chain if (w := _wait(e)) is not None), None))
    if begun or "RemoteProtocol" in names or "ReadError" in names or "JSONDecode" in names:
        return ModelFailed("broken")
    if any(isinstance(e, OSError) for e in chain) or "Connect" in names:
        return ModelFailed("unreachable")
    return ModelFailed("failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(error, "code", None),
        getattr(response, "status_code", None),
    ):
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return None


def _wait(error: BaseException) -> float | None:
    """Seconds of a Retry-After header, given in seconds or as a date (RFC 9110, 10.2.3)."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    text = str(headers.get("retry-after") or headers.get("Retry-After") or "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
