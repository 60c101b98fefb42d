"""The ledger's tables, in SQLAlchemy Core so that SQLite and PostgreSQL read the same.

Every change of an article takes the next sequence number; the indexes follow these.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("name", String(2000), primary_key=True),
    Column("last_started", String(40)),
    Column("last_ended", String(40)),
    Column("state", Text, nullable=False, default="{}"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("key", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("outlet", String(400), nullable=False),
    Column("language", String(12), nullable=False),
    Column("url", Text, nullable=False),
    Column("published", String(40)),
    Column("published_found", String(200), nullable=False, default=""),
    Column("published_at", Float),
    Column("published_day", Integer),
    Column("updated", String(40)),
    Column("updated_found", String(200), nullable=False, default=""),
    Column("version", String(12), nullable=False),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("seq", Integer, nullable=False, unique=True),
    Index("articles_by_source", "source"),
    Index("articles_by_day", "published_day"),
    Index("articles_by_outlet", "outlet"),
)
"""`published_day` is the proleptic ordinal of the day in the source's zone, for filters;
`published_at` is epoch seconds, for ordering. `version` is the current one."""

versions = Table(
    "versions",
    metadata,
    Column("article", String(16), ForeignKey("articles.id"), primary_key=True),
    Column("version", String(12), primary_key=True),
    Column("headline", Text, nullable=False),
    Column("byline", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("ingested", String(40), nullable=False),
)

passages = Table(
    "passages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("article", String(16), ForeignKey("articles.id"), nullable=False),
    Column("version", String(12), nullable=False),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", Text, nullable=False),
    Column("digest", String(32), nullable=False),
    Index("passages_by_version", "article", "version"),
    Index("passages_by_digest", "digest"),
)
"""`sentences` is JSON, [[start, end], …] in the body; `digest` finds the vectors."""

vectors = Table(
    "vectors",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("passage", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
)
"""`passage` is float16[dim], unit length; `sentences` is int8[n, dim], unit length x 127."""
