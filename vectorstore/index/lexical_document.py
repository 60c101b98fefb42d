"""A passage as a document of the lexical index: what goes in, and the fields it has there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from vectorstore.index.analyzer import terms
from vectorstore.index.lexical_query import FIELDS


class Entry(NamedTuple):
    """A passage as it goes into the index; `day` is an ordinal, None if unknown, and `tags` are
    the words of the article's subjects and places."""

    passage: str
    article: str
    headline: str
    text: str
    outlet: str
    byline: str
    language: str
    day: int | None
    tags: Sequence[str] = ()


def schema() -> Any:
    """The fields of a document, as tantivy's schema."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("outlet", "language", "tag"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def document(entry: Entry) -> Any:
    """A passage as a document of tantivy's."""
    import tantivy

    made = tantivy.Document()
    made.add_text("id", entry.passage)
    made.add_text("article", entry.article)
    made.add_text("headline", " ".join(terms(entry.headline)))
    made.add_text("body", " ".join(terms(entry.text)))
    made.add_text("by", " ".join(terms(f"{entry.outlet} {entry.byline}")))
    made.add_text("outlet", entry.outlet)
    made.add_text("language", entry.language)
    made.add_integer("day", entry.day or 0)
    for tag in entry.tags:
        made.add_text("tag", tag)
    return made
