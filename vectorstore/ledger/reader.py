"""What the ledger is asked: articles by id, source, story or change, and passages and counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from vectorstore.filters import Filters
from vectorstore.ledger import schema, tags
from vectorstore.ledger.counts import LedgerCounts
from vectorstore.ledger.passages import LedgerPassages
from vectorstore.ledger.queries import batches, conditions
from vectorstore.revision import Revision
from vectorstore.values import Dated, StoredArticle

a, v = schema.articles.c, schema.versions.c


class LedgerReader(LedgerPassages, LedgerCounts):
    """Reads of one archive's database."""

    def meta(self, key: str) -> str | None:
        with self.engine.connect() as c:
            return c.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))

    def keys(self, source: str) -> dict[str, str]:
        """The key that each path of this source was stored under."""
        with self.engine.connect() as c:
            here = (a.source == source) & a.withdrawn_at.is_(None)
            rows = c.execute(select(a.path, a.key).where(here))
            return {r.path: r.key for r in rows}

    def ids(self, source: str) -> list[str]:
        """The ids of this source's articles that have not been withdrawn."""
        query = select(a.id).where(a.source == source, a.withdrawn_at.is_(None))
        with self.engine.connect() as c:
            return list(c.scalars(query))

    def article(self, article: str, version: str | None = None) -> StoredArticle:
        """An article in its current or the given version; KeyError if there is none."""
        found = self.articles([article], version)
        if not found:
            raise KeyError(f"no article {article} (version {version or 'current'})")
        return found[article]

    def articles(self, ids: Sequence[str], version: str | None = None) -> dict[str, StoredArticle]:
        """Several articles by id, with their bodies."""
        want = v.version == (version if version is not None else a.version)
        columns: list[Any] = [schema.articles, v.version.label("shown"), v.headline, v.byline]
        columns.append(v.partial)
        found = {}
        with self.engine.connect() as c:
            for batch in batches(ids):
                query = select(*columns, v.body, v.ingested, v.since).join(
                    schema.versions, (v.article == a.id) & want
                )
                names = tags.names_of(c, batch)
                rows = c.execute(query.where(a.id.in_(batch)))
                found.update({r.id: _stored(r, names.get(r.id, {})) for r in rows})
        return found

    def versions(self, article: str) -> list[StoredArticle]:
        """An article in each of its versions, the current one last."""
        with self.engine.connect() as c:
            query = select(v.version).where(v.article == article).order_by(v.seq, v.ingested)
            names = list(c.scalars(query))
        return [self.article(article, name) for name in names]

    def story(self, article: str) -> list[StoredArticle]:
        """The other live articles of its story, the earliest published first."""
        own = select(a.story).where(a.id == article, a.story != "").scalar_subquery()
        order = (a.published_at.asc().nulls_last(), a.id)
        query = select(a.id).where(a.story == own, a.id != article, a.withdrawn_at.is_(None))
        with self.engine.connect() as c:
            ids = list(c.scalars(query.order_by(*order)))
        found = self.articles(ids)
        return [found[i] for i in ids if i in found]

    def named(self, name: str) -> list[str]:
        """The ids of the articles whose provider calls them so: whose key ends in `#name`."""
        query = select(a.id).where(a.key.endswith(f"#{name}", autoescape=True))
        with self.engine.connect() as c:
            return list(c.scalars(query))

    def live_articles(self, language: str) -> list[str]:
        """The ids of the live articles in a language."""
        query = select(a.id).where(a.language == language, a.withdrawn_at.is_(None))
        with self.engine.connect() as c:
            return list(c.scalars(query))

    def stale(self, limit: int) -> list[StoredArticle]:
        """Articles whose passages were cut before a paragraph was known as boilerplate."""
        query = select(a.id).where(a.stale, a.withdrawn_at.is_(None)).order_by(a.id).limit(limit)
        with self.engine.connect() as c:
            return list(self.articles(list(c.scalars(query))).values())

    def recent(self, limit: int = 20) -> list[StoredArticle]:
        """The newest articles by published date."""
        query = select(a.id).where(a.withdrawn_at.is_(None))
        with self.engine.connect() as c:
            ids = list(c.scalars(query.order_by(a.published_at.desc().nulls_last()).limit(limit)))
        found = self.articles(ids)
        return [found[i] for i in ids]

    def members(self, names: Sequence[str], filters: Filters) -> dict[str, list[StoredArticle]]:
        """The live articles of stories that the filters admit, the earliest published first."""
        order = (a.published_at.asc().nulls_last(), a.id)
        live = a.withdrawn_at.is_(None)
        ids: list[str] = []
        with self.engine.connect() as c:
            for batch in batches(names):
                query = select(a.id).where(a.story.in_(batch), live, *conditions(filters))
                ids += c.scalars(query.order_by(*order))
        articles = self.articles(ids)
        found: dict[str, list[StoredArticle]] = {}
        for article in (articles[i] for i in ids if i in articles):
            found.setdefault(article.story, []).append(article)
        return found

    def changes(self, after: int, limit: int) -> list[Row[Any]]:
        """The next `limit` articles that changed after a sequence number, oldest first."""
        query = select(a.id, a.seq).where(a.seq > after).order_by(a.seq).limit(limit)
        with self.engine.connect() as c:
            return list(c.execute(query))


def _stored(r: Any, names: dict[str, tuple[str, ...]]) -> StoredArticle:
    return StoredArticle(
        id=r.id,
        version=r.shown,
        headline=r.headline,
        body=r.body,
        outlet=r.outlet,
        byline=r.byline,
        language=r.language,
        url=r.url,
        source=r.source,
        path=r.path,
        published=Dated(r.published, r.published_found) if r.published else None,
        updated=Dated(r.updated, r.updated_found) if r.updated else None,
        ingested=datetime.fromisoformat(r.ingested),
        current=r.shown == r.version and not r.withdrawn_at,
        withdrawn=datetime.fromisoformat(r.withdrawn_at) if r.withdrawn_at else None,
        since=datetime.fromisoformat(r.since),
        story=r.story,
        key=r.key,
        dateline=r.dateline,
        subjects=names.get("subject", ()),
        places=names.get("place", ()),
        revision=Revision(r.revision, r.revised),
        partial=r.partial,
    )
