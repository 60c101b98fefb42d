"""Examples to fit the models of answering on: questions asked of an archive, with the sentences
that are read for each and whether they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from benchmarks.set_aside import TODAY, told
from chatbot.reading.candidates import FEATURES, Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import promising_hits, score_candidates
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from vectorstore import Archive, Hit

Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Labelled = tuple[Floats, Flags]
"""Values of a question's sentences, [sentences, features], and which of them answer."""

HITS = 20
"""Hits that are searched for a question, as in the product."""
REMOVED = 3
"""Of so many answerable questions one is asked again without the article that answers."""
MOST_READ = 12
"""Hits of a question that are read here, to see what fewer cost."""


@dataclass(frozen=True)
class Example:
    """A question asked of an archive: its sentences, and which of them answer."""

    question: str
    source: str
    kind: str
    """answerable, unanswerable, or removed (without the article that answers)."""
    sentences: list[Candidate]
    right: Flags
    places: npt.NDArray[np.int_]
    """For each sentence the place of its hit in the order in which hits are read, from 0."""

    def reading(self, most: int) -> Example:
        """The example as it would be if only the first `most` hits had been read."""
        own = self.places < most
        left = [w for w, there in zip(self.sentences, own, strict=True) if there]
        return replace(
            self, sentences=reader_shares(left), right=self.right[own], places=self.places[own]
        )

    @property
    def features(self) -> Floats:
        return np.array([w.features for w in self.sentences])


def retrieved(
    archive: Archive, questions: Sequence[Any], passages: Any
) -> Iterator[tuple[Any, QueryTerms, str, list[Hit], Callable[[str], bool]]]:
    """For each question its row, the terms of its query, its kind (see `Example`), its hits, and a
    function that tells whether the text of a sentence answers it.

    Every REMOVED-th answerable question comes twice: with all hits, and without those of articles
    that answer it.
    """
    for number, row in enumerate(questions):
        query = understand({"question": row["q"], "today": TODAY}, archive=archive)
        hits = archive.search(search_queries(query), k=HITS)
        wanted = [(passages[a["passage"]], a) for a in row["answers"]]
        kinds = {"answerable" if wanted else "unanswerable": hits}
        if wanted and number % REMOVED == 0:
            gone = [h for h in hits if not any(told([h.text], p, a) for p, a in wanted)]
            own = {h.article.id for h in hits} - {h.article.id for h in gone}
            kinds["removed"] = [h for h in gone if h.article.id not in own]
        for kind, found in kinds.items():

            def answers(text: str, kind: str = kind, wanted: Any = wanted) -> bool:
                return kind == "answerable" and any(told([text], p, a) for p, a in wanted)

            yield row, QueryTerms(archive, query), kind, found, answers


def counted_examples(
    archive: Archive, questions: Sequence[Any], passages: Any
) -> Iterator[Labelled]:
    """For each answerable question the counted features of the sentences that were found, and
    which of these answer."""
    for _, query_terms, kind, hits, answers in retrieved(archive, questions, passages):
        if kind == "answerable":
            with patch("chatbot.reading.scoring.coefficients", _zeros):
                found = promising_hits(query_terms, hits)
            both = [
                (u.features, answers(hit.sentences[u.position].text))
                for hit, own in found
                for u in own
            ]
            yield np.array([v for v, _ in both]), np.array([right for _, right in both])


def examples(
    archive: Archive, source: str, questions: Sequence[Any], passages: Any, first: Floats
) -> Iterator[Example]:
    """What the product reads for each question of a source. `first` are the coefficients of
    COUNTED_FEATURES that decide in which order hits are read."""

    def fitted(model: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
        return (0.0, tuple(first)) if model == "reading order" else _zeros(model, names)

    with patch("chatbot.reading.scoring.coefficients", fitted):  # the others are still to be fitted
        for row, query_terms, kind, hits, answers in retrieved(archive, questions, passages):
            places = {
                hit.passage_id: n for n, (hit, _) in enumerate(promising_hits(query_terms, hits))
            }
            ranked = score_candidates(archive, query_terms, hits, MOST_READ)
            if ranked:
                yield Example(
                    row["q"],
                    source,
                    kind,
                    [_without_texts(w) for w in ranked],
                    np.array([answers(w.sentence.text) for w in ranked]),
                    np.array([places[w.hit.passage_id] for w in ranked]),
                )


def _zeros(_: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
    """In place of `coefficients`: those of a model that is not fitted yet."""
    return 0.0, (0.0,) * len(names)


def reader_shares(sentences: Sequence[Candidate]) -> list[Candidate]:
    """The sentences with the feature "reader share" as if no others had been read."""
    at = FEATURES.index("reader share")
    odds = np.exp([w.reader_score for w in sentences])
    return [
        replace(w, features=(*w.features[:at], float(v), *w.features[at + 1 :]))
        for w, v in zip(sentences, odds / odds.sum(), strict=True)
    ]


def _without_texts(candidate: Candidate) -> Candidate:
    """The scores of a candidate alone, which is what the cache keeps."""
    return replace(candidate, hit=None, sentence=None, terms=frozenset(), context_terms=frozenset())  # type: ignore[arg-type]
