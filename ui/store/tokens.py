"""Tokens of programs: `dateline_<id>_<secret>`, each with a role and a day on which it ends.

The store has the hash of a token only: it is shown once, when it is made.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from ui.store import schema
from ui.store.database import Database
from ui.store.roles import Role
from vectorstore import InputError

PREFIX = "dateline_"
"""What every token begins with, so that a scanner for secrets finds one that got out."""

_FORM = re.compile(PREFIX + r"([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_NOTHING = "0" * 64

t = schema.tokens.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that was made; `expires` and `revoked` are None if it does not, or was not."""

    id: str
    name: str
    role: Role
    created: datetime
    expires: datetime | None
    used: str
    revoked: datetime | None

    def state(self, now: datetime | None = None) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked:
            return "revoked"
        over = self.expires is not None and self.expires <= (now or datetime.now(UTC))
        return "expired" if over else "valid"


class Tokens(Database):
    """The verbs for tokens; a part of `Store`."""

    def add_token(self, name: str, role: Role, expires: datetime | None) -> tuple[str, str]:
        """Make a token; its id, and the token itself, which is kept nowhere."""
        if not name.strip() or len(name) > 200:
            raise InputError("a token needs a name of at most 200 characters: what it is for")
        id_ = secrets.token_hex(6)
        token = f"{PREFIX}{id_}_{secrets.token_urlsafe(32)}"
        row = {
            "id": id_,
            "name": name.strip(),
            "role": role,
            "digest": _digest(token),
            "created": datetime.now(UTC).isoformat(),
            "expires": expires and expires.astimezone(UTC).isoformat(),
        }
        with self.granting() as db:
            db.execute(schema.tokens.insert(), row)
        return id_, token

    def tokens(self) -> list[Token]:
        """All that were made, the newest first."""
        with self.rights.connect() as db:
            rows = db.execute(select(schema.tokens).order_by(t.created.desc()))
            return [_token(row) for row in rows]

    def revoke_token(self, id_: str) -> Token:
        """End a token at once; it stays in the list. InputError if there is none."""
        with self.granting() as db:
            row = db.execute(select(schema.tokens).where(t.id == id_)).first()
            if row is None:
                raise InputError(f"there is no token {id_!r}: dateline tokens list")
            if row.revoked is None:
                now = datetime.now(UTC).isoformat()
                db.execute(schema.tokens.update().where(t.id == id_).values(revoked=now))
        return _token(row)

    def token(self, shown: str) -> Token | None:
        """The valid token that is shown; None for any other. The hashes are compared in
        constant time."""
        form = _FORM.fullmatch(shown)
        with self.rights.connect() as db:
            query = select(schema.tokens).where(t.id == (form[1] if form else ""))
            row = db.execute(query).first()
        right = hmac.compare_digest(_digest(shown), row.digest if row else _NOTHING)
        if row is None or not right:
            return None
        found = _token(row)
        if found.state() != "valid":
            return None
        self._used(found)
        return found

    def _used(self, token: Token) -> None:
        """Remember the day on which it was used last: once a day, where that can be written."""
        today = datetime.now(UTC).date().isoformat()
        if token.used != today and self.rights is self.reading:
            with self.engine.begin() as db:
                db.execute(schema.tokens.update().where(t.id == token.id).values(used=today))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _token(row: Any) -> Token:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return Token(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        created=datetime.fromisoformat(row.created),
        expires=moment(row.expires),
        used=row.used or "",
        revoked=moment(row.revoked),
    )
