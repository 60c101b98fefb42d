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
from sqlalchemy.types import TypeEngine

RUN_COUNTS = (
    "new", "changed", "updated", "unchanged", "withdrawn", "failed",
    "duplicates", "not_articles", "postponed", "announced", "checked",
)  # fmt: skip
PAGE_TIMES = ("checked", "changed", "next_check")

metadata = MetaData()


def texts(most: int | None = None) -> TypeEngine[str]:
    """The type of a column of texts; `most` is how many characters they usually have at most.

    PostgreSQL would refuse longer ones, and compare by the rules of its language: there they are
    as long as they are, and sort by their code points, as SQLite has it.
    """
    kind = Text() if most is None else String(most)
    return kind.with_variant(Text(collation="C"), "postgresql")


meta = Table(
    "meta",
    metadata,
    Column("key", texts(40), primary_key=True),
    Column("value", texts(), nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("name", texts(2000), primary_key=True),
    Column("state", texts(), nullable=False, default="{}"),
)
"""`state` is JSON of the source's own: an ETag, where it stopped."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", texts(2000), nullable=False),
    Column("started", texts(40), nullable=False),
    Column("ended", texts(40)),
    *(
        Column(name, Integer, nullable=False, default=0, server_default=text("0"))
        for name in RUN_COUNTS
    ),
    Column("reasons", texts(), nullable=False, default="[]"),
    Column("interrupted", Boolean, nullable=False, default=False),
    Column("error", texts(), nullable=False, default=""),
    Index("runs_by_source", "source", "started"),
)
"""One row a source and start; `reasons` is a JSON list of what failed, in words."""

pages = Table(
    "pages",
    metadata,
    Column("url", texts(2000), primary_key=True),
    Column("source", texts(2000), nullable=False),
    Column("article", texts(16), nullable=False, default=""),
    Column("etag", texts(), nullable=False, default=""),
    Column("last_modified", texts(200), nullable=False, default=""),
    Column("digest", texts(64), nullable=False, default=""),
    Column("status", Integer, nullable=False, default=0),
    *(Column(name, texts(40)) for name in PAGE_TIMES),
    Column("missed", Integer, nullable=False, default=0),
    Index("pages_by_source", "source"),
)
"""What is known of each fetched URL; see `records.Page`."""

articles = Table(
    "articles",
    metadata,
    Column("id", texts(16), primary_key=True),
    Column("key", texts(), nullable=False),
    Column("source", texts(), nullable=False),
    Column("path", texts(), nullable=False),
    Column("outlet", texts(400), nullable=False),
    Column("language", texts(12), nullable=False),
    Column("url", texts(), nullable=False),
    Column("published", texts(40)),
    Column("published_found", texts(200), nullable=False, default=""),
    Column("published_at", Float),
    Column("published_day", Integer),
    Column("updated", texts(40)),
    Column("updated_found", texts(200), nullable=False, default=""),
    Column("version", texts(12), nullable=False),
    Column("withdrawn_at", texts(40)),
    Column("dateline", texts(400), nullable=False, default="", server_default=""),
    Column("revision", texts(100), nullable=False, default="", server_default=""),
    Column("revised", texts(40), nullable=False, default="", server_default=""),
    Column("story", texts(16), nullable=False, default="", server_default=""),
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
    Column("article", texts(16), ForeignKey("articles.id"), primary_key=True),
    Column("code", texts(420), primary_key=True),
    Column("name", texts(400), nullable=False),
    Column("position", Integer, nullable=False),
    Index("tags_by_code", "code"),
)
"""Subjects and places of each article; `code` is the kind and the name in one letter case."""

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("article", texts(16), primary_key=True),
    Column("revision", texts(100), nullable=False),
    Column("revised", texts(40), nullable=False),
    Column("since", texts(40), nullable=False),
)
"""Articles, known or not yet, that their providers withdrew, and as of which revision."""

versions = Table(
    "versions",
    metadata,
    Column("article", texts(16), ForeignKey("articles.id"), primary_key=True),
    Column("version", texts(12), primary_key=True),
    Column("headline", texts(), nullable=False),
    Column("byline", texts(), nullable=False),
    Column("body", texts(), nullable=False),
    Column("partial", Boolean, nullable=False, default=False, server_default=false()),
    Column("ingested", texts(40), nullable=False),
    Column("since", texts(40), nullable=False),
    Column("seq", Integer, nullable=False, default=0, server_default="0"),
)
"""`ingested` is when the version first came, `since` when it last became the current one,
and `seq` the article's sequence number then. A `partial` version is a part of a text whose rest
stands behind a gate."""

passages = Table(
    "passages",
    metadata,
    Column("id", texts(40), primary_key=True),
    Column("article", texts(16), ForeignKey("articles.id"), nullable=False),
    Column("version", texts(12), nullable=False),
    Column("position", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", texts(), nullable=False),
    Column("digest", texts(32), nullable=False),
    Index("passages_by_version", "article", "version"),
    Index("passages_by_digest", "digest"),
)
"""`sentences` is JSON, [[start, end], …] in the body; `digest` finds the vectors."""

vectors = Table(
    "vectors",
    metadata,
    Column("digest", texts(32), primary_key=True),
    Column("model", texts(200), primary_key=True),
    Column("passage", LargeBinary, nullable=False),
    Column("sentences", LargeBinary, nullable=False),
)
"""`passage` is float16[dim], unit length; `sentences` is int8[n, dim], unit length x 127."""

signatures = Table(
    "signatures",
    metadata,
    Column("article", texts(16), ForeignKey("articles.id"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("minhash", LargeBinary, nullable=False),
)
"""The MinHash of each live article's current text, empty for one too short to have copies;
`size` is its number of shingles. An article without a row has not been grouped yet."""

bands = Table(
    "bands",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("article", texts(16), primary_key=True),
    sqlite_with_rowid=False,
)
"""The LSH bands of each signature: articles that share one may be copies."""

copies = Table(
    "copies",
    metadata,
    Column("one", texts(16), primary_key=True),
    Column("other", texts(16), primary_key=True),
    sqlite_with_rowid=False,
)
"""Pairs of articles found to be copies, each both ways; stories are what they connect."""

appearances = Table(
    "appearances",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("article", texts(16), primary_key=True),
    Index("appearances_by_article", "article"),
    sqlite_with_rowid=False,
)
"""The short paragraphs of each live article; `digest` is of the outlet and the paragraph."""

boilerplate = Table(
    "boilerplate",
    metadata,
    Column("digest", BigInteger, primary_key=True, autoincrement=False),
    Column("outlet", texts(2000), nullable=False),
    Column("text", texts(), nullable=False),
    Column("since", texts(40), nullable=False),
)
"""Paragraphs that recur in an outlet's articles, and are cut out of their passages for good."""
