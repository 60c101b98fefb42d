"""Users: who may log in, as what, with the hash of their password."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ui.store import schema
from ui.store.database import Database
from ui.store.owner import owner_of_account
from ui.store.passwords import hash_password
from ui.store.roles import Role
from vectorstore import InputError

SHORTEST = 12
"""Characters of a password; nothing else is asked of it (NIST SP 800-63B, 8 at least)."""

LONGEST = 1024

_NAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")

u = schema.users.c


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may log in; `password` is a hash."""

    name: str
    role: Role
    password: str = field(repr=False)
    created: datetime
    changed: datetime


class Users(Database):
    """The verbs for users; a part of `Store`."""

    def add_user(self, name: str, role: Role, password: str) -> None:
        """Add a user; raises InputError for a name that is taken or has spaces, and for a
        password that is too short."""
        if not _NAME.fullmatch(name):
            raise InputError("a user's name has 1 to 200 characters and no spaces")
        now = datetime.now(UTC).isoformat()
        row = {"name": name, "role": role, "password": _hashed(password)}
        try:
            with self.granting() as db:
                db.execute(schema.users.insert(), row | {"created": now, "changed": now})
        except IntegrityError:
            taken = f"there is a user {name!r} already: dateline users change {name}"
            raise InputError(taken) from None

    def change_user(self, name: str, *, role: Role | None = None, password: str = "") -> None:
        """Give a user another role or password, which ends their logins; InputError for a name
        that nobody has."""
        values = {"role": str(role)} if role else {}
        values |= {"password": _hashed(password)} if password else {}
        values["changed"] = datetime.now(UTC).isoformat()
        with self.granting() as db:
            done = db.execute(schema.users.update().where(u.name == name).values(**values))
            if not done.rowcount:
                raise _nobody(name)

    def remove_user(self, name: str) -> None:
        """Remove a user; their logins end, and whoever is called so later does not get their
        conversations, which end with the others of nobody. InputError for a name that nobody has.
        """
        theirs = schema.conversations.c.owner == owner_of_account(f"user {name}")
        nobody = owner_of_account(f"removed {secrets.token_hex(16)}")
        with self.granting() as db:
            if not db.execute(schema.users.delete().where(u.name == name)).rowcount:
                raise _nobody(name)
            db.execute(schema.conversations.update().where(theirs).values(owner=nobody))

    def users(self) -> list[User]:
        """All users, by name."""
        with self.rights.connect() as db:
            return [_user(row) for row in db.execute(select(schema.users).order_by(u.name))]

    def user(self, name: str) -> User | None:
        """A user by name, None if nobody is called so."""
        with self.rights.connect() as db:
            row = db.execute(select(schema.users).where(u.name == name)).first()
            return None if row is None else _user(row)

    def has_users(self) -> bool:
        """Whether there is anybody who may log in."""
        with self.rights.connect() as db:
            return bool(db.scalar(select(func.count()).select_from(schema.users)))


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST:,} characters")
    return hash_password(password)


def _nobody(name: str) -> InputError:
    return InputError(f"there is no user {name!r}: dateline users list")


def _user(row: object) -> User:
    values = row._mapping  # type: ignore[attr-defined]
    return User(
        name=values["name"],
        role=Role(values["role"]),
        password=values["password"],
        created=datetime.fromisoformat(values["created"]),
        changed=datetime.fromisoformat(values["changed"]),
    )
