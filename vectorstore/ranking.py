"""Scores of found passages: how well each fits the text, and what else moves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import exp
from typing import Any

import numpy as np

from vectorstore.collapse import Candidate
from vectorstore.query import AFTER, FADE, Period, SearchQuery
from vectorstore.segment import Floats

DENSE_WEIGHT = 0.5
"""Of the fused score; the rest is lexical. Even was best of 0.35, 0.5, 0.65 on eval/gold."""

SENTENCE_WEIGHT = 0.3
"""How much the best sentence's cosine adds to the passage's own."""

PER_ARTICLE = 3
"""Passages of one article in a result, unless there is nothing else."""


def candidate(row: Any, vector: Floats, lexical: Mapping[str, float]) -> Candidate:
    """A row of `LedgerReader.candidates` with its cosines to the question's vector."""
    passage = np.frombuffer(row.passage, dtype=np.float16).astype(np.float32)
    sentences = np.frombuffer(row.int8, dtype=np.int8).reshape(-1, len(vector))
    near = sentences.astype(np.float32) @ vector / 127
    return Candidate(row, float(passage @ vector), lexical.get(row.id), near)


def ranked(query: SearchQuery, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, best first, with what adds up to their scores.

    Meaning and words are a convex combination of min-max scaled scores (Bruch et al. 2022,
    arXiv:2210.11934); what the query says of time and outlets is added.
    """
    if not candidates:
        return []
    meaning = np.array(
        [c.dense + SENTENCE_WEIGHT * float(c.near.max(initial=0)) for c in candidates]
    )
    words = np.array([c.lexical or 0.0 for c in candidates])
    fits = {
        "meaning": DENSE_WEIGHT * _scaled(meaning),
        "words": (1 - DENSE_WEIGHT) * words / max(words.max(), 1e-9),
    }
    newest = query.newest or _newest(candidates)
    scored = []
    for i, one in enumerate(candidates):
        parts = {name: float(part[i]) for name, part in fits.items()} | _moved(query, one, newest)
        scored.append(replace(one, parts=parts, score=sum(parts.values()), query=query))
    return sorted(scored, key=lambda c: (-c.score, c.row.id))


def spread(found: Sequence[Candidate], k: int) -> list[Candidate]:
    """The first k, with at most PER_ARTICLE of one article before the rest fills up."""
    taken: dict[str, int] = {}
    first: list[Candidate] = []
    rest: list[Candidate] = []
    for one in found:
        article = one.row.article
        taken[article] = taken.get(article, 0) + 1
        (first if taken[article] <= PER_ARTICLE else rest).append(one)
    return (first + rest)[:k]


def in_turns(results: Sequence[Sequence[Candidate]], k: int) -> list[Candidate]:
    """The first k of several results that take turns, each passage once."""
    found: dict[str, Candidate] = {}
    for place in range(max(map(len, results), default=0)):
        for result in results:
            if place < len(result):
                found.setdefault(result[place].row.id, result[place])
    return list(found.values())[:k]


def _scaled(values: Any) -> Any:
    low, high = values.min(), values.max()
    return (values - low) / max(high - low, 1e-9)


def _newest(candidates: Sequence[Candidate]) -> date | None:
    days = [c.row.published_day for c in candidates if c.row.published_day]
    return date.fromordinal(max(days)) if days else None


def _moved(query: SearchQuery, one: Candidate, newest: date | None) -> dict[str, float]:
    """What time and outlet add to a score, by name; only what adds something."""
    found: dict[str, float] = {}
    if one.row.published_day:
        day = date.fromordinal(one.row.published_day)
        if query.periods:
            near = max(_nearness(day, period) for period in query.periods)
            found["period"] = query.period_weight * near
        if query.recency and newest:
            found["recency"] = query.recency * exp(-max((newest - day).days, 0) / FADE)
    if query.outlets and one.row.outlet in query.outlets:
        found["outlet"] = query.outlet_weight
    return found


def _nearness(day: date, period: Period) -> float:
    """1 in a period or shortly after, falling to 0 with the days before and after."""
    away = max((period[0] - day).days, (day - period[1]).days - AFTER, 0)
    return exp(-away / FADE)
