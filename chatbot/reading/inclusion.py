"""Inclusion: which of the sentences that were read belong in the answer to a broad request.

A summary, a list, a timeline or what each side says is told by several sentences. A logistic model
over the features of a candidate, and over how far it stands behind the best one, says how likely it
is one of them; another says how likely the archive answers such a request at all. Both were
fitted by training/inclusion.py; see docs/answers.md for how often they err.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp

import numpy as np
import numpy.typing as npt

from chatbot.reading.answerability import ANSWERABILITY_FEATURES, answerability_features
from chatbot.reading.candidates import FEATURES, Candidate
from chatbot.reading.scoring import coefficients

MARGIN_FEATURES = ("reader score behind", "order behind")
"""How far the reader's score, and the log of the weight, stand behind the best candidate's."""

BROAD_THRESHOLD = 0.35
"""The likelihood below which the archive is said not to answer a broad request; see
docs/answers.md."""

INCLUSION_FEATURES = (*FEATURES, *MARGIN_FEATURES)

Floats = npt.NDArray[np.floating]


def included(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the probability, as `likelihood`, that they belong in the answer; the
    likeliest first."""
    if not ranked:
        return []
    intercept, weights = coefficients("inclusion", INCLUSION_FEATURES)
    z = inclusion_features(ranked) @ np.array(weights) + intercept
    likely = [
        replace(w, likelihood=1 / (1 + exp(-max(-30.0, min(30.0, float(v))))))
        for w, v in zip(ranked, z, strict=True)
    ]
    return sorted(likely, key=lambda w: -w.likelihood)


def inclusion_features(ranked: Sequence[Candidate]) -> Floats:
    """The values of INCLUSION_FEATURES, float[candidates, features]."""
    values = np.array([w.features for w in ranked])
    scores = np.array([w.reader_score for w in ranked])
    orders = np.log(np.array([w.weight for w in ranked]) + 1e-12)
    behind = np.stack([scores - scores.max(), orders - orders.max()], axis=1)
    return np.concatenate([values, behind], axis=1)


def broad_answerability(ranked: Sequence[Candidate]) -> float:
    """The probability, 0 to 1, that what was read answers a broad request; `ranked` as scored."""
    if not ranked:
        return 0.0
    intercept, weights = coefficients("broad answerability", ANSWERABILITY_FEATURES)
    z = intercept + float(np.dot(weights, answerability_features(ranked)))
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))
