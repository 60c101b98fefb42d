"""The audit log: what editors and operators did, when, to what, by which request.

No question and no article's text stands in it: a target is the name of a user, a token, a
source or a folder, or a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select

from ui.store import schema
from ui.store.database import Database
from ui.store.schema import YOUNGEST

RECORDED = "DATELINE_RECORDED"
"""Set where a command runs for somebody whose deed is in the log already."""

KEPT = 400
"""Days that a deed is kept unless set otherwise: a year, and time to look back at it."""

LONGEST = 1_000
"""Characters of a target."""

d = schema.deeds.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One deed: `way` is how it came (`command`, `login`, `token`, `proxy`, `machine`)."""

    id: int
    time: datetime
    actor: str
    way: str
    role: str
    deed: str
    target: str
    request: str


class Audit(Database):
    """The verbs for the audit log; a part of `Store`."""

    def record(  # noqa: PLR0913
        self, deed: str, target: str = "", *, actor: str, way: str, role: str, request: str = ""
    ) -> None:
        """Add a deed to the log."""
        row = {"time": datetime.now(UTC).isoformat(), "actor": actor[:200], "way": way}
        row |= {"role": role, "deed": deed[:40], "target": target[:LONGEST], "request": request}
        with self.engine.begin() as db:
            db.execute(schema.deeds.insert(), row)

    def deeds(self, since: datetime | None = None, limit: int = 1_000) -> list[Deed]:
        """The newest deeds, since then if given; the oldest of them first."""
        query = select(schema.deeds).order_by(d.id.desc()).limit(limit)
        if since is not None:
            query = query.where(d.time >= since.astimezone(UTC).isoformat())
        with self.reading.connect() as db:
            rows = [dict(row._mapping) for row in db.execute(query)]
        return [Deed(**row | {"time": datetime.fromisoformat(row["time"])}) for row in rows[::-1]]

    def find_deeds(  # noqa: PLR0913
        self,
        *,
        who: str = "",
        what: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Deed]:
        """The newest deeds first, of actors, and to deeds or targets, that hold these words, from
        `since` on and earlier than `until`; with `before`, those with a smaller id."""
        query = select(schema.deeds).order_by(d.id.desc()).limit(limit)
        if who:
            query = query.where(d.actor.icontains(who, autoescape=True))
        if what:
            found = [c.icontains(what, autoescape=True) for c in (d.deed, d.target)]
            query = query.where(or_(*found))
        if since is not None:
            query = query.where(d.time >= since.astimezone(UTC).isoformat())
        if until is not None:
            query = query.where(d.time < until.astimezone(UTC).isoformat())
        if before is not None:
            query = query.where(d.id < before)
        with self.reading.connect() as db:
            rows = [dict(row._mapping) for row in db.execute(query)]
        return [Deed(**row | {"time": datetime.fromisoformat(row["time"])}) for row in rows]

    def last_seen(self) -> dict[str, datetime]:
        """When each user last logged in, or did what is logged."""
        query = select(d.actor, func.max(d.time)).where(d.way == "login").group_by(d.actor)
        with self.reading.connect() as db:
            return {actor: datetime.fromisoformat(time) for actor, time in db.execute(query)}

    def forget_deeds(self, days: int, now: datetime | None = None) -> int:
        """Delete deeds older than so many days, YOUNGEST at least; how many."""
        before = (now or datetime.now(UTC)) - timedelta(days=max(days, YOUNGEST + 1))
        with self.engine.begin() as db:
            old = schema.deeds.delete().where(d.time < before.isoformat())
            return db.execute(old).rowcount
