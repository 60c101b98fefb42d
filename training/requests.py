"""What kind of request a text is: a linear model over the embedding model's vectors.

    python -m training.requests

Fits it on data/requests.jsonl.gz and on questions for facts of data/questions.jsonl.gz, prints
how often it is right on those set aside and what it takes for what, and writes
chatbot/understanding/requests.safetensors. Takes a minute.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from chatbot.understanding.requests import (
    REQUESTS,
    SURE,
    WEIGHTS,
    RequestClassifier,
    accepted_request,
    request_vectors,
)
from training import corpus

FACTS = 300
"""Questions for a fact that are taken from those about passages, so that there are as many as
people ask."""

STRENGTH = 20.0
"""Of the regularisation the inverse (scikit-learn's C); 10 to 100 are alike."""

PLAIN = ("plain", "other", "korean", "time", "yesno")


def rows(split: str) -> list[tuple[str, str]]:
    """Requests and their kinds of "train" or "test"."""
    path = corpus.DATA / "requests.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    return [(r["q"], r["kind"]) for r in read if r["split"] == split]


def facts(split: str, count: int) -> list[tuple[str, str]]:
    """Questions about passages that ask for a fact: none that asks why, or for several things."""
    from chatbot.understanding.answer_types import kinds_of

    other = {"why", "list", "compare", "latest", "what happened", "how", "what"}
    found = [
        q.text
        for q in corpus.questions(split)
        if q.kind in PLAIN and not other & {*kinds_of(q.text)}
    ]
    return [(text, "fact") for text in found[:: max(1, len(found) // count)][:count]]


def fit(read: list[tuple[str, str]]) -> dict[str, Any]:
    """The weights of the model: a row and an intercept for each of KINDS, and the mean vector."""
    made = request_vectors([text for text, _ in read])
    mean = made.mean(0)
    wanted = [REQUESTS.index(kind) for _, kind in read]  # type: ignore[arg-type]
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(made - mean, wanted)
    return {
        "rows": np.ascontiguousarray(model.coef_, dtype=np.float16),
        "intercepts": np.ascontiguousarray(model.intercept_ - model.coef_ @ mean, dtype=np.float32),
    }


def main() -> None:
    train = rows("train") + facts("train", FACTS)
    weights = fit(train)
    save_file(weights, WEIGHTS)
    told(RequestClassifier(**weights), "set aside", rows("test"))
    told(RequestClassifier(**weights), "questions about passages, set aside", facts("test", FACTS))


def told(model: RequestClassifier, name: str, read: list[tuple[str, str]]) -> None:
    """Print how often the model is right, and its confusions."""
    likely = [model(text) for text, _ in read]
    made = [(max(p, key=lambda k: p[k]), max(p.values())) for p in likely]
    right = sum(kind == wanted for (kind, _), (_, wanted) in zip(made, read, strict=True))
    print(f"{name}: {right} of {len(read)} right")
    sure = [(k == w) for (k, p), (_, w) in zip(made, read, strict=True) if p >= SURE]
    print(f"  likelihood {SURE} or more: {sum(sure)} of {len(sure)}")
    taken = [accepted_request(p) for p in likely]
    lost = sum(t not in (w, "fact") for t, (_, w) in zip(taken, read, strict=True))
    print(f"  taken for another kind, not for a fact: {lost} of {len(read)}")
    wrong = Counter((w, k) for (k, _), (_, w) in zip(made, read, strict=True) if k != w)
    for (wanted, kind), n in wrong.most_common(12):
        print(f"  {n} {wanted} taken for {kind}")


if __name__ == "__main__":
    Path(WEIGHTS).parent.mkdir(exist_ok=True)
    main()
