"""Who may log in: the store's users, and the operators that a variable names.

`DATELINE_LOGIN` holds `name:password` or, better, `name:` and the hash that `dateline password`
prints; several are separated by white space. Without it and without users everybody who reaches
the page is an operator if it is served to one's own machine only, and a reader if it is served
to others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ui.store.roles import Role

if TYPE_CHECKING:
    from ui.store.users import Users

COOKIE = "dateline_operator"
LOGIN = "DATELINE_LOGIN"

COST, BLOCK, LANES = 2**15, 8, 1
"""scrypt parameters: 32 MB and about 0.1 s a try (OWASP's password storage sheet)."""

LASTS = 12 * 3600
"""Seconds that a login lasts."""

TRIES, WINDOW = 5, 300.0
"""Wrong passwords an address may send in so many seconds."""

ALL_TRIES = 60
"""Wrong passwords that all addresses may send together in a window."""

AT_ONCE = threading.BoundedSemaphore(2)
"""Passwords checked at the same time: each takes 32 MB."""


class Throttled(Exception):
    """Too many wrong passwords; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, round(wait))
        super().__init__(f"too many wrong passwords: wait {self.wait} seconds")


def hash_password(password: str) -> str:
    """`scrypt$salt$hash`, to be kept in place of the password."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_b64(salt)}${_b64(_scrypt(password, salt))}"


def _matches(password: str, hashed: str) -> bool:
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


@dataclass(slots=True)
class Operators:
    """Names with the hashes of their passwords, the logins that are open, and the throttle."""

    hashes: Mapping[str, str] = field(repr=False)
    local: bool = True
    """Whether only this machine is served."""
    users: Users | None = None
    """Where further users are kept, with their roles."""
    clock: Callable[[], float] = time.monotonic
    _was_set: bool = False
    _open: dict[str, tuple[str, str, float]] = field(default_factory=dict, repr=False)
    _wrong: dict[str, deque[float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def from_environment(cls, *, local: bool = True, users: Users | None = None) -> Operators:
        """Those of DATELINE_LOGIN, which is taken out of the environment."""
        hashes = {}
        for entry in os.environ.pop(LOGIN, "").split():
            name, _, secret = entry.partition(":")
            hashes[name] = secret if secret.startswith("scrypt$") else hash_password(secret)
        return cls(hashes, local, users)

    @property
    def set(self) -> bool:
        """Whether a login is needed: also once the last user has been removed, until a restart."""
        if not self._was_set:
            self._was_set = bool(self.hashes) or bool(self.users and self.users.has_users())
        return self._was_set

    def _kept(self, name: str) -> tuple[str, Role] | None:
        """The hash of somebody's password, and their role; None for a name that nobody has."""
        if name in self.hashes:
            return self.hashes[name], Role.operator
        user = self.users.user(name) if self.users else None
        return (user.password, user.role) if user else None

    def login(self, name: str, password: str, address: str) -> str | None:
        """The cookie's value for a right password, None for a wrong one; raises Throttled."""
        self._count(address)
        kept = self._kept(name)
        right = _matches(password[:1024], kept[0] if kept else _NOBODY)
        if not (right and kept):
            return None
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self.clock()
            self._wrong.pop(address, None)
            self._open = {k: v for k, v in self._open.items() if v[2] > now}
            self._open[_digest(token)] = (name, kept[0], now + LASTS)
        return token

    def logout(self, cookies: Mapping[str, str]) -> None:
        """End the login that the cookies stand for."""
        with self._lock:
            self._open.pop(_digest(cookies.get(COOKIE, "")), None)

    def who(self, cookies: Mapping[str, str]) -> str:
        """The name of who is logged in, or may do as much; "" for anybody else."""
        known = self.known(cookies)
        return known[0] if known else ""

    def known(
        self, cookies: Mapping[str, str]
    ) -> tuple[str, Role, Literal["login", "machine"]] | None:
        """Name and role of who is logged in; where nobody can log in and only this machine is
        served, whoever it is is its operator. None for anybody else.

        A login ends with its user, and with the password that it was made with.
        """
        shown = cookies.get(COOKIE, "")
        with self._lock:
            name, password, until = self._open.get(_digest(shown), ("", "", 0.0))
        if shown and until > self.clock():
            kept = self._kept(name)
            if kept and hmac.compare_digest(kept[0], password):
                return name, kept[1], "login"
        if self.local and not self.set:
            return "operator", Role.operator, "machine"
        return None

    def _count(self, address: str) -> None:
        """Counts a try before it is checked, so that many at once do not slip through."""
        with self._lock:
            now = self.clock()
            for key in list(self._wrong):
                tries = self._wrong[key]
                while tries and tries[0] <= now - WINDOW:
                    tries.popleft()
                if not tries:
                    del self._wrong[key]
            tries = self._wrong.setdefault(address, deque())
            everybody = sum(len(t) for t in self._wrong.values())
            if len(tries) >= TRIES or everybody >= ALL_TRIES:
                raise Throttled((tries[0] if tries else now) + WINDOW - now)
            tries.append(now)


_NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
"""Checked for a name that nobody has, so that it takes as long as a wrong password."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
