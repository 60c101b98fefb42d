"""Who asks, and what they may do: by a token, a login, a proxy's header, or as anybody.

`Access.caller` looks once for each request; the guard keeps what it found in the request.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.logs import request_id
from ui.operations.proxy import Proxy
from ui.store import Forbidden, Role, Store
from ui.store.operators import Operators
from ui.store.owner import owner_of_account
from ui.store.tokens import PREFIX
from vectorstore import InputError

TOKEN = "DATELINE_API_TOKEN"  # noqa: S105 (the variable's name)
ANONYMOUS = "DATELINE_ANONYMOUS"

CALLER = "dateline.caller"
"""The key in a request's scope under which its Caller stands."""

Way = Literal["token", "login", "proxy", "machine", "anonymous"]
"""`machine` is whoever reaches, from there, a page that serves its own machine only and has no
login."""

NAMED = frozenset({"token", "login", "proxy"})

FORWARDED = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)
"""Headers of a request that a proxy hands on: it is not this machine that asks."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: `role` is None for somebody who may do nothing; `key` is theirs alone."""

    role: Role | None
    name: str = ""
    way: Way = "anonymous"
    key: str = ""
    expired: bool = False
    """Whether a token of ours was shown that is none (any more)."""

    def may(self, needed: Role) -> bool:
        """Whether the caller may do what needs this role."""
        return self.role is not None and self.role.covers(needed)

    @property
    def owner(self) -> str:
        """Whose conversations these are; "" where the browser's session says it."""
        if self.way not in {"login", "proxy"} or not self.key:
            return ""
        return owner_of_account(self.key)

    @property
    def account(self) -> str:
        """Who this is and what they may do, for an open page to see whether that has changed."""
        return f"{self.way} {self.name} {self.role or ''}"

    def record(self, store: Store, deed: str, target: str = "") -> None:
        """Write a deed of the caller's into the audit log."""
        store.record(
            deed,
            target,
            actor=self.name or self.way,
            way=self.way,
            role=str(self.role or ""),
            request=request_id.get(),
        )


NOBODY = Caller(None)


def caller_of(scope: Mapping[str, object]) -> Caller:
    """Who a request comes from, as the guard found; nobody where no guard stands before it."""
    found = scope.get(CALLER)
    return found if isinstance(found, Caller) else NOBODY


def needs(caller: Caller, role: Role) -> None:
    """Raises Forbidden unless the caller may do what needs this role."""
    if not caller.may(role):
        raise Forbidden(role, caller.role)


@dataclass(frozen=True, slots=True)
class Access:
    """Tells who asks. `token` is the one of DATELINE_API_TOKEN; `anonymous` is whether who has
    neither login nor token may ask and read."""

    operators: Operators
    store: Store
    token: str = ""
    proxy: Proxy | None = None
    anonymous: bool = True

    @classmethod
    def from_environment(cls, store: Store, *, local: bool) -> Access:
        """As the variables say; raises InputError where one makes no sense."""
        said = os.environ.get(ANONYMOUS, "").strip().lower() or "on"
        if said not in {"on", "off"}:
            raise InputError(f"{ANONYMOUS} is on or off, not {said!r}")
        proxy = Proxy.from_environment()
        operators = Operators.from_environment(store, local=local and proxy is None)
        return cls(operators, store, os.environ.get(TOKEN, ""), proxy, said == "on")

    def caller(self, headers: Mapping[str, str], cookies: Mapping[str, str], peer: str) -> Caller:
        """Who sends a request; `peer` is the address that the connection comes from. Raises
        Forbidden for a proxy's header from an address that is no proxy."""
        if self.proxy and (signed := self.proxy.signed(headers, peer)):
            name, role = signed
            return Caller(role, name, "proxy", f"proxy {name}")
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        shown = shown.strip() if scheme.lower() == "bearer" else ""
        if (program := self._program(shown)) is not None:
            return program
        if known := self.operators.known(cookies):
            name, role, way = known
            if way == "machine" and FORWARDED.intersection(headers.keys()):
                return self.anybody
            return Caller(role, name, way, f"user {name}" if way == "login" else "")
        return self.anybody

    def _program(self, shown: str) -> Caller | None:
        """Who shows this token; None if it is none of ours."""
        if shown.startswith(PREFIX):
            token = self.store.token(shown)
            if token is None:
                return Caller(self.anybody.role, expired=True)
            return Caller(token.role, token.name, "token", f"token {token.id}")
        if self.token and hmac.compare_digest(shown.encode(), self.token.encode()):
            return Caller(Role.reader, TOKEN, "token", f"token {TOKEN}")
        return None

    @property
    def anybody(self) -> Caller:
        """Whoever is not known, or cannot be looked up."""
        return Caller(Role.reader if self.anonymous else None)

    def admit(self, caller: Caller, needed: Role = Role.reader) -> bool:
        """Whether a program may have what needs this role: False where it must show a token
        first. Raises Forbidden where the token it shows is too weak."""
        if caller.expired:
            return False
        if caller.way in NAMED:
            needs(caller, needed)
            return True
        return needed is Role.reader and not self.token and caller.may(needed)
