"""Intent classification: the kind of a request, by kernel regression over its embedding.

The model was fitted by training/requests.py on requests that were written for it;
docs/answers.md says how often it is right. A request that names its kind ("a timeline of …")
is taken at its word.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from chatbot.values import Request
from vectorstore import DatelineError
from vectorstore.models.choice import default_model
from vectorstore.models.embedder import Embedder
from vectorstore.settings import EMBEDDED_MODEL

log = logging.getLogger(__name__)

REQUESTS: tuple[Request, ...] = get_args(Request)

SURE = 0.5
"""The likelihood from which a request is taken to be of its likeliest kind; else it is taken for
a question for a fact, which can be answered in any case."""

LONGEST_WORD = 60
"""Characters beyond which nothing is a word in a script that has spaces between words; a text
without any word is no request."""

NON_ARTICLE_REQUESTS: tuple[Request, ...] = ("archive", "dateline", "greeting", "task", "nothing")
"""Kinds that are not answered from what the articles tell."""

MANY: tuple[Request, ...] = ("list", "count")
MAYBE = 0.3
"""The likelihood from which a request that is of no sure kind is taken to want several things;
where nothing like that is found, it is answered as one for a fact."""

_SAID: dict[Request, str] = {
    "timeline": r"\btime ?line\b|\bchronolog\w+|\bwhen did what\b"
    r"|타임라인|일지\b|연표|연대기|날짜순",
    "summary": r"\bsummar(?:y|i[sz]e)\b|\boverview\b|\bbackground\b|요약|개요|배경 ?설명",
    "comparison": r"\bcompar(?:e|ed|ison)\b|\bversus\b|\bvs\b|비교",
    "list": r"^(?:list|name|enumerate)\b|\blist of\b|\ball names\b|목록|명단|나열",
    "count": r"\bhow (?:often|many times)\b|\bnumber of times\b|몇 번|횟수",
}
NAMED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _SAID.items()}
"""What a request may say of itself."""

WEIGHTS = Path(str(files("chatbot.understanding") / "requests.safetensors"))

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class RequestClassifier:
    """A softmax over REQUESTS, by how near a request is to those whose kinds are known.

    `known` is float32[n, dim], their unit vectors; `rows` is float[n, kinds], `intercepts` is
    float[kinds]; `width` says how fast nearness falls with the squared distance, `sharpness` is
    what the scores are multiplied by.
    """

    known: Floats
    rows: Floats
    intercepts: Floats
    width: float
    sharpness: float

    @classmethod
    def of(cls, stored: dict[str, npt.NDArray[Any]]) -> RequestClassifier:
        """From what is stored: "known" in int8, and in "shape" its scale, width and sharpness."""
        scale, width, sharpness = map(float, stored["shape"])
        known, rows = (stored[name].astype(np.float32) for name in ("known", "rows"))
        return cls(known * np.float32(scale), rows, stored["intercepts"], width, sharpness)

    def __call__(self, text: str, embedder: Embedder | None = None) -> dict[Request, float]:
        """How likely a request is of each kind; they add up to 1."""
        vectors = (embedder or _embedder()).queries([text])
        near = nearness(vectors, self.known, self.width)
        z = self.sharpness * (near @ self.rows + self.intercepts)[0]
        odds = np.exp(z - z.max())
        return dict(zip(REQUESTS, map(float, odds / odds.sum()), strict=True))


def classify_request(text: str, *, sure: float = 0.0, embedder: Embedder | None = None) -> Request:
    """The kind of a request; "fact" where that is not sure, or no model can be loaded.

    With `sure` a kind that is not answered from the articles must be so likely. The `embedder` is
    used if it is of the model that the classifier was fitted to.
    """
    if all(len(word) > LONGEST_WORD and word.isascii() for word in text.split()):
        return "nothing"
    if default_model() != EMBEDDED_MODEL:
        return "fact"
    try:
        same = embedder is not None and embedder.model == EMBEDDED_MODEL
        likely = _classifier()(text, embedder if same else None)
    except DatelineError:
        log.exception("taking every request for a question for a fact")
        return "fact"
    found = accepted_request(likely)
    if found in NON_ARTICLE_REQUESTS and likely[found] < sure:
        return "fact"
    return explicit_request(text) if found == "fact" and likely["fact"] < SURE else found


def explicit_request(text: str) -> Request:
    """The kind that a request names itself ("a timeline of …"); "fact" if it names none."""
    return next((kind for kind, pattern in NAMED.items() if pattern.search(text)), "fact")


def accepted_request(likely: dict[Request, float]) -> Request:
    """The kind that is accepted from the likelihoods of all kinds.

    It is the likeliest if that is sure enough, else a list or a count if one may be meant, else a
    fact.
    """
    best = max(likely, key=lambda kind: likely[kind])
    if likely[best] >= SURE:
        return best
    many = max(MANY, key=lambda kind: likely[kind])
    return many if likely[many] >= MAYBE else "fact"


def nearness(vectors: Floats, known: Floats, width: float) -> Floats:
    """The Gaussian kernel of unit vectors, float32[n, known]: 1 for the same, 0 for far ones."""
    near: Floats = np.exp(-2 * width * (1 - vectors @ known.T))
    return near


def request_vectors(texts: list[str]) -> Floats:
    """The unit vectors of requests, float32[n, dim]."""
    few = [texts[i : i + 64] for i in range(0, len(texts), 64)]
    return np.concatenate([_embedder().queries(some) for some in few])


@cache
def _embedder() -> Embedder:
    return Embedder(EMBEDDED_MODEL)


@cache
def _classifier() -> RequestClassifier:
    from safetensors.numpy import load_file

    return RequestClassifier.of(load_file(WEIGHTS))
