"""Habit: whether a source that used to deliver has gone quiet for longer than it usually does.

Pure arithmetic over the days on which a source brought something new; no clock, no archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

MIN_ARRIVALS = 8
"""Articles without which a source has no habit yet."""

MIN_DAYS = 4
"""Distinct days without which a source has no habit yet: a first run brings a whole feed at
once, which says nothing about when the next article comes."""

MIN_SPAN = timedelta(days=14)
"""From the first to the last of these days: a single burst of articles is no habit, two of each
weekday are the least that shows one."""

RECENT_DAYS = 90
"""Days with arrivals that are looked at, the newest: a habit may change."""

SHARE = 0.9
"""The quantile of the gaps (nearest rank, so always a gap that occurred) that counts as usual.
Over exponential gaps it is 2.3 means, so a warning needs 4.6 means of silence: 1 % of gaps."""

FACTOR = 2
"""How many usual gaps may pass. A daily source is warned about on the third day, a weekly one
on the fifteenth."""

SEEN_BEFORE = 2
"""Gaps as long as the present one that make it part of the habit. One such gap may have been an
outage, two are holidays or bursts."""

WEEKDAY_EXPECTED = 4.0
"""Arrival days a weekday must have by chance alone before its absence means something: at four
expected, none at all has a chance of 2 % (Poisson). So a source needs 28 days with arrivals
before its weekdays are judged; until then its weekends count as gaps of three days."""

WEEKDAY_SHARE = 0.25
"""A weekday with less than this share of the mean over all seven is one the source rests on."""

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A silence that is longer than a source's habit.

    `since` is when its last article arrived. `days` and `usual` count days: of the silence
    so far, and of the gap between two arrivals that is usual. Both count only the source's
    `weekdays` (0 is Monday), those on which it delivers at all.
    """

    since: datetime
    days: int
    usual: int
    weekdays: frozenset[int]

    def __str__(self) -> str:
        return f"nothing new since {self.since:%Y-%m-%d}; it used to deliver {self._habit()}"

    def _habit(self) -> str:
        if self.usual > 1:
            return f"at least every {self.usual} days"
        if len(self.weekdays) == 7:
            return "every day"
        if self.weekdays == frozenset(range(5)):
            return "every weekday"
        return "every " + " and ".join(_NAMES[w] for w in sorted(self.weekdays))


def quiet(arrivals: Sequence[datetime], now: datetime, *, zone: tzinfo = UTC) -> Quiet | None:
    """The silence of a source at `now`, if it is longer than its habit; else None.

    `arrivals` are the aware instants at which its articles first came in, in any order; days
    are counted in `zone`. Let `now` be when the source was last asked with success: nobody
    can say that a source is quiet who has not asked. None as long as there is no habit: fewer
    than MIN_ARRIVALS articles, fewer than MIN_DAYS distinct days, or less than MIN_SPAN of them.
    """
    past = [a for a in arrivals if a <= now]
    if len(past) < MIN_ARRIVALS:
        return None
    days = sorted({a.astimezone(zone).date() for a in past})[-RECENT_DAYS:]
    if len(days) < MIN_DAYS or days[-1] - days[0] < MIN_SPAN:
        return None
    weekdays = _weekdays(days)
    gaps = [_gap(a, b, weekdays) for a, b in pairwise(days)]
    silence = _gap(days[-1], now.astimezone(zone).date(), weekdays)
    usual = _usual(gaps)
    if silence <= FACTOR * usual or sum(gap >= silence for gap in gaps) >= SEEN_BEFORE:
        return None
    return Quiet(since=max(past), days=silence, usual=usual, weekdays=weekdays)


def _weekdays(days: Sequence[date]) -> frozenset[int]:
    """The weekdays (0 is Monday) on which the source delivers; all, unless that is clear."""
    mean = len(days) / 7
    if mean < WEEKDAY_EXPECTED:
        return frozenset(range(7))
    counts = Counter(day.weekday() for day in days)
    return frozenset(w for w in range(7) if counts[w] >= WEEKDAY_SHARE * mean)


def _gap(first: date, last: date, weekdays: frozenset[int]) -> int:
    """Days from one to the other, of these weekdays; at least 1 between different days.

    The last day counts as one the source may still deliver on, so a day is missed only once
    it is over.
    """
    if last <= first:
        return 0
    between = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return 1 + sum(day.weekday() in weekdays for day in between)


def _usual(gaps: Sequence[int]) -> int:
    """The gap at the SHARE quantile by nearest rank."""
    rank = -(-len(gaps) * round(SHARE * 100) // 100)
    return sorted(gaps)[rank - 1]
