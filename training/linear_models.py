"""The linear models of answering: a softmax that orders a question's sentences, and logistic
models of how likely one of them, or any, answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from chatbot.reading.answerability import answerability_features
from chatbot.reading.candidates import Candidate
from training.examples import Example, Flags, Floats, Labelled

PENALTY = 0.02
"""What the squares of the ordering model's scaled coefficients cost."""
STRENGTH = 0.05
"""Inverse of what the coefficients of the likelihood cost."""


def fit_order(part: Sequence[Labelled]) -> Floats:
    """Coefficients by which the right sentences of a question come first: those that make the
    right ones' share of the sum of all exponentials largest, each question counting alike."""
    answered = [(values, right) for values, right in part if right.any()]
    spread = np.concatenate([values for values, _ in answered]).std(axis=0) + 1e-9
    scaled = [(values / spread, right) for values, right in answered]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for features, right in scaled:
            z = features @ weights
            odds = np.exp(z - z.max())
            chance = odds / odds.sum()
            share = chance[right].sum() + 1e-12
            total -= np.log(share)
            slope -= (np.where(right, chance, 0.0) / share - chance) @ features
        return (
            total / len(scaled) + PENALTY * weights @ weights,
            slope / len(scaled) + 2 * PENALTY * weights,
        )

    found = minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def reorder(example: Example, weights: Floats) -> tuple[list[Candidate], Flags]:
    """The sentences as these coefficients order them, with their weights."""
    z = np.clip(example.features @ weights, -30, 30)
    rank = np.argsort(-z)
    again = [replace(example.sentences[i], weight=float(np.exp(z[i]))) for i in rank]
    return again, example.right[rank]


def fit_logistic(values: Floats, flags: Flags, strength: float = STRENGTH) -> tuple[Floats, float]:
    """Coefficients and intercept of a logistic model, fitted on scaled values.

    `values` are [examples, features]; `strength` is the inverse of what the coefficients cost.
    """
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=5000).fit((values - middle) / spread, flags)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - middle @ weights)


@dataclass(frozen=True)
class Models:
    """The fitted models: coefficients of FEATURES that order a question's sentences, coefficients
    of ANSWERABILITY_FEATURES with an intercept, and those of `single`, how likely one sentence by
    itself answers, of FEATURES with an intercept."""

    order: Floats
    answerability: tuple[Floats, float]
    single: tuple[Floats, float]

    @classmethod
    def of(cls, part: Sequence[Example]) -> Models:
        weights = fit_order([(e.features, e.right) for e in part])
        ranked = [reorder(e, weights) for e in part]
        flags = np.array([e.kind == "answerable" for e in part])
        return cls(
            weights,
            fit_logistic(np.array([answerability_features(found) for found, _ in ranked]), flags),
            fit_logistic(
                np.concatenate([e.features for e in part]), np.concatenate([e.right for e in part])
            ),
        )

    def likelihood(self, ranked: list[Candidate]) -> float:
        """How likely any of the ranked sentences answers."""
        weights, intercept = self.answerability
        return float(1 / (1 + np.exp(-(weights @ answerability_features(ranked) + intercept))))
