"""Retrieval metrics: ranks against gold spans, means by category, and paired comparison.

A retrieved passage hits a gold span if it is of the same article and holds at least 70 % of the
span's words. A question may have groups of spans; of each group one span must be hit.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

import numpy as np

SPAN_COVERAGE = 0.7
"""Share of a span's words that a passage must hold."""

CUTOFFS = (1, 3, 5, 10, 20)

RESAMPLES = 10_000
"""Sign flips of a significance test."""

_MARKUP = re.compile(r"<[^>]*>|\]\([^)]*\)")
_WORD = re.compile(r"\d+(?:\.\d+)?|\w+")


@dataclass(frozen=True, slots=True)
class Gold:
    """One place that answers: the article's path, and the span's words (none: anywhere)."""

    path: str
    words: Counter[str]


@dataclass(frozen=True, slots=True)
class Ranks:
    """The first rank that hits each group, by passage span and by article; None for none."""

    spans: tuple[int | None, ...]
    articles: tuple[int | None, ...]


def word_counts(text: str) -> Counter[str]:
    """The words of a text with their counts, without markup, case and thousands separators."""
    plain = unicodedata.normalize("NFKC", _MARKUP.sub(" ", text)).lower()
    return Counter(_WORD.findall(re.sub(r"(?<=\d),(?=\d)", "", plain).replace("_", " ")))


def gold_groups(row: Mapping[str, Any], files: Path | None = None) -> list[list[Gold]]:
    """The groups of gold spans of a question; empty for a question without gold.

    An entry has a path and a `quote`, or `start` and `end` in the file under `files` (without
    `files`, or with neither, any passage of the article will do).
    """
    groups: dict[int, list[Gold]] = {}
    for entry in row.get("gold") or []:
        text = str(entry.get("quote") or "")
        if files is not None and "start" in entry:
            with (files / entry["path"]).open(encoding="utf-8", newline="") as file:
                text = file.read()[entry["start"] : entry["end"]]
        groups.setdefault(entry.get("group", 0), []).append(Gold(entry["path"], word_counts(text)))
    return list(groups.values())


def ranks(groups: Sequence[Sequence[Gold]], retrieved: Sequence[Mapping[str, str]]) -> Ranks:
    """The first rank at which each group is hit; `retrieved` has path and text, best first."""
    spans: list[int | None] = [None] * len(groups)
    articles: list[int | None] = [None] * len(groups)
    place: dict[str, int] = {}
    wanted = {g.path for group in groups for g in group}
    for rank, passage in enumerate(retrieved, 1):
        at = place.setdefault(passage["path"], len(place) + 1)
        have = word_counts(passage["text"]) if passage["path"] in wanted else Counter()
        for i, group in enumerate(groups):
            own = [g for g in group if g.path == passage["path"]]
            if own and articles[i] is None:
                articles[i] = at
            if spans[i] is None and any(_covers(have, g.words) for g in own):
                spans[i] = rank
    return Ranks(tuple(spans), tuple(articles))


def rank_metrics(found: Sequence[int | None]) -> dict[str, float]:
    """Recall@k over the groups, found@k (all of them), MRR and nDCG@10 of one question."""
    got = sorted(r for r in found if r)
    made: dict[str, float] = {}
    for k in CUTOFFS:
        within = sum(r <= k for r in got)
        made[f"recall@{k}"] = within / len(found)
        made[f"found@{k}"] = float(within == len(found))
    made["mrr"] = 1 / got[0] if got else 0.0
    ideal = sum(1 / log2(i + 2) for i in range(len(found)))
    made["ndcg@10"] = sum(1 / log2(r + 1) for r in _apart(got) if r <= 10) / ideal
    return made


def mean_metrics(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Means by category and over all; a row has category, scores and perhaps ms.

    `ms` becomes its median and 95th percentile.
    """
    by: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by.setdefault(row["category"], []).append(row)
    by = by | {"ALL": list(rows)}
    return {name: _means(own) for name, own in by.items() if own}


def compare_paired(
    one: Sequence[float], other: Sequence[float], *, seed: int = 0
) -> tuple[float, float, float, float]:
    """The mean difference, its 95 % interval (bootstrap), and p of a paired sign-flip test."""
    gaps = np.asarray(other, dtype=float) - np.asarray(one, dtype=float)
    if not gaps.any():
        return 0.0, 0.0, 0.0, 1.0
    chance = np.random.default_rng(seed)
    flips = chance.choice((-1.0, 1.0), size=(RESAMPLES, len(gaps)))
    extreme = np.abs(flips @ gaps) >= abs(gaps.sum()) - 1e-12
    drawn = gaps[chance.integers(0, len(gaps), size=(RESAMPLES, len(gaps)))].mean(axis=1)
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(gaps.mean()), float(low), float(high), float((extreme.sum() + 1) / (RESAMPLES + 1))


def _covers(have: Counter[str], want: Counter[str]) -> bool:
    return sum(min(n, have[w]) for w, n in want.items()) >= SPAN_COVERAGE * want.total()


def _apart(got: Sequence[int]) -> list[int]:
    """Ranks made distinct: a passage that hits two groups counts at its place and the next."""
    made: list[int] = []
    for rank in got:
        made.append(max(rank, made[-1] + 1) if made else rank)
    return made


def _means(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    names = dict.fromkeys(n for row in rows for n in row["scores"])
    made: dict[str, float] = {"n": float(len(rows))}
    for name in names:
        have = [row["scores"][name] for row in rows if name in row["scores"]]
        made[name] = float(np.mean(have))
    if ms := [row["ms"] for row in rows if row.get("ms") is not None]:
        made["ms"], made["ms p95"] = float(np.median(ms)), float(np.percentile(ms, 95))
    return made
