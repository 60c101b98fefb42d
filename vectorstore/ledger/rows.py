"""Articles as rows of the database: the columns of one, and how its parts are stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, func, select

from vectorstore.ledger import schema
from vectorstore.values import Article, Passage

Vectors = tuple[npt.NDArray[np.float16], npt.NDArray[np.int8]]
"""A passage's vector, float16[dim], and its sentences', int8[n, dim]."""

a, v = schema.articles.c, schema.versions.c


def article_row(c: Connection, article: str) -> Row[Any] | None:
    """What is stored of an article by its id; None if nothing is."""
    return c.execute(select(schema.articles).where(a.id == article)).first()


def next_seq(c: Connection) -> int:
    """The sequence number of the change that is being stored."""
    return (c.scalar(select(func.max(a.seq))) or 0) + 1


def columns(article: Article) -> dict[str, Any]:
    """An article's values in the table of articles, but its id and what storing it decides."""
    published, updated = article.published, article.updated
    return {
        "key": article.key,
        "source": article.source,
        "path": article.path,
        "outlet": article.outlet,
        "language": article.language,
        "url": article.url,
        "published": published and published.iso,
        "published_found": published.found if published else "",
        "published_at": published and published.instant.timestamp(),
        "published_day": published and published.day.toordinal(),
        "updated": updated and updated.iso,
        "updated_found": updated.found if updated else "",
        "version": article.version,
        "dateline": article.dateline,
        "revision": article.revision.version,
        "revised": article.revision.made,
        "withdrawn_at": None,
    }


def put_version(c: Connection, article: Article, seq: int | None) -> None:
    """Store a version unless it is there; with `seq`, it becomes the current one now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    own = (v.article == article.id) & (v.version == article.version)
    if c.execute(select(v.version).where(own)).first() is None:
        text = {"headline": article.headline, "byline": article.byline, "body": article.body}
        owner = {"article": article.id, "version": article.version, "partial": article.partial}
        c.execute(schema.versions.insert().values(**owner, **text, ingested=now, since=now))
    else:
        c.execute(schema.versions.update().where(own).values(partial=article.partial))
    if seq is not None:
        c.execute(schema.versions.update().where(own).values(since=now, seq=seq))


def put_passages(
    c: Connection,
    article: str,
    version: str,
    passages: Sequence[Passage],
    digests: Sequence[str],
) -> bool:
    """Store a version's passages in place of those it has; False if they are the same."""
    rows = [
        {
            "id": f"{article}-{version}-{position}",
            "article": article,
            "version": version,
            "position": position,
            "start": passage.start,
            "end": passage.end,
            "sentences": json.dumps(passage.sentences, separators=(",", ":")),
            "digest": digest,
        }
        for position, (passage, digest) in enumerate(zip(passages, digests, strict=True))
    ]
    p = schema.passages.c
    own = (p.article == article) & (p.version == version)
    stored = c.execute(select(schema.passages).where(own).order_by(p.position))
    if [dict(row._mapping) for row in stored] == rows:
        return False
    c.execute(schema.passages.delete().where(own))
    if rows:
        c.execute(schema.passages.insert(), rows)
    return True


def put_vectors(c: Connection, vectors: dict[str, Vectors], model: str) -> None:
    """Store a model's new vectors of passages, by digest."""
    rows = [
        {"digest": d, "model": model, "passage": x.tobytes(), "sentences": s.tobytes()}
        for d, (x, s) in vectors.items()
    ]
    if rows:
        c.execute(schema.vectors.insert(), rows)
