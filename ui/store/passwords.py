"""Passwords, kept as hashes by scrypt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading

COST, BLOCK, LANES = 2**15, 8, 1
"""scrypt parameters: 32 MB and about 0.1 s a try (OWASP's password storage sheet)."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Passwords checked at the same time: each takes 32 MB."""


def hash_password(password: str, salt: bytes = b"") -> str:
    """`scrypt$salt$hash`, to be kept in place of the password; the salt is 16 bytes, at random
    if none are given."""
    salt = salt or secrets.token_bytes(16)
    return f"scrypt${_b64(salt)}${_b64(_scrypt(password, salt))}"


def matches(password: str, hashed: str) -> bool:
    """Whether this is the password of that hash."""
    try:
        _, salt, kept = hashed.split("$")
        wanted = base64.urlsafe_b64decode(kept)
        given = _scrypt(password, base64.urlsafe_b64decode(salt))
    except ValueError:
        return False
    return hmac.compare_digest(given, wanted)


def _scrypt(password: str, salt: bytes) -> bytes:
    with AT_ONCE:
        return hashlib.scrypt(
            password.encode(), salt=salt, n=COST, r=BLOCK, p=LANES, maxmem=2**26, dklen=32
        )


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()
