"""Passages that look as if they answered a question, and do not: hard negatives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from training.corpus import Passage, Question
from vectorstore.models.embedder import Embedder

NEAREST = 12
"""Negatives kept for a question, of each way to find them."""

SAME = 0.5
"""Share of a right sentence's words that another passage has, from which it may answer too."""

_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class Pool:
    """The passages of a training run, by meaning and by words; by words alone without an
    embedding model, which takes a minute instead of many."""

    keys: list[str]
    passages: dict[str, Passage]
    vectors: Any
    words: Any
    vectorizer: TfidfVectorizer

    @classmethod
    def of(cls, passages: dict[str, Passage], embedder: Embedder | None) -> Pool:
        keys = sorted(passages)
        texts = [passages[k].embedded for k in keys]
        vectors = np.zeros((len(keys), embedder.dim if embedder else 1), dtype=np.float32)
        for i, made in embedder.embed(texts) if embedder else ():
            vectors[i] = made.passage
        vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
        words = vectorizer.fit_transform(f"{t.context} {t.text}" for t in texts)
        return cls(keys, passages, vectors, words, vectorizer)

    def negatives(
        self, questions: Sequence[Question], embedder: Embedder | None
    ) -> list[list[str]]:
        """For each question the nearest passages that do not answer it, by meaning and by words
        in turns."""
        asked = [q.text for q in questions]
        few = [asked[i : i + 64] for i in range(0, len(asked), 64)]
        vectors = np.concatenate([embedder.queries(some) for some in few]) if embedder else None
        terms = self.vectorizer.transform(asked)
        found = []
        for at in range(0, len(questions), 512):
            scores = [(terms[at : at + 512] @ self.words.T).toarray()]
            if vectors is not None:
                scores.insert(0, vectors[at : at + 512] @ self.vectors.T)
            for i, question in enumerate(questions[at : at + 512]):
                found.append(self._apart(question, *(s[i] for s in scores)))
        return found

    def _apart(self, question: Question, *scores: Any) -> list[str]:
        own = {question.key, *(key for key, _, _ in question.answers)}
        documents = {self.passages[k].document for k in own}
        right = [_words(self._sentence(key, i)) for key, i, _ in question.answers]
        spans = [self.passages[key].text[a:b].lower() for key, _, (a, b) in question.answers]
        chosen: dict[str, None] = {}
        for ranked in zip(*(np.argsort(-s)[: 4 * NEAREST] for s in scores), strict=True):
            for row in ranked:
                other = self.passages[self.keys[int(row)]]
                if other.key in own or (other.document in documents and not question.answers):
                    continue
                if not _may_answer(other, right, spans):
                    chosen[other.key] = None
        return list(chosen)[: 2 * NEAREST]

    def _sentence(self, key: str, i: int) -> str:
        a, b = self.passages[key].sentences[i]
        return self.passages[key].text[a:b]


def _may_answer(other: Passage, right: Sequence[frozenset[str]], spans: Sequence[str]) -> bool:
    """Whether a passage has the answer's words, or most of those of a sentence that answers."""
    text = other.text.lower()
    have = _words(text)
    if any(len(span) >= 6 and span in text for span in spans):
        return True
    return any(len(words & have) > SAME * len(words) for words in right)


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
