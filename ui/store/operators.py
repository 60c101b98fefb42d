"""Who may log in: the store's users, and the operators that a variable names.

`DATELINE_LOGIN` holds `name:password` or, better, `name:` and the hash that `dateline password`
prints; several are separated by white space. Without it and without users everybody who reaches
the page is an operator if it is served to one's own machine only, and a reader if it is served
to others.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ui.store.logins import Login
from ui.store.passwords import hash_password, matches
from ui.store.roles import Role

if TYPE_CHECKING:
    from ui.store import Store

COOKIE = "dateline_operator"
LOGIN = "DATELINE_LOGIN"

LASTS = 12 * 3600
"""Seconds that a login lasts."""


class Throttled(Exception):
    """Too many wrong passwords; `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, round(wait))
        super().__init__(f"too many wrong passwords: wait {self.wait} seconds")


@dataclass(slots=True)
class Operators:
    """Who may log in, and who is: the store's users, and names with the hashes of their passwords.

    What it finds out is in the store, so that it holds at every node, and after a restart.
    """

    store: Store
    hashes: Mapping[str, str] = field(repr=False)
    local: bool = True
    """Whether only this machine is served."""
    clock: Callable[[], float] = time.time
    _was_set: bool = False

    @classmethod
    def from_environment(cls, store: Store, *, local: bool = True) -> Operators:
        """Those of DATELINE_LOGIN, which is taken out of the environment."""
        hashes = {}
        for entry in os.environ.pop(LOGIN, "").split():
            name, _, secret = entry.partition(":")
            if not secret.startswith("scrypt$"):
                salt = hashlib.sha256(f"{store.salt()} {name}".encode()).digest()[:16]
                secret = hash_password(secret, salt)
            hashes[name] = secret
        return cls(store, hashes, local)

    @property
    def set(self) -> bool:
        """Whether a login is needed: also once the last user has been removed, until a restart."""
        if not self._was_set:
            self._was_set = bool(self.hashes) or self.store.has_users()
        return self._was_set

    def _kept(self, name: str) -> tuple[str, Role] | None:
        """The hash of somebody's password, and their role; None for a name that nobody has."""
        if name in self.hashes:
            return self.hashes[name], Role.operator
        user = self.store.user(name)
        return (user.password, user.role) if user else None

    def login(self, name: str, password: str, address: str) -> str | None:
        """The cookie's value for a right password, None for a wrong one; raises Throttled."""
        if wait := self.store.count_try(address, self.clock()):
            raise Throttled(wait)
        kept = self._kept(name)
        right = matches(password[:1024], kept[0] if kept else _NOBODY)
        if not (right and kept):
            return None
        token, now = secrets.token_urlsafe(32), self.clock()
        self.store.forgive(address)
        self.store.add_login(token, Login(name, _proof(kept[0])), now, now + LASTS)
        return token

    def logout(self, cookies: Mapping[str, str]) -> None:
        """End the login that the cookies stand for."""
        if shown := cookies.get(COOKIE, ""):
            self.store.end_login(shown)

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
        if shown and (login := self.store.login_of(shown, self.clock())):
            kept = self._kept(login.name)
            if kept and hmac.compare_digest(_proof(kept[0]), login.proof):
                return login.name, kept[1], "login"
        if self.local and not self.set:
            return "operator", Role.operator, "machine"
        return None


_NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
"""Checked for a name that nobody has, so that it takes as long as a wrong password."""


def _proof(hashed: str) -> str:
    """What tells a password's hash from another's without giving it away."""
    return hashlib.sha256(f"dateline login {hashed}".encode()).hexdigest()
