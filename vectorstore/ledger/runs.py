"""What the ledger keeps of sources: their runs, the pages they were fetched from, their state."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from vectorstore.ledger import schema

RUNS_KEPT = 1_000
"""Runs kept of each source: ten days of one every quarter of an hour, years of a daily one."""

OUTCOMES = (
    "new", "changed", "updated", "unchanged", "duplicates", "not_articles", "failed", "postponed",
)  # fmt: skip
"""What an entry of a source can become in a run: `updated` has its text unchanged and another
date, outlet or address; `duplicates` are of an article that the run has already or that another
source looks after; `postponed` is left for a later run."""

a, v, s, r, g = (
    t.c for t in (schema.articles, schema.versions, schema.sources, schema.runs, schema.pages)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A URL that was fetched or is to be: which article it is, and how it answered last.

    `digest` is of the feed entry or listing that named it. `changed` is when its content
    last differed; `missed` counts the checks in a row that found it gone (404, 410). Times
    are aware.
    """

    url: str
    source: str
    article: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    status: int = 0
    checked: datetime | None = None
    changed: datetime | None = None
    next_check: datetime | None = None
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a source: when, and how many articles became what.

    `announced` entries were read from a feed, sitemap or list, and `checked` pages were looked
    at again besides; each of both ended as one of OUTCOMES, whose counts add up to them.
    `reasons` says what failed or was no article, in words. `error` is why the run failed as a
    whole, "" if it did not. Times are aware; `ended` is None while the run goes on.
    """

    source: str
    started: datetime
    ended: datetime | None = None
    new: int = 0
    changed: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    failed: int = 0
    duplicates: int = 0
    not_articles: int = 0
    postponed: int = 0
    announced: int = 0
    checked: int = 0
    reasons: tuple[str, ...] = ()
    interrupted: bool = False
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the run came to its end, even if single articles failed."""
        return self.ended is not None and not self.error

    @property
    def failures(self) -> int:
        """What failed: entries, and the source itself if it could not be read as a whole."""
        return self.failed + bool(self.error)

    @property
    def accounted(self) -> int:
        """How many entries and pages ended as one of OUTCOMES: all, once the run has ended."""
        return sum(getattr(self, name) for name in OUTCOMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source is doing: its live articles, and when it last ran, succeeded, and had news."""

    name: str
    articles: int
    last_run: Run | None
    last_success: datetime | None
    last_new: datetime | None


class Records:
    """Runs, pages and states of one archive's sources."""

    _engine: Engine

    def page(self, url: str) -> Page | None:
        """What is known of a URL; None if nothing is."""
        with self._engine.connect() as c:
            row = c.execute(select(schema.pages).where(g.url == url)).first()
        return _page(row) if row else None

    def pages(self, source: str) -> dict[str, Page]:
        """What is known of each URL of a source."""
        with self._engine.connect() as c:
            rows = c.execute(select(schema.pages).where(g.source == source).order_by(g.url))
            return {row.url: _page(row) for row in rows}

    def put_pages(self, pages: Iterable[Page]) -> None:
        """Keep what is known of URLs, in one transaction, in place of what was known."""
        with self._engine.begin() as c:
            for page in pages:
                values = {f.name: getattr(page, f.name) for f in fields(page)}
                values |= {name: _iso(values[name]) for name in schema.PAGE_TIMES}
                upsert(c, schema.pages, {"url": values.pop("url")}, values)

    def note_run(self, run: Run) -> None:
        """Keep a run; one that was noted when it started is replaced."""
        values = {f.name: getattr(run, f.name) for f in fields(run)}
        values["reasons"] = json.dumps(run.reasons, ensure_ascii=False)
        values["ended"] = _iso(run.ended)
        key = {"source": values.pop("source"), "started": _iso(values.pop("started"))}
        with self._engine.begin() as c:
            upsert(c, schema.runs, key, values)
            newest = select(r.id).where(r.source == run.source).order_by(*_NEWEST)
            last = c.scalar(newest.offset(RUNS_KEPT - 1).limit(1))
            if last is not None:
                kept = newest.limit(RUNS_KEPT)
                old = (r.source == run.source) & r.id.not_in(kept.scalar_subquery())
                c.execute(schema.runs.delete().where(old))

    def runs(self, source: str | None = None, limit: int = 50) -> list[Run]:
        """The runs of a source or of all, newest first."""
        query = select(schema.runs).order_by(*_NEWEST).limit(limit)
        if source is not None:
            query = query.where(r.source == source)
        with self._engine.connect() as c:
            return [_run(row) for row in c.execute(query)]

    def sources(self) -> list[SourceState]:
        """How every source does that has articles, runs or a state, by name."""
        live = select(a.source, func.count()).where(a.withdrawn_at.is_(None)).group_by(a.source)
        ended = select(r.source, func.max(r.ended)).where(r.error == "").group_by(r.source)
        came = _arrivals().subquery()
        newest = select(came.c.source, func.max(came.c.came)).group_by(came.c.source)
        with self._engine.connect() as c:
            count, success, new = (
                {row[0]: row[1] for row in c.execute(q)} for q in (live, ended, newest)
            )
            names = {*new, *c.scalars(select(r.source)), *c.scalars(select(s.name))}
        return [
            SourceState(
                name=name,
                articles=count.get(name, 0),
                last_run=next(iter(self.runs(name, 1)), None),
                last_success=_time(success.get(name)),
                last_new=_time(new.get(name)),
            )
            for name in sorted(names)
        ]

    def headlines(self, source: str) -> list[tuple[str, str]]:
        """The id and headline of each live article of a source."""
        current = (v.article == a.id) & (v.version == a.version)
        query = select(a.id, v.headline).join(schema.versions, current)
        with self._engine.connect() as c:
            rows = c.execute(query.where(a.source == source, a.withdrawn_at.is_(None)))
            return [(row.id, row.headline) for row in rows]

    def arrivals(self, source: str) -> list[datetime]:
        """When each of a source's articles was first ingested, oldest first."""
        with self._engine.connect() as c:
            rows = c.execute(_arrivals().where(a.source == source)).all()
        return sorted(datetime.fromisoformat(row.came) for row in rows)

    def source_state(self, name: str) -> dict[str, Any]:
        """What was last kept for a source by `set_source_state`; empty if nothing was."""
        with self._engine.connect() as c:
            found = c.scalar(select(s.state).where(s.name == name))
        return dict(json.loads(found)) if found else {}

    def set_source_state(self, name: str, state: dict[str, Any]) -> None:
        """Keep a source's own state, anything that JSON holds."""
        with self._engine.begin() as c:
            upsert(c, schema.sources, {"name": name}, {"state": json.dumps(state)})


_NEWEST = (r.started.desc(), r.id.desc())


def upsert(c: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Update the row of this key, or insert it; for one writer at a time."""
    where = [table.c[name] == value for name, value in key.items()]
    if not c.execute(table.update().where(*where).values(**values)).rowcount:
        c.execute(table.insert().values(**key, **values))


def _arrivals() -> Any:
    first = func.min(v.ingested).label("came")
    joined = schema.articles.join(schema.versions, v.article == a.id)
    return select(a.source, first).select_from(joined).group_by(a.id, a.source)


def _page(row: Row[Any]) -> Page:
    values = dict(row._mapping)
    return Page(**values | {name: _time(values[name]) for name in schema.PAGE_TIMES})


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    del values["id"]
    values["reasons"] = tuple(json.loads(row.reasons))
    return Run(**values | {n: _time(values[n]) for n in ("started", "ended")})


def _iso(time: datetime | None) -> str | None:
    """In UTC and with microseconds, so that the texts sort as the times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds") if time else None


def _time(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
