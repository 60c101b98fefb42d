"""Entailment: whether a sentence that a model wrote follows from what it cites.

Without a model of its own, by the archive's sentence vectors and by the share of the claim's
words that are cited; the thresholds were chosen on pairs of claims and evidence by
benchmarks/support.py, and docs/answers.md has their precision and recall. Vectors tell what
a sentence is about, not whether it is true: a false one in the words of its source passes
here, and is caught, if at all, by its numbers, dates, names and negation. A natural language
inference model, where one is configured, does better.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from chatbot.verification.evidence import Evidence
from vectorstore import question_terms, terms
from vectorstore.models.embedder import Embedder

Entails = Callable[[str, str], float]
"""(premise, hypothesis) -> the probability, 0 to 1, that the one entails the other."""

NLI_VARIABLE = "DATELINE_NLI"
"""Environment variable with the name or folder of a cross-encoder for entailment."""

ENTAILMENT_THRESHOLD = 0.5
"""The probability from which a claim counts as entailed."""

SIMILARITY_THRESHOLD = 0.45
"""Cosine of a claim to what it cites below which it is about something else."""


def unsupported_reasons(
    embedder: Embedder, claim_text: str, evidence: Evidence, entails: Entails | None = None
) -> Iterator[str]:
    """Why a sentence of a model is not supported by its evidence; nothing if it is."""
    if not question_terms(claim_text):
        return
    near, _ = support_scores(embedder, claim_text, evidence)
    if near < SIMILARITY_THRESHOLD:
        yield f"the cited text is about something else (similarity {near:.2f})"
    elif entails and (sure := entails(evidence.text, claim_text)) < ENTAILMENT_THRESHOLD:
        yield f"the claim does not follow from the cited text (probability {sure:.2f})"


def support_scores(embedder: Embedder, claim_text: str, evidence: Evidence) -> tuple[float, float]:
    """How similar a claim is to its evidence, and the share of its words that the evidence has.

    The similarity is the greatest cosine to one quote or to all, scaled to be 0 for unrelated
    texts.
    """
    texts = dict.fromkeys([claim_text, *evidence.quotes, evidence.text])
    own_vector, *others = [embedder.query(t) for t in texts]
    cosines = embedder.properties.near(np.array([own_vector @ other for other in others]))
    own, have = set(question_terms(claim_text)), set(terms(evidence.name_text))
    return float(np.max(cosines, initial=0.0)), len(own & have) / max(1, len(own))


def configured_entailment() -> Entails | None:
    """The entailment model that DATELINE_NLI names; None if it names none."""
    name = os.environ.get(NLI_VARIABLE, "").strip()
    return entailment(name) if name else None


@cache
def entailment(model: str) -> Entails:
    """A sentence-transformers cross-encoder for NLI, by name or folder, as `Entails`.

    Its labels must have one called "entailment" (cross-encoder/nli-deberta-v3-base has).
    Raises ValueError if not, OSError if the model cannot be loaded.
    """
    from sentence_transformers import CrossEncoder

    encoder = CrossEncoder(model)
    labels = {str(v).lower(): int(k) for k, v in encoder.model.config.id2label.items()}
    if "entailment" not in labels:
        raise ValueError(f"{model} is no entailment model: its labels are {sorted(labels)}")

    def entails(premise: str, hypothesis: str) -> float:
        scores = encoder.predict([(premise, hypothesis)], apply_softmax=True)
        return float(scores[0][labels["entailment"]])

    return entails
