"""Who is logged in, and who tries passwords: kept in the database, so that a login holds at every
node, and all of them count the same tries.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select

from ui.store import schema
from ui.store.database import Database

TRIES, WINDOW = 5, 300.0
"""Wrong passwords an address may send in so many seconds."""

ALL_TRIES = 60
"""Wrong passwords that all addresses may send together in a window."""

o, t, m = schema.logins.c, schema.tries.c, schema.meta.c


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who is logged in; `proof` tells the password that it was with from another."""

    name: str
    proof: str


class Logins(Database):
    """The verbs for logins; a part of `Store`. Times are in seconds since 1970."""

    def salt(self) -> str:
        """What passwords are hashed with that are in no database, at every node alike."""
        with self.reading.connect() as db:
            return str(db.scalar(select(m.value).where(m.key == "salt")))

    def add_login(self, cookie: str, login: Login, now: float, until: float) -> None:
        """Keep a login under its cookie, and forget those that are over."""
        row = {"digest": _digest(cookie), "name": login.name, "proof": login.proof}
        with self.engine.begin() as db:
            db.execute(schema.logins.delete().where(o.until <= now))
            db.execute(schema.logins.insert(), row | {"until": until})

    def login_of(self, cookie: str, now: float) -> Login | None:
        """The login of a cookie, if it is not over."""
        with self.reading.connect() as db:
            query = select(o.name, o.proof).where(o.digest == _digest(cookie), o.until > now)
            row = db.execute(query).first()
        return None if row is None else Login(row.name, row.proof)

    def end_login(self, cookie: str) -> None:
        """End the login of a cookie."""
        with self.engine.begin() as db:
            db.execute(schema.logins.delete().where(o.digest == _digest(cookie)))

    def count_try(self, address: str, now: float) -> float:
        """Count a try before its password is looked at, so that many at once do not slip
        through; the seconds to wait if it is one too many, which does not count then."""
        with self.engine.begin() as db:
            db.execute(schema.tries.delete().where(t.time <= now - WINDOW))
            row = {"address": address, "time": now}
            own = db.execute(schema.tries.insert().returning(t.id), row).scalar_one()
        with self.reading.connect() as db:
            everybody = db.scalar(select(func.count()).select_from(schema.tries)) or 0
            query = select(func.count(), func.min(t.time)).where(t.address == address)
            of_address, oldest = db.execute(query).one()
        if of_address <= TRIES and everybody <= ALL_TRIES:
            return 0.0
        with self.engine.begin() as db:
            db.execute(schema.tries.delete().where(t.id == own))
        return float(oldest or now) + WINDOW - now

    def forgive(self, address: str) -> None:
        """Forget the tries of an address, whose password was right."""
        with self.engine.begin() as db:
            db.execute(schema.tries.delete().where(t.address == address))


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="replace")).hexdigest()
