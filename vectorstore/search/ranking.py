"""Scores of found passages: how well each fits the text, and what else moves it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import exp
from typing import Any

import numpy as np

from vectorstore.index.segment import Floats
from vectorstore.query import AFTER, FADE, Period, SearchQuery
from vectorstore.search.collapse import Candidate

PASSAGE_WEIGHT, SENTENCE_WEIGHT, WORDS_WEIGHT, WORDS_POWER = 0.5, 0.3, 0.55, 1.25
"""What the passage's cosine, its best sentence's, and a power of the share of the query's words
count. The scores are absolute, so that a passage without the query's words can stand
above one that has a few; see docs/retrieval.md for what was compared."""

REPEATED = 0.04
"""What each further passage of an article loses against the one before it."""


def candidates(
    rows: Sequence[Any],
    vector: Floats,
    lexical: Mapping[str, float],
    covered: Mapping[str, float],
    near_to: Callable[[Floats], Floats] = lambda cosines: cosines,
) -> list[Candidate]:
    """Rows of `LedgerReader.candidates` with how near they are to the question's vector, as
    `near_to` makes it of cosines."""
    if not rows:
        return []
    joined = np.frombuffer(b"".join(r.passage for r in rows), dtype=np.float16)
    passages = near_to(joined.reshape(len(rows), -1).astype(np.float32) @ vector)
    sentences = np.frombuffer(b"".join(r.int8 for r in rows), dtype=np.int8)
    small = sentences.reshape(-1, len(vector)).astype(np.float32) / np.float32(127)
    near = near_to(np.asarray(small @ vector, dtype=np.float32))
    ends = np.cumsum([len(r.int8) // len(vector) for r in rows])
    starts = [0, *ends[:-1]]
    return [
        Candidate(r, float(cosine), lexical.get(r.id), near[a:b], covered.get(r.id, 0.0))
        for r, cosine, a, b in zip(rows, passages, starts, ends, strict=True)
    ]


def lexical_candidates(
    rows: Sequence[Any], lexical: Mapping[str, float], covered: Mapping[str, float]
) -> list[Candidate]:
    """Rows as candidates where there is no vector of the question: their cosines are 0."""
    return [
        Candidate(
            r, 0.0, lexical.get(r.id), np.zeros(len(json.loads(r.sentences)), dtype=np.float32),
            covered.get(r.id, 0.0),
        )
        for r in rows
    ]  # fmt: skip


def ranked(
    query: SearchQuery, found: Sequence[Candidate], most: int | None = None
) -> list[Candidate]:
    """The candidates, or the first `most`, best first, with what adds up to their scores."""
    newest = query.newest or _newest(found)
    scored = []
    for one in found:
        best = max(one.near.tolist(), default=0.0)
        parts = {
            "meaning": PASSAGE_WEIGHT * one.dense,
            "sentence": SENTENCE_WEIGHT * best,
            "words": WORDS_WEIGHT * one.covered**WORDS_POWER,
        } | _moved(query, one, newest)
        scored.append((sum(parts.values()), one, parts))
    scored.sort(key=lambda item: (-item[0], item[1].row.id))
    first = scored[:most]
    return [replace(one, parts=parts, score=score, query=query) for score, one, parts in first]


def diversified(found: Sequence[Candidate], k: int) -> list[Candidate]:
    """The best k, after each further passage of an article has lost REPEATED more than the last."""
    taken: dict[str, int] = {}
    made = []
    for one in found:
        before = taken.setdefault(one.row.article, 0)
        taken[one.row.article] += 1
        lost = -REPEATED * before
        if before:
            parts = {**one.parts, "repeated": lost}
            made.append(replace(one, parts=parts, score=one.score + lost))
        else:
            made.append(one)
    return sorted(made, key=_best_first)[:k]


def interleaved(results: Sequence[Sequence[Candidate]], k: int) -> list[Candidate]:
    """The first k of several results, taken round-robin, each passage once."""
    found: dict[str, Candidate] = {}
    for place in range(max(map(len, results), default=0)):
        for result in results:
            if place < len(result):
                found.setdefault(result[place].row.id, result[place])
    return list(found.values())[:k]


def _best_first(one: Candidate) -> tuple[float, str]:
    return -one.score, one.row.id


def _newest(found: Sequence[Candidate]) -> date | None:
    days = [c.row.published_day for c in found if c.row.published_day]
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
