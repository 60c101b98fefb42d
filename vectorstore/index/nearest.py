"""The nearest rows of one segment under filters: by HNSW, or by exact arithmetic over few rows."""

from __future__ import annotations

import logging
from math import ceil

import numpy as np

from vectorstore.filters import Filters
from vectorstore.index.segment import Floats, Segment

log = logging.getLogger(__name__)

EXACT_SHARE = 1 / 4
"""Up to this share of a segment's rows are compared one by one, which is exact; of more, the
nearest of all are asked for and those that are not admitted left out. At a share of a quarter
both take about as long (16 ms at 100,000 rows)."""

EXACT_ROWS = 2_000
"""So few rows are compared one by one in any case: in 2 ms, and exactly."""

SPARE = 1.3
"""How many more than would do on average are asked for where a filter leaves some out."""


def nearest(segment: Segment, query: Floats, k: int, filters: Filters) -> list[tuple[int, float]]:
    """The k nearest of a segment's rows that the filters admit, with their cosines."""
    keep = segment.admitted(filters)
    count = int(keep.sum())
    if count <= max(EXACT_ROWS, EXACT_SHARE * len(segment)):
        return segment.exact(query, k, np.flatnonzero(keep))
    spare = SPARE if count < len(segment) else 1.0
    try:
        wide = segment.nearest(query, ceil(spare * k * len(segment) / count))
    except Exception:  # whatever Chroma raises where it cannot open or read its copy
        log.exception("dense segment %s is compared row by row", segment.name)
        return segment.exact(query, k, np.flatnonzero(keep))
    hits = [hit for hit in wide if keep[hit[0]]][:k]
    return hits if len(hits) == min(k, count) else segment.exact(query, k, np.flatnonzero(keep))
