"""The lexical index: BM25 over passages in tantivy, a projection of the ledger.

Terms come from `analyzer`, so tantivy only splits at spaces. tantivy commits atomically
and keeps what open readers use, so readers need nothing from the writer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import log
from pathlib import Path
from typing import Any

from vectorstore import analyzer
from vectorstore.durable import digests, write_json
from vectorstore.errors import IndexDamaged
from vectorstore.values import Filters

WRITER_BYTES = 64_000_000
"""tantivy's writer buffer, in bytes."""

HEADLINE_WEIGHT = 0.4
"""A headline's term against the passage's own, which has the whole article's in common."""

LAST_DAY = 4_000_000
"""Later than any ordinal day."""


class LexicalIndex:
    """The tantivy index in one folder; any number of readers, one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Any = None
        self._schema = _schema()

    def update(self, changed: Iterable[str], rows: Iterable[Sequence[Any]], seq: int) -> None:
        """Replace articles' passages in one commit that reaches the sequence number `seq`.

        `changed` are ids of all articles that changed (their old passages go); a row is
        (passage id, article id, headline, text, outlet, day ordinal or None).
        """
        import tantivy

        writer = self._opened(create=True).writer(WRITER_BYTES, 1)
        for article in changed:
            writer.delete_documents_by_term("article", article)
        for passage, article, headline, text, outlet, day in rows:
            document = tantivy.Document()
            document.add_text("id", passage)
            document.add_text("article", article)
            document.add_text("headline", " ".join(analyzer.terms(headline)))
            document.add_text("body", " ".join(analyzer.terms(text)))
            document.add_text("outlet", outlet)
            document.add_integer("day", day or 0)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        write_json(self._seal, {"seq": seq, "files": self._files()})

    def search(self, text: str, k: int, filters: Filters) -> dict[str, float]:
        """Up to k passages that share a term with the text: passage id -> BM25 score.

        Raises IndexDamaged if the index cannot be read.
        """
        from tantivy import Occur, Query

        found = analyzer.question_terms(text)
        if not found or not self.exists():
            return {}
        clauses: list[tuple[Any, Any]] = []
        for term in found:
            clauses.append((Occur.Should, Query.term_query(self._schema, "body", term)))
            headline = Query.term_query(self._schema, "headline", term)
            clauses.append((Occur.Should, Query.boost_query(headline, HEADLINE_WEIGHT)))
        query = Query.boolean_query(clauses)
        if narrowed := self._narrowed(filters):
            query = Query.boolean_query([(Occur.Must, query), *narrowed])
        with self._reading() as searcher:
            hits = searcher.search(query, limit=k).hits
            return {searcher.doc(at)["id"][0]: score for score, at in hits}

    def rarity(self, found: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of terms: 0 in every passage, 1 in one or none.

        Raises IndexDamaged if the index cannot be read.
        """
        if not self.exists():
            return dict.fromkeys(found, 1.0)
        with self._reading() as searcher:
            total = max(searcher.num_docs, 2)
            return {t: 1 - log(max(searcher.doc_freq("body", t), 1)) / log(total) for t in found}

    def exists(self) -> bool:
        return (self.folder / "meta.json").exists()

    def count(self) -> int:
        """Passages in the index; raises IndexDamaged if it cannot be read."""
        with self._reading() as searcher:
            return int(searcher.num_docs)

    def cursor(self) -> int:
        """The last sequence number that is in the index; 0 for none."""
        return int(self._sealed()["seq"])

    def sound(self) -> bool:
        """Whether the files are those of the last update, to the byte."""
        return bool(self._sealed()["files"] == self._files())

    def clear(self) -> None:
        """Remove the index; the ledger can write it again."""
        self._index = None
        self._seal.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _seal(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.json")

    def _sealed(self) -> dict[str, Any]:
        try:
            loaded: dict[str, Any] = json.loads(self._seal.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {"seq": 0, "files": {}}
        return loaded

    def _files(self) -> dict[str, str]:
        return {n: d for n, d in digests(self.folder).items() if not n.endswith(".lock")}

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """A searcher over the newest commit; what fails in it is damage."""
        try:
            index = self._opened()
            index.reload()
            yield index.searcher()
        except BaseException as error:
            # A panic in tantivy arrives as a BaseException of a class that cannot be imported
            if isinstance(error, Exception) or type(error).__name__ == "PanicException":
                raise IndexDamaged(f"the lexical index cannot be read: {error}") from error
            raise

    def _opened(self, *, create: bool = False) -> Any:
        import tantivy

        if self._index is None:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self._index = tantivy.Index(self._schema, path=str(self.folder), reuse=True)
            except Exception as error:
                raise IndexDamaged(f"the lexical index cannot be opened: {error}") from error
        return self._index

    def _narrowed(self, filters: Filters) -> list[tuple[Any, Any]]:
        from tantivy import FieldType, Occur, Query

        found: list[tuple[Any, Any]] = []

        def days(first: int, last: int) -> Any:
            return Query.range_query(self._schema, "day", FieldType.Integer, first, last)

        if filters.since or filters.until:
            first = filters.since.toordinal() if filters.since else 1
            last = filters.until.toordinal() if filters.until else LAST_DAY
            found.append((Occur.Must, Query.const_score_query(days(first, last), 0.0)))
        if filters.as_of:
            known = days(0, filters.as_of.toordinal())
            found.append((Occur.Must, Query.const_score_query(known, 0.0)))
        if filters.outlets:
            outlets = Query.term_set_query(self._schema, "outlet", list(filters.outlets))
            found.append((Occur.Must, Query.const_score_query(outlets, 0.0)))
        return found


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("headline", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()
