"""How likely it is that the archive holds the answer, from the sentences that fit best.

Two logistic models over what the best sentences have between them, fitted by
benchmarks/support.py beside those of `chatbot.weigh`. The second also looks at how near each
word of the question comes to any word there; that takes the embedding model once more, so it
is asked only where the first is not sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Any

import numpy as np
import numpy.typing as npt

from chatbot.scale import Scale
from chatbot.weigh import FEATURES, Weighed, coefficients
from vectorstore import Archive, question_terms

FIRST = 3
"""Sentences that are looked at: as many as an answer usually has."""

UNSURE = 0.03, 0.3
"""Likelihoods by the first model between which the second is asked: of a fifth of the questions
that can be answered. Asked of all, it abstains no better."""

BEST = (*FEATURES, "nameless")
"""The largest of each feature among the sentences; whether none has any of the names."""

NEAR = ("weakest", "usual", "names", "missed")
"""How near a sentence and its headline come to the question's words: to the word that they come
least near to; to all, by rarity; to the name they come least near to; and how much of all, by
rarity, is missed."""

ALIGNED = (*(f"first {n}" for n in NEAR), *(f"best {n}" for n in NEAR))
"""Of the best sentence; the largest among the sentences."""

Values = npt.NDArray[np.floating[Any]]


def held(archive: Archive, scale: Scale, ranked: Sequence[Weighed]) -> float:
    """The likelihood, 0 to 1, that one of the first of the ranked sentences answers."""
    if not ranked or not question_terms(scale.query.text):
        return 0.0
    found = best(ranked)
    if found[BEST.index("around")] == 0:  # not one word of it, nor another for it
        return 0.0
    sure = _likely("held", BEST, found)
    if not UNSURE[0] < sure < UNSURE[1]:
        return sure
    if (near := alignment(archive, scale, ranked)) is None:
        return sure
    return _likely("held aligned", (*BEST, *ALIGNED), np.concatenate([found, near]))


def best(ranked: Sequence[Weighed]) -> Values:
    """The values of BEST of ranked sentences."""
    first = ranked[:FIRST]
    most = np.max([w.features for w in first], axis=0)
    return np.append(most, float(all(w.names == 0 for w in first)))


def alignment(archive: Archive, scale: Scale, ranked: Sequence[Weighed]) -> Values | None:
    """The values of ALIGNED of ranked sentences; None if the model has no vectors of tokens."""
    texts = [f"{w.hit.article.headline}. {w.sentence.text}" for w in ranked[:FIRST]]
    read = archive.aligned(scale.query.text, texts)
    if read is None:
        return None
    words, cosines = read
    kept = [i for i, word in enumerate(words) if question_terms(word)]
    if not kept:
        return None
    rarity = archive.rarity({t for i in kept for t in question_terms(words[i])})
    worth = np.array([max(rarity[t] for t in question_terms(words[i])) for i in kept])
    worth += 1e-6  # a word of every passage is worth next to nothing, but not nothing
    named = [at for at, i in enumerate(kept) if i > 0 and words[i][0].isupper()]
    rows = np.array([_near(cosines[kept, j], worth, named) for j in range(cosines.shape[1])])
    near: Values = np.concatenate([rows[0], rows.max(axis=0)])
    return near


def _near(cosines: Values, worth: Values, named: Sequence[int]) -> tuple[float, ...]:
    """The values of NEAR for one sentence."""
    return (
        float(cosines.min()),
        float(cosines @ worth / worth.sum()),
        float(cosines[named].min()) if named else 1.0,
        float((1 - cosines) @ worth),
    )


def _likely(model: str, names: Sequence[str], values: Values) -> float:
    intercept, weights = coefficients(model, tuple(names))
    return 1 / (1 + exp(-max(-30.0, min(30.0, intercept + float(np.dot(weights, values))))))
