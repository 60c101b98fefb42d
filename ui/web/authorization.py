"""Who gets in at all, where `DATELINE_ANONYMOUS=off` keeps out whoever is not known."""

from __future__ import annotations

from ui.operations.access import Caller
from ui.store import Role

OPEN = frozenset(
    {"/login", "/logout", "/healthz", "/readyz", "/metrics", "/mcp", "/favicon.ico", "/robots.txt"}
)
OPEN_PREFIXES = ("/dateline/", "/api/", "/v1/")
"""Paths that somebody who is not known reaches also where all others must log in: what is needed
to log in, and what asks for a token itself."""

API_PATHS = ("/gradio_api/", "/operate/", "/keep/")
"""Paths that scripts ask, and not a reader who could follow the way to a login."""

NO_ROLE = "You are known here, and have no role: an operator can give you one."


def refusal_of(caller: Caller, path: str) -> tuple[int, str] | None:
    """The status and words that a caller is refused with; the status is 0 where the way to the
    login is shown instead. None where they may go on."""
    if caller.may(Role.reader) or path in OPEN or path.startswith(OPEN_PREFIXES):
        return None
    if caller.name:
        return 403, NO_ROLE
    return (401, "Log in, or send a valid token.") if path.startswith(API_PATHS) else (0, "")
