"""The ledger's tables, in SQLAlchemy Core so that SQLite and PostgreSQL read the same.

Every change of an article takes the next sequence number; the indexes follow these.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
    false,
    text,
)

RUN_COUNTS = (
    "new", "changed", "updated", "unchanged", "withdrawn", "failed",
    "duplicates", "not_articles", "postponed", "announced", "checked",
)  # fmt: skip
PAGE_TIMES = ("checked", "changed", "next_check")

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
    Column("state", Text, nullable=False, default="{}"),
)
"""`state` is JSON of the source's own: an ETag, where it stopped."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(2000), nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40)),
    *(
        Column(name, Integer, nullable=False, default=0, server_default=text("0"))
        for name in RUN_COUNTS
    ),
    Column("reasons", Text, nullable=False, default="[]"),
    Column("interrupted", Boolean, nullable=False, default=False),
    Column("error", Text, nullable=False, default=""),
    Index("runs_by_source", "source", "started"),
)
"""One row a source and start; `reasons` is a JSON list of what failed, in words."""

pages = Table(
    "pages",
    metadata,
    Column("url", String(2000), primary_key=True),
    Column("source", String(2000), nullable=False),
    Column("article", String(16), nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", String(200), nullable=False, default=""),
    Column("digest", String(64), nullable=False, default=""),
    Column("status", Integer, nullable=False, default=0),
    *(Column(name, String(40)) for name in PAGE_TIMES),
    Column("missed", Integer, nullable=False, default=0),
    Index("pages_by_source", "source"),
)
"""What is known of each fetched URL; see `records.Page`."""

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
    Column("withdrawn_at", String(40)),
    Column("dateline", String(400), nullable=False, default="", server_default=""),
    Column("revision", String(100), nullable=False, default="", server_default=""),
    Column("revised", String(40), nullable=False, default="", server_default=""),
    Column("story", String(16), nullable=False, default="", server_default=""),
    Column("stale", Boolean, nullable=False, default=False, server_default=false()),
    Column("seq", Integer, nullable=False, unique=True),
    Index("articles_by_source", "source"),
    Index("articles_by_day", "published_day"),
    Index("articles_by_outlet", "outlet"),
    Index("articles_by_story", "story"),
    Index("articles_stale", "stale"),
)
"""`published_day` is the proleptic ordinal of the day in the source's zone, for filters;
`published_at` is epoch seconds, for ordering. `version` is the current one. `story` is the
smallest id of the near-copies that the article belongs to, "" for none. A `stale` article's
passages were cut before a paragraph of it was known as boilerplate."""

tags = Table(
    "tags",
    metadata,
    Column("article", String(16), ForeignKey("articles.id"), primary_key=True),
    Column("code", String(420), primary_key=True),
    Column("name", String(400), nullable=False),
    Column("position", Integer, nullable=False),
    Index("tags_by_code", "code"),
)
"""Subjects and places of each article; `code` is the kind and the name in one letter case."""

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("article", String(16), primary_key=True),
    Column("revision", String(100), nullable=False),
    Column("revised", String(40), nullable=False),
    Column("since", String(40), nullable=False),
)
"""Articles, known or not yet, that their providers withdrew, and as of which revision."""

versions = Table(
    "versions",
    metadata,
    Column("article", String(16), ForeignKey("articles.id"), primary_key=True),
    Column("version", String(12), primary_key=True),
    Column("headline", Text, nullable=False),
    Column("byline", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("partial", Boolean, nullable=False, default=False, server_default=false()),
    Column("ingested", String(40), nullable=False),
    Column("since", String(40), nullable=False),
    Column("seq", Integer, nullable=False, default=0, server_default="0"),
)
"""`ingested` is when the version first came, `since` when it last became the current one,
and `seq` the article's sequence number then. A `partial` version is a part of a text whose rest
stands behind a gate."""

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

signatures = Table(
    "signatures",
    metadata,
    Column("article", String(16), ForeignKey("articles.id"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("minhash", LargeBinary, nullable=False),
)
"""The MinHash of each live article's current text, empty for one too short to have copies;
`size` is its number of shingles. An article without a row has not been grouped yet."""

bands = Table(
    "bands",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("article", String(16), primary_key=True),
    sqlite_with_rowid=False,
)
"""The LSH bands of each signature: articles that share one may be copies."""

copies = Table(
    "copies",
    metadata,
    Column("one", String(16), primary_key=True),
    Column("other", String(16), primary_key=True),
    sqlite_with_rowid=False,
)
"""Pairs of articles found to be copies, each both ways; stories are what they connect."""

appearances = Table(
    "appearances",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("article", String(16), primary_key=True),
    Index("appearances_by_article", "article"),
    sqlite_with_rowid=False,
)
"""The short paragraphs of each live article; `digest` is of the outlet and the paragraph."""

boilerplate = Table(
    "boilerplate",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("outlet", String(2000), nullable=False),
    Column("text", Text, nullable=False),
    Column("since", String(40), nullable=False),
)
"""Paragraphs that recur in an outlet's articles, and are cut out of their passages for good."""
