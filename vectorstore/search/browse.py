"""Browsing: what was published when, by whom, and the articles themselves, without a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from vectorstore.filters import Filters
from vectorstore.ledger import schema
from vectorstore.ledger.queries import conditions
from vectorstore.values import StoredArticle

if TYPE_CHECKING:
    from vectorstore.ledger.ledger import Ledger
    from vectorstore.search.names import Names

a = schema.articles.c


@dataclass(frozen=True, slots=True)
class Covered:
    """How many live articles an outlet published on a day; `day` is None where it is unknown."""

    day: date | None
    outlet: str
    articles: int


class Browse:
    """An archive's live articles by date and outlet."""

    _ledger: Ledger
    _names: Names

    def recent(self, limit: int = 20) -> list[StoredArticle]:
        """The newest articles by published date."""
        return self._ledger.recent(limit)

    def is_empty(self) -> bool:
        """Whether there is nothing to search."""
        return self._ledger.is_empty()

    def outlets(self) -> list[str]:
        """The names of the outlets, the most frequent first."""
        return self._ledger.outlets()

    def subjects(self) -> tuple[tuple[str, int], ...]:
        """The subjects that newsrooms gave live articles, with how many have each, the most
        frequent first; spellings that differ in letter case count as one."""
        return self._names.of("subject")

    def places(self) -> tuple[tuple[str, int], ...]:
        """The places, as `subjects`."""
        return self._names.of("place")

    def coverage(self, filters: Filters | None = None) -> list[Covered]:
        """Articles by day and outlet, the earliest day first, those without a date last."""
        query = (
            select(a.published_day, a.outlet, func.count())
            .where(a.withdrawn_at.is_(None), *conditions(filters or Filters()))
            .group_by(a.published_day, a.outlet)
            .order_by(a.published_day.asc().nulls_last(), a.outlet)
        )
        with self._ledger.engine.connect() as c:
            return [
                Covered(date.fromordinal(day) if day else None, outlet, count)
                for day, outlet, count in c.execute(query)
            ]

    def browse(
        self,
        filters: Filters | None = None,
        *,
        limit: int = 20,
        offset: int = 0,
        oldest: bool = False,
    ) -> list[StoredArticle]:
        """The articles that the filters admit, the newest published first, undated ones last."""
        time = a.published_at.asc() if oldest else a.published_at.desc()
        query = (
            select(a.id)
            .where(a.withdrawn_at.is_(None), *conditions(filters or Filters()))
            .order_by(time.nulls_last(), a.id)
            .limit(limit)
            .offset(offset)
        )
        with self._ledger.engine.connect() as c:
            ids = list(c.scalars(query))
        found = self._ledger.articles(ids)
        return [found[i] for i in ids if i in found]

    def changed(self, filters: Filters | None = None, *, limit: int = 20) -> list[StoredArticle]:
        """The live articles whose text is not the one that they came in with, or that their
        outlets updated on a later day than they were published; the latest first."""
        v = schema.versions.c
        several = select(v.article).group_by(v.article).having(func.count() > 1)
        later = func.substr(a.updated, 1, 10) > func.substr(a.published, 1, 10)
        return self._by_time(filters, limit, a.id.in_(several) | later)

    def arrived(
        self, since: datetime, filters: Filters | None = None, *, limit: int = 20
    ) -> list[StoredArticle]:
        """The live articles that came in, or whose text changed, from an instant on; the latest
        first. The instant is an aware one."""
        first = since.astimezone(UTC).isoformat(timespec="seconds")
        return self._by_time(filters, limit, schema.versions.c.since >= first)

    def _by_time(
        self, filters: Filters | None, limit: int, *wanted: ColumnElement[bool]
    ) -> list[StoredArticle]:
        v = schema.versions.c
        query = (
            select(a.id)
            .join(schema.versions, (v.article == a.id) & (v.version == a.version))
            .where(a.withdrawn_at.is_(None), *conditions(filters or Filters()), *wanted)
            .order_by(v.since.desc(), a.id)
            .limit(limit)
        )
        with self._ledger.engine.connect() as c:
            ids = list(c.scalars(query))
        found = self._ledger.articles(ids)
        return [found[i] for i in ids if i in found]

    def matching(self, filters: Filters | None = None) -> int:
        """How many live articles the filters admit."""
        query = select(func.count()).where(
            a.withdrawn_at.is_(None), *conditions(filters or Filters())
        )
        with self._ledger.engine.connect() as c:
            return c.scalar(query) or 0
