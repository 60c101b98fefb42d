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
from chatbot.reading.candidates import FEATURES, Candidate, neighbours
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.type_matching import type_match
from chatbot.values import Query
from vectorstore import Archive, Hit, Read, Sentence, terms
from vectorstore.query import AFTER, FADE

READ_HITS = 12
"""Hits that are read, and whose sentences are candidate."""

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
        few = [UNRELATED_COSINE] * (
            READ_HITS - len(hits)
        )  # a small archive has no crowd to stand out of
        return cls(
            max((h.score for h in hits if h.score > 0), default=1.0),
            median([h.dense for h in hits] + few),
            median([max((s.score for s in h.sentences), default=0.0) for h in hits] + few),
            frozenset(h.passage_id for h in nearest) & frozenset(h.passage_id for h in worded),
        )


def score_candidates(
    archive: Archive, query_terms: QueryTerms, hits: Sequence[Hit], most: int = READ_HITS
) -> list[Candidate]:
    """The sentences of the first `most` hits, scored by the reader model and the features.

    The candidate with the greatest weight comes first.
    """
    statistics, pages = HitStatistics.of(hits), hits[:most]
    reads = archive.read(query_terms.query.text, pages)
    total = sum(float(np.exp(read.scores).sum()) for read in reads)
    found = [
        w
        for hit, read in zip(pages, reads, strict=True)
        for w in _candidates(query_terms, hit, statistics, read, total)
    ]
    return sorted(found, key=lambda w: -w.weight)


def _candidates(
    query_terms: QueryTerms, hit: Hit, statistics: HitStatistics, read: Read, total: float
) -> Iterator[Candidate]:
    article = hit.article
    page = _clipped(float(np.log(np.exp(read.scores).sum() + 1e-9)))
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
            _clipped(float(read.scores[i])),
            float(np.exp(read.scores[i])) / total,
            page,
        )
        weight, likelihood = exp(_sum("order", values)), 1 / (1 + exp(-_sum("likelihood", values)))
        if (
            CELL in sentence.text
            and leads[i].terms
            and not query_terms.matches_subject(query_terms.matched(own[i]))
        ):
            if {"how much", "when"} & set(query_terms.query.kinds):
                continue
            weight, likelihood = weight * OTHER_ROW, likelihood * OTHER_ROW
        first = hit.start - sentence.start
        answer = (read.spans[i][0] + first, read.spans[i][1] + first)
        yield Candidate(hit, sentence, weight, likelihood, values, own[i], near, answer)


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
    intercept, weights = coefficients(model)
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
