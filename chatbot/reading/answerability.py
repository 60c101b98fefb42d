"""Answerability: the probability that the sentences that were read hold the answer.

It is a logistic model over the features of the best candidates and of all together, as no
single score tells a near miss from an answer. It was fitted by training/answering.py; see
docs/answers.md for how often it errs.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Any

import numpy as np
import numpy.typing as npt

from chatbot.reading.candidates import FEATURES, Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import coefficients
from vectorstore import question_terms

TOP_CANDIDATES = 3
"""Sentences that are looked at: as many as an answer usually has."""

JOINT_FEATURES = (
    "no names",
    "total reader score",
    "second reader score",
    "top weight share",
    "top weight margin",
    "reader agrees",
)
"""Whether none of the first sentences has any of the names; the log odds that any of all sentences
that were read answers; the reader's second best score; the first sentence's share of all weights,
and how far it stands above the second, in log odds; whether the reader, too, has it first."""

ANSWERABILITY_FEATURES = (
    *(f"best {name}" for name in FEATURES),
    *(f"first {name}" for name in FEATURES),
    *JOINT_FEATURES,
)
"""The largest of each feature among the first sentences; each of the first; JOINT_FEATURES."""

COVERAGE_FEATURES = [
    FEATURES.index(f"{name} coverage") for name in ("sentence", "passage", "neighbour", "headline")
]
"""The features that say how much of a question's terms a text has."""

ABSTENTION_THRESHOLD = 0.22
"""The likelihood below which the archive is said not to hold the answer. Of the questions set aside
0.04 of those that can be answered are then abstained from, and 0.58 of those that cannot; it was
chosen with them and the gold questions in view; see docs/answers.md."""

PROMISING_HITS = 5
"""Hits that are read first, of all that are found: of those that promise most, three to eight have
the right sentence first as often as one another; each takes a twentieth of a second."""

SUFFICIENT_LIKELIHOOD = 0.5
"""The likelihood from which no others are read."""

FeatureVector = npt.NDArray[np.floating[Any]]


def answerability(query_terms: QueryTerms, ranked: Sequence[Candidate]) -> float:
    """The probability, from 0 to 1, that the archive holds the answer.

    `ranked` are the candidates of the query, the best first.
    """
    if not ranked or not question_terms(query_terms.query.text) or off_topic(query_terms, ranked):
        return 0.0
    intercept, weights = coefficients("answerability", ANSWERABILITY_FEATURES)
    z = intercept + float(np.dot(weights, answerability_features(ranked)))
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))


def off_topic(query_terms: QueryTerms, ranked: Sequence[Candidate]) -> bool:
    """Whether a Korean question has nothing in common, in any wording, with what was found for it.

    Of 1,074 questions that an article answers one is such; of questions about something else
    altogether, of which the model was shown none, it takes the Korean ones for answered.
    """
    if query_terms.query.language != "ko":
        return False
    return not any(w.features[i] for w in ranked for i in COVERAGE_FEATURES)


def answerability_features(ranked: Sequence[Candidate]) -> FeatureVector:
    """The values of ANSWERABILITY_FEATURES for ranked candidates."""
    first = ranked[:TOP_CANDIDATES]
    scores = sorted((w.reader_score for w in ranked), reverse=True)
    weights = [w.weight for w in ranked]
    rest: FeatureVector = np.array(
        [
            float(all(w.name_coverage == 0 for w in first)),
            log(sum(exp(score) for score in scores)),
            scores[1] if len(scores) > 1 else -12.0,
            weights[0] / sum(weights),
            min(5.0, log(weights[0] / weights[1])) if len(weights) > 1 else 5.0,
            float(ranked[0].reader_score == scores[0]),
        ]
    )
    best = np.max([w.features for w in first], axis=0)
    return np.concatenate([best, np.array(ranked[0].features), rest])
