"""Whose conversations somebody sees: a user's own, or those of the browser's random cookie, which
no script and no file has.

The cookie is set with the page; the store knows its hash only, so that a copy of the
database opens nobody's session.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping

COOKIE = "dateline_session"
LIVES = 400 * 24 * 3600
"""Seconds, from the last visit; browsers keep no cookie longer."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def owner_of(cookies: Mapping[str, str]) -> str:
    """The owner that a request's cookies stand for; "" without a session of ours."""
    token = cookies.get(COOKIE, "")
    if not _TOKEN.fullmatch(token):
        return ""
    return hashlib.sha256(b"dateline owner " + token.encode()).hexdigest()


def owner_of_account(key: str) -> str:
    """The owner that somebody known stands for; `key` is theirs alone, as "user NAME"."""
    return hashlib.sha256(f"dateline person {key}".encode()).hexdigest()


def new_session() -> str:
    """The cookie's value for a new browser: 256 random bits."""
    return secrets.token_urlsafe(32)


def set_cookie(token: str, *, secure: bool) -> str:
    """The `Set-Cookie` header. Lax, so that a link from elsewhere still finds one's own."""
    end = "; Secure" if secure else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={LIVES}; HttpOnly; SameSite=Lax{end}"
