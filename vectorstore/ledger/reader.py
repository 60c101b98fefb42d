"""What the ledger is asked: articles, passages with their vectors, changes, counts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, func, select

from vectorstore.ledger import schema, tags
from vectorstore.ledger.counts import LedgerCounts
from vectorstore.revision import Revision
from vectorstore.values import Dated, Filters, StoredArticle

T = TypeVar("T")

IN_LIMIT = 900
"""Values in one SQL IN list: under SQLite's oldest limit of 999 variables."""

a, v, p, r = schema.articles.c, schema.versions.c, schema.passages.c, schema.runs.c


class LedgerReader(LedgerCounts):
    """Reads of one archive's database."""

    def meta(self, key: str) -> str | None:
        with self.engine.connect() as c:
            return c.scalar(select(schema.meta.c.value).where(schema.meta.c.key == key))

    def missing(self, digests: Sequence[str], model: str) -> list[str]:
        """Those of `digests` that have no vectors of this model yet."""
        t = schema.vectors.c
        have: set[str] = set()
        with self.engine.connect() as c:
            for part in parts(digests):
                rows = c.execute(select(t.digest).where(t.digest.in_(part), t.model == model))
                have.update(r.digest for r in rows)
        return [d for d in dict.fromkeys(digests) if d not in have]

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
            for part in parts(ids):
                query = select(*columns, v.body, v.ingested, v.since).join(
                    schema.versions, (v.article == a.id) & want
                )
                names = tags.of(c, part)
                rows = c.execute(query.where(a.id.in_(part)))
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

    def candidates(self, ids: Sequence[str], model: str, filters: Filters) -> list[Row[Any]]:
        """The passages among `ids` that are live and admitted, with their vectors.

        A passage is live if its version is its article's current one. Rows have id,
        article, position, start, end, sentences (JSON), story, outlet, published_at,
        published_day, and the vector blobs passage and int8.
        """
        # Filtered here: SQLite would take an index of outlets or days rather than the ids
        t = schema.vectors
        about = (a.story, a.outlet, a.language, a.published_at, a.published_day)
        query = (
            select(schema.passages, *about, t.c.passage, t.c.sentences.label("int8"))
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .where(a.withdrawn_at.is_(None))
        )
        rows: list[Row[Any]] = []
        with self.engine.connect() as c:
            for part in parts(ids):
                rows.extend(c.execute(query.where(p.id.in_(part))))
            if named := [*tags.conditions(filters)]:
                about_them = list({row.article for row in rows})
                own = select(a.id).where(*named)
                admitted = {
                    i for part in parts(about_them) for i in c.scalars(own.where(a.id.in_(part)))
                }
                rows = [row for row in rows if row.article in admitted]
        return [row for row in rows if _admits(filters, row)] if filters else rows

    def unembedded(self, model: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Up to `limit` live passages without a model's vectors, each digest once: digest, text,
        headline, and the sentences' spans in the text as JSON."""
        text = func.substr(v.body, p.start + 1, p.end - p.start)
        query = _without_vectors(select(p.digest, text, v.headline, p.sentences, p.start), model)
        found: dict[str, tuple[str, str, str, str]] = {}
        with self.engine.connect() as c:
            for digest, body, headline, spans, start in c.execute(query.limit(limit)):
                moved = [[a - start, b - start] for a, b in json.loads(spans)]
                found[digest] = (digest, body, headline, json.dumps(moved))
        return list(found.values())

    def count_unembedded(self, model: str) -> int:
        """How many live passages are without a model's vectors."""
        with self.engine.connect() as c:
            return c.scalar(_without_vectors(select(func.count()), model)) or 0

    def passages_in(self, articles: Sequence[str]) -> list[str]:
        """The ids of the current passages of articles, in order."""
        query = (
            select(p.id)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .where(a.id.in_(articles))
        )
        with self.engine.connect() as c:
            return list(c.scalars(query.order_by(p.article, p.position)))

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """The texts of passages by id."""
        text = func.substr(v.body, p.start + 1, p.end - p.start)
        own = (v.article == p.article) & (v.version == p.version)
        query = select(p.id, text).join(schema.versions, own)
        with self.engine.connect() as c:
            return {
                row[0]: row[1]
                for part in parts(ids)
                for row in c.execute(query.where(p.id.in_(part)))
            }

    def members(self, names: Sequence[str], filters: Filters) -> dict[str, list[StoredArticle]]:
        """The live articles of stories that the filters admit, the earliest published first."""
        order = (a.published_at.asc().nulls_last(), a.id)
        live = a.withdrawn_at.is_(None)
        ids: list[str] = []
        with self.engine.connect() as c:
            for part in parts(names):
                query = select(a.id).where(a.story.in_(part), live, *conditions(filters))
                ids += c.scalars(query.order_by(*order))
        articles = self.articles(ids)
        found: dict[str, list[StoredArticle]] = {}
        for article in (articles[i] for i in ids if i in articles):
            found.setdefault(article.story, []).append(article)
        return found

    def live(self, ids: Sequence[str]) -> set[str]:
        """Those of these passage ids whose version is current and not withdrawn."""
        query = select(p.id).join(schema.articles, (a.id == p.article) & (a.version == p.version))
        found: set[str] = set()
        with self.engine.connect() as c:
            for part in parts(ids):
                found.update(c.scalars(query.where(p.id.in_(part), a.withdrawn_at.is_(None))))
        return found

    def changes(self, after: int, limit: int) -> list[Row[Any]]:
        """The next `limit` articles that changed after a sequence number, oldest first."""
        query = select(a.id, a.seq).where(a.seq > after).order_by(a.seq).limit(limit)
        with self.engine.connect() as c:
            return list(c.execute(query))

    def passages_of(self, ids: Sequence[str], model: str) -> Iterator[Row[Any]]:
        """The live passages of articles with text, date, outlet, language, the words of their
        subjects and places (one on a line) and passage vector."""
        t = schema.vectors
        text = func.substr(v.body, p.start + 1, p.end - p.start).label("text")
        about = (a.outlet, a.language, a.published_day, tags.joined())
        query = (
            select(p.id, p.article, *about, v.headline, v.byline, t.c.passage, text)
            .join(schema.articles, (a.id == p.article) & (a.version == p.version))
            .join(schema.versions, (v.article == p.article) & (v.version == p.version))
            .join(t, (t.c.digest == p.digest) & (t.c.model == model))
            .order_by(a.seq, p.position)
        )
        with self.engine.connect() as c:
            for part in parts(ids):
                found: Any = c.execute(query.where(a.id.in_(part), a.withdrawn_at.is_(None)))
                yield from found


def _without_vectors(query: Any, model: str) -> Any:
    """The live passages that a model has no vectors of."""
    t = schema.vectors
    return (
        query.select_from(schema.passages)
        .join(schema.articles, (a.id == p.article) & (a.version == p.version))
        .join(schema.versions, (v.article == p.article) & (v.version == p.version))
        .outerjoin(t, (t.c.digest == p.digest) & (t.c.model == model))
        .where(a.withdrawn_at.is_(None), t.c.digest.is_(None))
    )


def conditions(filters: Filters) -> list[Any]:
    """`Filters` as SQL conditions on the articles table; see `Filters.admits`."""
    found: list[Any] = []
    if filters.articles:
        found.append(a.id.in_(filters.articles))
    if filters.outlets:
        found.append(a.outlet.in_(filters.outlets))
    if filters.languages:
        found.append(a.language.in_(filters.languages))
    if filters.since is not None:
        found.append(a.published_day >= filters.since.toordinal())
    if filters.until is not None:
        found.append(a.published_day <= filters.until.toordinal())
    if filters.as_of is not None:
        known = a.published_day <= filters.as_of.toordinal()
        found.append(known | a.published_day.is_(None))
    return [*found, *tags.conditions(filters)]


def _admits(filters: Filters, row: Any) -> bool:
    day = date.fromordinal(row.published_day) if row.published_day else None
    return filters.admits(day, row.outlet, row.language, row.article)


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


def parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in runs that fit into an SQL IN list."""
    for i in range(0, len(values), IN_LIMIT):
        yield values[i : i + IN_LIMIT]
