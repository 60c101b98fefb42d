"""Scoring of candidate sentences: the reader model's scores and counted features, combined.

Two linear models over `FEATURES`, fitted by training/answering.py, give each candidate a weight
among the sentences of its question and a likelihood that is comparable between questions. Their
coefficients are data in `lexicon/weights.toml`; docs/answers.md has how well they do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from math import exp, log
from statistics import median

import numpy as np

from chatbot.language.list_items import CELL, lead_of
from chatbot.language.phrases import EDITORIAL_NOTE, is_name_list, is_uninformative
from chatbot.reading.candidates import COUNTED_FEATURES, FEATURES, Candidate, neighbours
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.type_matching import type_match
from chatbot.values import Query
from vectorstore import Archive, Hit, Read, Sentence, terms
from vectorstore.query import AFTER, FADE

READ_HITS = 12
"""Hits that are read, and whose sentences are candidate."""

CROWD = 12
"""Hits of a question in a large archive, with which a small one's are compared."""

LOG_ODDS_LIMIT = 12.0
"""Log odds of the reader beyond which there is no difference."""

UNRELATED_COSINE = 0.3
"""Cosine to a question that the tenth of its passages has where an archive has so many."""


TOP_HITS = 3
"""Hits that count as the first by meaning, or by words."""


