"""What Dateline's search is measured beside, over the same archive and embedding model.

Each takes the question as it is typed (a follow-up without what was asked before, as these
have no conversation), and leaves out what was published after the day it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from chatbot import build_chain
from vectorstore import Archive, Filters, StoredArticle
from vectorstore.models.embedder import Text

SHOWN = 20
POOL = 200
"""What is asked of a peer, before what came later is left out."""

CHUNK, OVERLAP = 1000, 200
"""Characters, as in LangChain's tutorial."""

RRF_K = 60
"""Cormack et al. 2009."""

Retrieved = list[dict[str, str]]
Ask = Callable[[dict[str, Any]], Retrieved]


@dataclass(frozen=True)
class Piece:
    """A passage of an article, as the peers are given it."""

    path: str
    day: date | None
    text: str


def dateline(archive: Archive) -> Ask:
    """The whole of Dateline but the answer: the question read, and what is retrieved."""
    chain = build_chain(archive, k=SHOWN)

    def ask(row: dict[str, Any]) -> Retrieved:
        inputs = {"question": row["question"], "history": row.get("history") or []}
        parts = chain.stream(inputs | {"today": asked_on(row)})
        return [{"path": h.article.path, "text": h.text} for h in next(iter(parts)).nearest]

    return ask


def search(archive: Archive) -> Ask:
    """Dateline's search alone: the text as typed."""

    def ask(row: dict[str, Any]) -> Retrieved:
        hits = archive.search(row["question"], k=SHOWN, filters=Filters(as_of=asked_on(row)))
        return [{"path": h.article.path, "text": h.text} for h in hits]

    return ask


def dense(archive: Archive) -> Ask:
    """Cosine over Dateline's passages, exact."""
    return _ranked(pieces(archive), _by_vector(archive))


def bm25s(archive: Archive) -> Ask:
    """The bm25s library over Dateline's passages, English stems and stop words."""
    found = pieces(archive)
    return _ranked(found, _by_words(found))


def rrf(archive: Archive) -> Ask:
    """Reciprocal rank fusion of the two."""
    found = pieces(archive)
    both = (_by_vector(archive), _by_words(found))

    def fused(question: str) -> Iterable[int]:
        score: dict[int, float] = {}
        for one in both:
            for rank, i in enumerate(one(question), 1):
                score[i] = score.get(i, 0.0) + 1 / (RRF_K + rank)
        return sorted(score, key=lambda i: -score[i])

    return _ranked(found, fused)


def tutorial(archive: Archive) -> Ask:
    """LangChain's tutorial: 1000/200-character chunks in Chroma."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embedder = archive.embedder

    class Same(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            made = dict(embedder.embed([Text(text, ()) for text in texts]))
            return [list(map(float, made[i].passage)) for i in range(len(texts))]

        def embed_query(self, text: str) -> list[float]:
            return list(map(float, embedder.query(text)))

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    documents = [
        Document(a.body, metadata={"path": a.path, "day": _ordinal(a)}) for a in articles(archive)
    ]
    store = Chroma.from_documents(splitter.split_documents(documents), Same())

    def ask(row: dict[str, Any]) -> Retrieved:
        last = _last(row)
        found = store.similarity_search(row["question"], k=POOL)
        kept = [d for d in found if d.metadata["day"] <= last]
        return [{"path": d.metadata["path"], "text": d.page_content} for d in kept[:SHOWN]]

    return ask


def txtai(archive: Archive) -> Ask:
    """txtai, hybrid (its BM25 and dense in Faiss), over Dateline's passages."""
    from txtai import Embeddings

    found = pieces(archive)
    rows = _passages(archive)
    stored = {p.text: np.frombuffer(r.passage, "f2") for p, r in zip(found, rows, strict=True)}

    def transform(texts: list[str]) -> Any:
        """Dateline's vectors of the passages, which are not embedded again, or a question's."""
        new = [i for i, text in enumerate(texts) if text not in stored]
        asked = iter(archive.embedder.queries([texts[i] for i in new]) if new else ())
        return np.stack([stored[t].astype("f4") if t in stored else next(asked) for t in texts])

    index = Embeddings(
        method="external",
        transform=transform,
        hybrid=True,
        content=False,
    )
    index.index((i, piece.text, None) for i, piece in enumerate(found))
    return _ranked(found, lambda question: [int(i) for i, _ in index.search(question, POOL)])


PEERS: dict[str, Callable[[Archive], Ask]] = {
    "dateline": dateline,
    "search alone": search,
    "dense": dense,
    "bm25s": bm25s,
    "rrf": rrf,
    "tutorial": tutorial,
    "txtai": txtai,
}


def articles(archive: Archive) -> list[StoredArticle]:
    """All live articles of an archive."""
    ledger = archive._ledger
    return list(ledger.articles([c.id for c in ledger.changes(0, 10**9)]).values())


def pieces(archive: Archive) -> list[Piece]:
    """Dateline's live passages, each behind its headline, in the order of `_vectors`."""
    paths = {a.id: (a.path, a.published and a.published.day) for a in articles(archive)}
    rows = _passages(archive)
    return [Piece(*paths[r.article], f"{r.headline}\n{r.text}") for r in rows]


def asked_on(row: dict[str, Any]) -> date | None:
    return date.fromisoformat(row["as_of"]) if row.get("as_of") else None


def _passages(archive: Archive) -> list[Any]:
    ids = [c.id for c in archive._ledger.changes(0, 10**9)]
    return list(archive._ledger.passages_of(ids, archive.embedder.identity))


def _by_vector(archive: Archive) -> Callable[[str], list[int]]:
    rows = _passages(archive)
    vectors = np.stack([np.frombuffer(r.passage, dtype=np.float16) for r in rows]).astype("f4")
    return lambda question: [
        int(i) for i in np.argsort(-(vectors @ archive.embedder.query(question)))[:POOL]
    ]


def _by_words(found: list[Piece]) -> Callable[[str], list[int]]:
    import bm25s as library
    import Stemmer

    stemmer = Stemmer.Stemmer("english").stemWords
    index = library.BM25()
    texts = [piece.text for piece in found]
    index.index(
        library.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False),
        show_progress=False,
    )

    def ranked(question: str) -> list[int]:
        tokens = library.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False)
        ids, scores = index.retrieve(tokens, k=min(POOL, len(texts)), show_progress=False)
        return [int(i) for i, s in zip(ids[0], scores[0], strict=True) if s > 0]

    return ranked


def _ranked(found: list[Piece], order: Callable[[str], Iterable[int]]) -> Ask:
    def ask(row: dict[str, Any]) -> Retrieved:
        last = _last(row)
        kept = [p for i in order(row["question"]) if _day(p := found[i]) <= last]
        return [{"path": p.path, "text": p.text} for p in kept[:SHOWN]]

    return ask


def _last(row: dict[str, Any]) -> int:
    return (asked_on(row) or date.max).toordinal()


def _day(piece: Piece) -> int:
    return piece.day.toordinal() if piece.day else 0


def _ordinal(article: StoredArticle) -> int:
    return article.published.day.toordinal() if article.published else 0
