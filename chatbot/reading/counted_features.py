"""Counted features of the sentences of a hit: what is known of them before anything is read.

Their values are those of `candidates.COUNTED_FEATURES`, in that order. An item of a list or a row
of a table counts with what it stands under, its lead-in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log
from statistics import median

from chatbot.language.list_items import CELL, lead_of
from chatbot.language.phrases import EDITORIAL_NOTE, is_name_list, is_uninformative
from chatbot.reading.candidates import neighbours
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.type_matching import type_match
from chatbot.values import Query
from vectorstore import Hit, Sentence, terms
from vectorstore.query import AFTER, FADE

CROWD = 12
"""Hits of a question in a large archive, with which a small one's are compared."""

UNRELATED_COSINE = 0.3
"""Cosine to a question that the tenth of its passages has where an archive has so many."""

TOP_HITS = 3
"""Hits that count as the first by meaning, or by words."""

OTHER_ROW = 0.01
"""What a row of a table counts that is about something else than what the question names; where
an amount or a date is asked for, it is no answer at all."""

LEAD_IN_SHARE = 1.6
"""By what the sum of two cosines is divided for that of both texts together: the length of the
sum of two unit vectors that are as near to each other as an item and its lead usually are."""


@dataclass(frozen=True, slots=True)
class HitStatistics:
    """Statistics of all hits: the best score, the median cosines of passages and of their best
    sentences, and the ids of the passages that lead both rankings (TOP_HITS)."""

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
class UnreadSentence:
    """A sentence of a hit before it is read: its place among the hit's sentences, its counted
    features, and by what its scores are multiplied."""

    position: int
    features: tuple[float, ...]
    terms: frozenset[str]
    """Of the sentence."""
    context_terms: frozenset[str]
    """Of the sentence, its neighbours, and the headline."""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class LeadIn:
    """The lead-in of a list item; empty for other sentences.

    It has its terms, the cosine of both together to the question, and whether it is more than
    a name.
    """

    terms: frozenset[str] = frozenset()
    score: float = 0.0
    says: bool = False


def unread_sentences(
    query_terms: QueryTerms, hit: Hit, statistics: HitStatistics
) -> Iterator[UnreadSentence]:
    """The sentences of a hit that may answer, with their counted features.

    Left out are those that tell nothing by themselves, and, where an amount or a date is asked for,
    rows of a table about something else.
    """
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
        yield UnreadSentence(i, values, own[i], near, share)


def _lead_in(hit: Hit, sentence: Sentence) -> LeadIn:
    body = hit.article.body
    span = lead_of(body, sentence.start, sentence.end)
    if span is None:
        return LeadIn()
    above = [s.score for s in hit.sentences if s.start < span[1] and span[0] < s.end]
    score = (max(above) + sentence.score) / LEAD_IN_SHARE if above else hit.dense
    lead = body[span[0] : span[1]]
    return LeadIn(frozenset(terms(lead)), score, not is_name_list(lead))


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