@dataclass(frozen=True, slots=True)
class HitStatistics:
    """Statistics of all hits: the best score, median cosines, ids that lead both rankings."""

    best: float
    dense: float
    sentence: float
    both: frozenset[str]

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> HitStatistics:
        nearest = sorted(hits, key=lambda h: -h.dense)[:TOP_HITS]
        worded = sorted(hits, key=lambda h: -(h.lexical or 0.0))[:TOP_HITS]
        few = [UNRELATED_COSINE] * (CROWD - len(hits))  # a small one has none to stand out of
        return cls(
            max((h.score for h in hits if h.score > 0), default=1.0),
            median([h.dense for h in hits] + few),
            median([max((s.score for s in h.sentences), default=0.0) for h in hits] + few),
            frozenset(h.passage_id for h in nearest) & frozenset(h.passage_id for h in worded),
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """A sentence of a hit before it is read: its counted features, its own terms and those around
    it, and by what its scores are multiplied."""

    i: int
    values: tuple[float, ...]
    own: frozenset[str]
    near: frozenset[str]
    share: float = 1.0


def score_candidates(
    archive: Archive,
    query_terms: QueryTerms,
    hits: Sequence[Hit],
    most: int = READ_HITS,
    *,
    as_found: bool = False,
) -> list[Candidate]:
    """The sentences of the `most` hits that promise most, scored by the reader model and the
    features; of the first hits if they are to be read `as_found`.

    The candidate with the greatest weight comes first.
    """
    pages = promising(query_terms, hits)
    if as_found:
        first = {hit.passage_id for hit in hits[:most]}
        pages = [of for of in pages if of[0].passage_id in first]
    pages = pages[:most]
    reads = archive.read(query_terms.query.text, [hit for hit, _ in pages])
    total = sum(float(np.exp(read.scores).sum()) for read in reads)
    found = [
        w
        for (hit, sentences), read in zip(pages, reads, strict=True)
        for w in _candidates(hit, sentences, read, total)
    ]
    return sorted(found, key=lambda w: -w.weight)


def promising(query_terms: QueryTerms, hits: Sequence[Hit]) -> list[tuple[Hit, list[Unread]]]:
    """The hits that have a candidate sentence, with those sentences, before anything is read.

    They are ordered by how likely one of their sentences answers, as a linear model over the
    counted features says.
    """
    statistics = HitStatistics.of(hits)
    found = [(hit, list(_unread(query_terms, hit, statistics))) for hit in hits]

    def promise(of: tuple[Hit, list[Unread]]) -> float:
        return log(sum(u.share * exp(_sum("reading order", u.values)) for u in of[1]) + 1e-30)

    return sorted((of for of in found if of[1]), key=promise, reverse=True)


def _unread(query_terms: QueryTerms, hit: Hit, statistics: HitStatistics) -> Iterator[Unread]:
    article = hit.article
    headline = query_terms.matched(terms(article.headline))
    own = [frozenset(terms(s.text)) for s in hit.sentences]
    around = query_terms.matched(headline.union(*own))
    shares = (
        query_terms.coverage(around),
        query_terms.coverage(headline),
        query_terms.rarest_missing(around),
    )
    name_coverage = query_terms.name_coverage(
        around.union(terms(article.outlet), terms(article.byline))
    )
    leads = [_lead_in(hit, s) for s in hit.sentences]
    period = period_match(query_terms.query, hit)
    for i, sentence in enumerate(hit.sentences):
        if is_uninformative(sentence.text) or (is_name_list(sentence.text) and not leads[i].says):
            continue
        near = query_terms.matched(headline.union(*own[max(0, i - 1) : i + 2], leads[i].terms))
        said = query_terms.matched(own[i] | leads[i].terms)
        meaning = max(sentence.score, leads[i].score)
        values = (
            meaning,
            query_terms.coverage(said),
            shares[0],
            query_terms.coverage(near),
            shares[1],
            hit.dense,
            max(0.0, hit.score / statistics.best),
            type_match(query_terms.query, sentence.text),
            shares[2],
            name_coverage,
            query_terms.quantity_coverage(neighbours(hit, i)),
            log(1 + query_terms.matched_rarity(said)),
            hit.dense - statistics.dense,
            meaning - statistics.sentence,
            float(hit.passage_id in statistics.both),
            float(bool(EDITORIAL_NOTE.search(sentence.text))),
            log(1 + len(own[i])),
            query_terms.name_coverage(said | headline),
            period,
        )
        share = 1.0
        if (
            CELL in sentence.text
            and leads[i].terms
            and not query_terms.matches_subject(query_terms.matched(own[i]))
        ):
            if {"how much", "when"} & set(query_terms.query.kinds):
                continue
            share = OTHER_ROW
        yield Unread(i, values, own[i], near, share)


def _candidates(
    hit: Hit, sentences: Sequence[Unread], read: Read, total: float
) -> Iterator[Candidate]:
    page = _clipped(float(np.log(np.exp(read.scores).sum() + 1e-9)))
    for u in sentences:
        odds = float(read.scores[u.i])
        values = (*u.values, _clipped(odds), exp(odds) / total, page)
        weight, likelihood = exp(_sum("order", values)), 1 / (1 + exp(-_sum("likelihood", values)))
        sentence = hit.sentences[u.i]
        first = hit.start - sentence.start
        answer = (read.spans[u.i][0] + first, read.spans[u.i][1] + first)
        weight, likelihood = weight * u.share, likelihood * u.share
        yield Candidate(hit, sentence, weight, likelihood, values, u.own, u.near, answer)


@dataclass(frozen=True, slots=True)
class LeadIn:
    """The lead-in of a list item; empty for other sentences.

    It has its terms, the cosine of both together to the question, and whether it is more than
    a name.
    """

    terms: frozenset[str] = frozenset()
    score: float = 0.0
    says: bool = False


OTHER_ROW = 0.01
"""What a row of a table counts that is about something else than what the question names; where
an amount or a date is asked for, it is no answer at all."""

LEAD_IN_SHARE = 1.6
"""By what the sum of two cosines is divided for that of both texts together: the length of the
sum of two unit vectors that are as near to each other as an item and its lead usually are."""


def _lead_in(hit: Hit, sentence: Sentence) -> LeadIn:
    body = hit.article.body
    span = lead_of(body, sentence.start, sentence.end)
    if span is None:
        return LeadIn()
    above = [s.score for s in hit.sentences if s.start < span[1] and span[0] < s.end]
    score = (max(above) + sentence.score) / LEAD_IN_SHARE if above else hit.dense
    lead = body[span[0] : span[1]]
    return LeadIn(frozenset(terms(lead)), score, not is_name_list(lead))


@cache
def coefficients(model: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
    """The intercept of a model of lexicon/weights.toml, and the coefficient of each feature."""
    table = tomllib.loads((files("chatbot") / "lexicon" / "weights.toml").read_text("utf-8"))
    own = table[model]
    return float(own.get("intercept", 0.0)), tuple(float(own[f]) for f in names)


def _sum(model: str, values: Sequence[float]) -> float:
    names = COUNTED_FEATURES if model == "reading order" else FEATURES
    intercept, weights = coefficients(model, names)
    z = intercept + sum(w * v for w, v in zip(weights, values, strict=True))
    return max(-30.0, min(30.0, z))


def _clipped(odds: float) -> float:
    return max(-LOG_ODDS_LIMIT, min(LOG_ODDS_LIMIT, odds))


def period_match(query: Query, hit: Hit) -> float:
    """How well the day of a hit matches the query's periods, from 0 to 1.

    It is 1 within a period and shortly after, falls with the days after, and is far lower before
    a period, when nothing was known yet. Without periods or a date it is 1.
    """
    published = hit.article.published
    if not query.periods or published is None:
        return 1.0
    return max(_period_decay(published.day, period) for period in query.periods)


def _period_decay(day: date, period: tuple[date, date]) -> float:
    if day < period[0]:
        return 0.5 * exp(-(period[0] - day).days / 14)
    return exp(-max(0, (day - period[1]).days - AFTER) / FADE)
