"""An archive of any size, made of the passages of a real one without embedding anything.

Each made passage takes some of its sentences from one real passage and some from another; its
vector is the real one's with noise, so that vectors lie as densely as real ones do. Outlets are
as frequent as 1/rank, days are spread over years. It goes in through the archive's own verbs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vectorstore import Archive, Article, Dated, Filters, Passage
from vectorstore.models.embedder import Embedded, Embedder, Text

SEED = 11
NOISE = 0.35
"""Length of the noise against a unit vector: a made passage's cosine to its real one is 0.94."""

OUTLETS = [f"Outlet {n}" for n in range(1, 41)]
LANGUAGES = {"en": 0.8, "ko": 0.15, "ja": 0.05}
FIRST, DAYS = date(2014, 1, 1), 4_000

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Real:
    """A passage to make others of: its sentences, and their and its vectors."""

    sentences: tuple[str, ...]
    vector: Floats
    near: Floats


def real(archive: Archive) -> tuple[list[Real], list[tuple[str, int]]]:
    """The live passages of an archive, and its headlines with their numbers of passages."""
    found: list[Real] = []
    articles: dict[str, tuple[str, int]] = {}
    ids = [c.id for c in archive._ledger.changes(0, 10**9)]
    model = archive.embedder.identity
    texts = {r.id: r for r in archive._ledger.passages_of(ids, model)}
    for row in archive._ledger.candidates(list(texts), model, Filters()):
        spans = json.loads(row.sentences)
        text = texts[row.id].text
        own = tuple(text[a - row.start : b - row.start] for a, b in spans)
        vector = np.frombuffer(row.passage, dtype=np.float16).astype(np.float32)
        near = np.frombuffer(row.int8, dtype=np.int8).astype(np.float32) / 127
        found.append(Real(own, vector, near.reshape(len(own), -1)))
        headline, count = articles.get(row.article, (texts[row.id].headline, 0))
        articles[row.article] = (headline, count + 1)
    return found, list(articles.values())


def build(source: Path, target: Path, passages: int) -> None:
    """Make an archive of so many passages out of another's; does nothing if it is there."""
    if (target / "dense" / "manifest.json").exists():
        return
    with Archive.open(source) as archive:
        pieces, articles = real(archive)
    vectors: dict[str, Embedded] = {}

    def embed(_self: Embedder, texts: Sequence[Text]) -> Iterator[tuple[int, Embedded]]:
        yield from ((number, vectors.pop(text.text)) for number, text in enumerate(texts))

    plain = Embedder.embed
    Embedder.embed = embed  # type: ignore[method-assign]
    try:
        with Archive.open(target, create=True) as archive, archive.writing():
            for _ in archive.add(_made(pieces, articles, passages, vectors)):
                pass
            archive.index()
    finally:
        Embedder.embed = plain  # type: ignore[method-assign]


def _made(
    pieces: Sequence[Real],
    articles: Sequence[tuple[str, int]],
    passages: int,
    vectors: dict[str, Embedded],
) -> Iterator[tuple[Article, list[Passage]]]:
    chance, noise = random.Random(SEED), np.random.default_rng(SEED)  # noqa: S311
    shares = [1 / n for n in range(1, len(OUTLETS) + 1)]
    made = number = 0
    while made < passages:
        number += 1
        headline, count = chance.choice(articles)
        count = min(count, passages - made)
        body, cut = "", []
        for _ in range(count):
            one, other = chance.sample(pieces, 2)
            if body:
                body += "\n\n"
            sentences, embedded = _mixed(one, other, chance, noise)
            text = " ".join((*sentences, f"({number}-{len(cut)})"))
            spans = _spans(len(body), sentences)
            cut.append(Passage(len(body), len(body) + len(text), spans))
            vectors[text] = embedded
            body += text
        made += count
        yield (
            Article(
                key=f"https://made.example/{number}",
                url=f"https://made.example/{number}",
                headline=headline,
                body=body,
                source="made",
                path=f"{number}",
                outlet=chance.choices(OUTLETS, shares)[0],
                language=chance.choices([*LANGUAGES], [*LANGUAGES.values()])[0],
                published=Dated((FIRST + timedelta(chance.randrange(DAYS))).isoformat()),
            ),
            cut,
        )


def _mixed(
    one: Real, other: Real, chance: random.Random, noise: np.random.Generator
) -> tuple[list[str], Embedded]:
    """A passage's sentences with some replaced by another's, and vectors near its own."""
    sentences, near = list(one.sentences), one.near.copy()
    for at in range(len(sentences)):
        if chance.random() < 0.4:
            taken = chance.randrange(len(other.sentences))
            sentences[at], near[at] = other.sentences[taken], other.near[taken]
    return sentences, Embedded(_noisy(one.vector[None], noise)[0], _noisy(near, noise))


def _noisy(rows: Floats, noise: np.random.Generator) -> Floats:
    moved = rows + noise.normal(0, NOISE / np.sqrt(rows.shape[1]), rows.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _spans(start: int, sentences: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found = []
    for sentence in sentences:
        found.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return tuple(found)
