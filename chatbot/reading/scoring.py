"""Scoring of candidate sentences: the reader model's scores and counted features, combined.

Two linear models over `FEATURES`, fitted by training/answering.py, give each candidate a weight
among the sentences of its question and a likelihood that is comparable between questions. Their
coefficients are data in `lexicon/weights.toml`; docs/answers.md has how well they do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from math import exp, log

import numpy as np

from chatbot.reading.candidates import COUNTED_FEATURES, FEATURES, Candidate
from chatbot.reading.counted_features import HitStatistics, UnreadSentence, unread_sentences
from chatbot.reading.query_terms import QueryTerms
from vectorstore import Archive, Hit, Read

LEAST_READ_HITS = 2
"""Hits that are read at least where many ask at once."""

READ_HITS = 12
"""Hits that are read, and whose sentences are candidates."""

LOG_ODDS_LIMIT = 12.0
"""Log odds of the reader beyond which there is no difference."""


def score_candidates(
    archive: Archive,
    query_terms: QueryTerms,
    hits: Sequence[Hit],
    most: int = READ_HITS,
    *,
    as_found: bool = False,
) -> list[Candidate]:
    """The sentences of the `most` hits that promise most, scored by the reader model and the
    features; of the first hits if they are to be read `as_found`. Where many ask at once, so that
    the reader is busy, of a third of them, at least of two, and always of those that promise most.

    The candidate with the greatest weight comes first.
    """
    pages = promising_hits(query_terms, hits)
    if archive.reader.busy:
        most = max(LEAST_READ_HITS, most // 3)
    elif as_found:
        first = {hit.passage_id for hit in hits[:most]}
        pages = [page for page in pages if page[0].passage_id in first]
    pages = pages[:most]
    reads = archive.read(query_terms.query.text, [hit for hit, _ in pages])
    total = sum(float(np.exp(read.scores).sum()) for read in reads)
    found = [
        w
        for (hit, sentences), read in zip(pages, reads, strict=True)
        for w in _candidates(hit, sentences, read, total)
    ]
    return sorted(found, key=lambda w: -w.weight)


def promising_hits(
    query_terms: QueryTerms, hits: Sequence[Hit]
) -> list[tuple[Hit, list[UnreadSentence]]]:
    """The hits that have a candidate sentence, with those sentences, before anything is read.

    They are ordered by how likely one of their sentences answers, as a linear model over the
    counted features says.
    """
    statistics = HitStatistics.of(hits)
    found = [(hit, list(unread_sentences(query_terms, hit, statistics))) for hit in hits]

    def log_odds(page: tuple[Hit, list[UnreadSentence]]) -> float:
        odds = (u.share * exp(_linear_score("reading order", u.features)) for u in page[1])
        return log(sum(odds) + 1e-30)

    return sorted((page for page in found if page[1]), key=log_odds, reverse=True)


def _candidates(
    hit: Hit, sentences: Sequence[UnreadSentence], read: Read, total: float
) -> Iterator[Candidate]:
    page = _clipped(float(np.log(np.exp(read.scores).sum() + 1e-9)))
    for u in sentences:
        odds = float(read.scores[u.position])
        values = (*u.features, _clipped(odds), exp(odds) / total, page)
        weight = exp(_linear_score("order", values)) * u.share
        likelihood = 1 / (1 + exp(-_linear_score("likelihood", values))) * u.share
        sentence = hit.sentences[u.position]
        first = hit.start - sentence.start
        answer = (read.spans[u.position][0] + first, read.spans[u.position][1] + first)
        yield Candidate(hit, sentence, weight, likelihood, values, u.terms, u.context_terms, answer)


@cache
def coefficients(model: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
    """The intercept of a model of lexicon/weights.toml, and the coefficient of each feature."""
    table = tomllib.loads((files("chatbot") / "lexicon" / "weights.toml").read_text("utf-8"))
    own = table[model]
    return float(own.get("intercept", 0.0)), tuple(float(own[f]) for f in names)


def _linear_score(model: str, values: Sequence[float]) -> float:
    """What a linear model makes of features, limited so that its exponential is finite."""
    names = COUNTED_FEATURES if model == "reading order" else FEATURES
    intercept, weights = coefficients(model, names)
    z = intercept + sum(w * v for w, v in zip(weights, values, strict=True))
    return max(-30.0, min(30.0, z))


def _clipped(odds: float) -> float:
    return max(-LOG_ODDS_LIMIT, min(LOG_ODDS_LIMIT, odds))
