"""Sign-on by a proxy: it says in a header who asks, and in another which groups they are in.

A header can be sent by anybody: it counts from the proxy's own addresses alone.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ui.store import Forbidden, Role, role_of
from vectorstore import InputError

USER = "DATELINE_PROXY_USER_HEADER"
FROM = "DATELINE_PROXY_FROM"
GROUPS = "DATELINE_PROXY_GROUPS_HEADER"
ROLES = "DATELINE_PROXY_ROLES"

EVERYBODY = "*"
"""In place of a group: whoever the proxy has signed on."""

_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Foreign(Forbidden):
    """The proxy's header came from an address that is not the proxy's."""

    def __init__(self) -> None:
        Exception.__init__(self, "this header is taken from the sign-on proxy only")


@dataclass(frozen=True, slots=True)
class Proxy:
    """The name of the header with the user, the addresses it may come from, the name of the
    header with the groups, and the role of each group."""

    user: str
    addresses: tuple[Network, ...]
    groups: str
    roles: Mapping[str, Role]

    @classmethod
    def from_environment(cls) -> Proxy | None:
        """As the variables say, None if the user's header is not set; raises InputError."""
        user, groups = (os.environ.get(name, "").strip().lower() for name in (USER, GROUPS))
        if not user:
            if left := [name for name in (FROM, GROUPS, ROLES) if os.environ.get(name)]:
                raise InputError(f"{left[0]} is set, and {USER} is not: set both, or neither")
            return None
        for name, said in ((USER, user), (GROUPS, groups)):
            if said and not _HEADER.fullmatch(said):
                raise InputError(f"{name} is no header's name: {said!r}")
        addresses = os.environ.get(FROM, "").replace(",", " ").split()
        if not addresses:
            raise InputError(f"{FROM} must list the proxy's addresses, such as 127.0.0.1 or ::1")
        try:
            networks = tuple(ipaddress.ip_network(one) for one in addresses)
        except ValueError as error:
            raise InputError(f"{FROM} has no address or network: {error}") from None
        return cls(user, networks, groups, _roles(os.environ.get(ROLES, "")))

    def signed(self, headers: Mapping[str, str], peer: str) -> tuple[str, Role | None] | None:
        """Who the proxy says it is, with the strongest role of their groups (None for none);
        None without the header. Raises Foreign for a header from elsewhere."""
        name = headers.get(self.user, "").strip()[:200]
        told = self.groups and self.groups in headers
        if not (name or told):
            return None
        if not self._trusted(peer):
            raise Foreign
        if not name:
            return None
        said = headers.get(self.groups, "").split(",") if self.groups else []
        groups = {EVERYBODY, *(group.strip() for group in said)}
        held = [role for group, role in self.roles.items() if group in groups]
        return name, max(held, key=list(Role).index, default=None)

    def _trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.addresses)


def _roles(said: str) -> Mapping[str, Role]:
    """`group=role` separated by commas or white space; everybody reads unless told."""
    found: dict[str, Role] = {}
    for pair in re.split(r"[,\s]+", said.strip()) if said.strip() else ():
        group, equals, role = pair.rpartition("=")
        if not equals or not group:
            raise InputError(f"{ROLES} is written as group=role, not {pair!r}")
        found[group] = role_of(role)
    return found or {EVERYBODY: Role.reader}
