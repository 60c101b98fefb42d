"""The zone of a page's clock: many declare a time in UTC, and show it in their readers' zone.

A day counts in its source's own zone: what was published at 23:03 in New York is of that day,
though its metadata say 04:03 of the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import Any

from ingest.parsers import labelled, marked
from ingest.parsers.head import Head

OFFSETS = frozenset(
    timedelta(minutes=minutes)
    for minutes in (
        *range(-12 * 60, 14 * 60 + 1, 60),
        -210, 210, 270, 330, 345, 390, 570, 630, 765,
    )
    if minutes
)  # fmt: skip
"""Differences to UTC that are in use; a clock that shows another one shows another moment."""

_PIECES, _INNER = 400, 8
"""Texts with a year that are looked at, and elements that a day and its clock may consist of."""

_CLOCK = re.compile(r"\d{1,2}[:.시h]\s?\d{2}")
_YEAR = re.compile(r"(?:19|20)\d\d")


def local(value: str, tree: Any, head: Head) -> str:
    """A time in UTC as the page shows the same moment to its readers: `2019-11-18T23:03:25-08:00`
    for `2019-11-19T07:03:25+00:00`; the value itself where the page does not show it, or shows
    it in two zones. A time without a zone may be one in UTC, unless the page shows it as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if len(value) <= 10 or moment.utcoffset() not in {timedelta(0), None}:
        return value
    in_utc = moment.replace(tzinfo=UTC)
    offsets = {_offset(written, in_utc) for written in _clocks(tree, head)} - {None}
    if moment.tzinfo:
        offsets.discard(timedelta(0))
    shown = offsets.pop() if len(offsets) == 1 else None
    return in_utc.astimezone(timezone(shown)).isoformat() if shown else value


def _offset(written: str, moment: datetime) -> timedelta | None:
    """How far a clock is from UTC, if it shows this moment; None if it shows another."""
    clock = datetime.fromisoformat(written)
    if clock.tzinfo:
        same = clock.astimezone(UTC).replace(second=0, microsecond=0)
        offset = clock.utcoffset()
        return offset if same == moment.replace(second=0, microsecond=0) else None
    apart = clock.replace(second=0, microsecond=0) - moment.replace(
        second=0, microsecond=0, tzinfo=None
    )
    return apart if not apart or apart in OFFSETS else None


def _clocks(tree: Any, head: Head) -> Iterator[str]:
    """The days with a clock that a page says: in metadata, time elements, and short texts that
    are not of something else."""
    for written in _written(tree, head):
        if _YEAR.search(written) and _CLOCK.search(written):
            iso = labelled.date(written)
            if len(iso) > 10:
                yield iso


def _together(element: Any) -> str:
    """The text of an element that has a day and its clock in elements of their own, and nothing
    of something else, such as a list; "" of any other."""
    inside = [getattr(one, "tag", "") for one in islice(element.iter(), _INNER + 2)]
    if not 1 < len(inside) <= _INNER + 1 or not marked.OUTSIDE.isdisjoint(inside):
        return ""
    return " ".join("".join(element.itertext())[: 2 * labelled.LONGEST].split())


def _written(tree: Any, head: Head) -> Iterator[str]:
    for values in head.metas.values():
        yield from (value for value in values if len(value) <= labelled.LONGEST)
    seen = 0
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in labelled.UNSEEN:
            continue
        pieces = [element.get("datetime") if element.tag == "time" else None, element.text]
        pieces += [child.tail for child in element]
        pieces.append(_together(element))
        for piece in pieces:
            if piece and len(piece) <= labelled.LONGEST and _YEAR.search(piece):
                above = {element.tag, *(getattr(a, "tag", "") for a in element.iterancestors())}
                seen += 1
                if marked.OUTSIDE.isdisjoint(above):
                    yield from labelled.parts(piece)
        if seen > _PIECES:
            return
