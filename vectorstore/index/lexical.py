"""The lexical index: BM25 over passages in tantivy, a projection of the ledger.

Terms come from `analyzer`, so tantivy only splits at spaces; `lexical_query` makes its queries.
tantivy commits atomically and keeps what open readers use, so readers need nothing from the
writer.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vectorstore.errors import IndexDamaged
from vectorstore.index import lexical_query as queries
from vectorstore.index.lexical_document import Entry, document, schema
from vectorstore.index.lexical_seal import LexicalSeal
from vectorstore.index.term_statistics import TermStatistics
from vectorstore.index.vocabulary import Vocabulary, words
from vectorstore.index.word_list import WordList
from vectorstore.query import SearchQuery

WRITER_BYTES = 64_000_000
"""tantivy's writer buffer, in bytes."""

NAME_WORTH = 0.8
"""What a name counts among a query's words, whose worth is their rarity, 0 to 1."""


class LexicalIndex:
    """The tantivy index in one folder; any number of readers, one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: Any = None
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._schema = schema()
        self._seal = LexicalSeal(folder)
        self._words = WordList(folder)
        self._vocabulary: tuple[int, tuple[Vocabulary, Vocabulary]] | None = None

    def update(self, changed: Iterable[str], rows: Iterable[Entry], seq: int) -> None:
        """Replace articles' passages in one commit that reaches the sequence number `seq`.

        `changed` are ids of all articles that changed: their old passages go.
        """
        index = self._opened(create=True)
        index.reload()
        searcher, writer = index.searcher(), index.writer(WRITER_BYTES, 1)
        sealed = self._seal.read()
        dead, more = int(sealed["dead"]), int(sealed["more"])
        for article in changed:
            dead += searcher.doc_freq("article", article)
            writer.delete_documents_by_term("article", article)
        met: Counter[str] = Counter()
        for row in rows:
            met.update(words(f"{row.headline}\n{row.text}"))
            writer.add_document(document(row))
        writer.commit()
        writer.wait_merging_threads()
        files = self._seal.files(thorough=False)
        self._seal.write(seq=seq, files=files, dead=dead, more=self._words.add(met, more))

    def search(self, query: SearchQuery, k: int) -> dict[str, float]:
        """Up to k passages that share a term with the query: passage id -> BM25 score.

        Best first. Raises IndexDamaged if the index cannot be read.
        """
        if not self.exists() or not (wanted := queries.bm25_query(self._schema, query)):
            return {}
        with self.searcher() as searcher:
            hits = searcher.search(wanted, limit=k, count=False).hits
            return {searcher.doc(at)["id"][0]: score for score, at in hits}

    def covered(self, query: SearchQuery, ids: Sequence[str]) -> dict[str, float]:
        """The share of the query's words that each passage has, 0 to 1, by their rarity.

        A word counts in the passage or its headline. Words that the archive does not have
        are not counted, nor are passages that have none. Raises IndexDamaged if the index
        cannot be read.
        """
        weights = queries.term_weights(query)
        if not self.exists() or not ids or not (weights or query.names):
            return {}
        with self.searcher() as searcher:
            rare = self._statistics(searcher).rarity(weights, known=True)
            worth = {term: rare[term] * weights[term] for term in rare}
            names = [(group, NAME_WORTH) for group in query.names]
            total = sum(worth.values()) + sum(value for _, value in names)
            wanted = queries.coverage_query(self._schema, worth, names, ids)
            hits = searcher.search(wanted, limit=len(ids), count=False).hits
            return {
                searcher.doc(at)["id"][0]: min(score / total, 1.0) for score, at in hits if score
            }

    def rarity(self, found: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of terms: 0 in every passage, 1 in one or none.

        Raises IndexDamaged if the index cannot be read.
        """
        if not self.exists():
            return dict.fromkeys(found, 1.0)
        with self.searcher() as searcher:
            return self._statistics(searcher).rarity(found)

    def vocabulary(self) -> tuple[Vocabulary, Vocabulary]:
        """The terms of the texts, and their words (the terms, where there is no list of words).

        Raises IndexDamaged if the index cannot be read.
        """
        stamp = self._seal.written()
        known = self._vocabulary
        if known is None or known[0] != stamp:
            held = Vocabulary(self._terms())
            met = self._words.known(int(self._seal.read()["more"]))
            known = self._vocabulary = (stamp, (held, Vocabulary(met) if met else held))
        return known[1]

    def with_any(self, several: Sequence[Sequence[str]]) -> list[bool]:
        """For each of several lists of terms, whether one stands in a text, headline or byline.

        Raises IndexDamaged if the index cannot be read.
        """
        if not self.exists():
            return [False] * len(several)
        with self.searcher() as searcher:
            count = self._statistics(searcher).document_frequency
            return [
                any(count(field, t) for t in found for field in queries.FIELDS) for found in several
            ]

    def with_phrase(self, several: Sequence[Sequence[str]]) -> list[bool]:
        """For each of several lists of terms, whether they stand somewhere side by side.

        Raises IndexDamaged if the index cannot be read.
        """
        if not self.exists():
            return [False] * len(several)
        with self.searcher() as searcher:
            wanted = [queries.phrase_query(self._schema, found) for found in several]
            return [bool(searcher.search(w, limit=1, count=False).hits) for w in wanted]

    def exists(self) -> bool:
        return (self.folder / "meta.json").exists()

    def count(self) -> int:
        """Passages in the index; raises IndexDamaged if it cannot be read."""
        with self.searcher() as searcher:
            return int(searcher.num_docs)

    def dead_share(self) -> float:
        """The share of replaced and withdrawn passages among all that were written since the
        index was last made anew: they skew what tantivy counts, if little."""
        dead = int(self._seal.read()["dead"])
        return dead / (dead + self.count()) if dead else 0.0

    def cursor(self) -> int:
        """The last sequence number that is in the index; 0 for none."""
        return int(self._seal.read()["seq"])

    def sound(self, *, thorough: bool = True) -> bool:
        """Whether the files are those of the last update, to the byte. If not `thorough`, a file
        that nobody has touched since it was looked at is taken to be as it was."""
        return bool(self._seal.read()["files"] == self._seal.files(thorough=thorough))

    def outdated(self) -> bool:
        """Whether another release of Dateline wrote the index, in a form that this one does not
        read, or writing it anew was cut short."""
        return self._renewing.exists() or self._seal.of_another_format()

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """While the index is written anew: what is cut short is begun again."""
        self._renewing.touch()
        yield
        self._renewing.unlink(missing_ok=True)

    @property
    def _renewing(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.renewing")

    def clear(self) -> None:
        """Remove the index; the ledger can write it again."""
        self._index = None
        self._seal.clear()
        self._words.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_words(self) -> Counter[str]:
        """The list of words beside the index; raises FileNotFoundError or ValueError."""
        return self._words.read(int(self._seal.read()["more"]))

    def _statistics(self, searcher: Any) -> TermStatistics:
        return TermStatistics(searcher, self._schema, replaced=bool(self._seal.read()["dead"]))

    def _terms(self) -> dict[str, int]:
        if not self.exists():
            return {}
        with self.searcher() as searcher:
            found = searcher.terms_with_prefix("body", "")
        return {term: count for term, count in found if term.isalpha()}

    @contextmanager
    def searcher(self) -> Iterator[Any]:
        """A searcher over the newest commit; what fails in it is damage."""
        try:
            index = self._opened()
            try:
                index.reload()
            except ValueError:
                if self._copy is not None or os.access(self.folder, os.W_OK):
                    raise
                self._index = None  # the folder was closed while it was open
                index = self._opened()
            yield index.searcher()
        except BaseException as error:
            # A panic in tantivy arrives as a BaseException of a class that cannot be imported
            if isinstance(error, Exception) or type(error).__name__ == "PanicException":
                raise IndexDamaged(f"the lexical index cannot be read: {error}") from error
            raise

    def _place(self) -> Path:
        """Where tantivy reads: its folder, or a copy where it could not make its lock there."""
        if os.access(self.folder, os.W_OK):
            return self.folder
        if self._copy is None:
            self._copy = tempfile.TemporaryDirectory(prefix="dateline-lexical-")
            for path in self.folder.iterdir():
                shutil.copyfile(path, Path(self._copy.name) / path.name)
        return Path(self._copy.name)

    def _opened(self, *, create: bool = False) -> Any:
        import tantivy

        if self._copy is not None and os.access(self.folder, os.W_OK):
            self._index, self._copy = None, None  # it can be written again
        if self._index is None:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            try:
                place = self._place()
                self._index = tantivy.Index(self._schema, path=str(place), reuse=True)
            except Exception as error:
                raise IndexDamaged(f"the lexical index cannot be opened: {error}") from error
        return self._index
