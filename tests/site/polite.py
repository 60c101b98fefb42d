"""Whether the requests of a whole script were polite: a list of what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from urllib.robotparser import RobotFileParser

from tests.site.expect import LATEST, SOONEST
from tests.site.pieces import Piece, Script
from tests.site.server import Asked

ROBOTS = "/robots.txt"
ROBOTS_LAST = timedelta(hours=24)
"""A robots.txt may be used for a day (RFC 9309, 2.4)."""

LONG = 60
"""Seconds of a Retry-After from which it runs on the simulated clock."""


def faults(script: Script, log: list[Asked], *, gap: float) -> list[str]:
    """Every impoliteness in the log, in words."""
    found: list[str] = []
    for key in script.outlets:
        own = [asked for asked in log if asked.outlet == key]
        found += _robots(script, key, own)
        found += _gaps(own, max(gap, 0.1 if key == "ministry" else 0))
        found += _left_alone(own)
        found += _wasted(own)
    return found


def _robots(script: Script, key: str, own: list[Asked]) -> Iterator[str]:
    """robots.txt was asked first, at most once a day too few, and obeyed."""
    rules = script.outlets[key].robots
    last: Asked | None = None
    for asked in own:
        if asked.target == ROBOTS:
            last = asked
            continue
        if last is None:
            yield f"{key}{asked.target}: asked before robots.txt"
        elif asked.now - last.now > ROBOTS_LAST:
            yield f"{key}{asked.target}: robots.txt was read {asked.now - last.now} before"
        elif last.status >= 500:
            yield f"{key}{asked.target}: asked although robots.txt answered {last.status}"
        if rules and forbidden(rules, asked.target):
            yield f"{key}{asked.target}: robots.txt forbids it"


def forbidden(rules: str, target: str) -> bool:
    """Whether these rules disallow a path; with the one wildcard that the script uses."""
    if "Disallow: /*?print=" in rules:
        return "?print=" in target
    parser = RobotFileParser()
    parser.parse(rules.splitlines())
    return not parser.can_fetch("dateline", target)


def _gaps(own: list[Asked], gap: float) -> Iterator[str]:
    """One request at a time, and the gap between the end of one and the start of the next."""
    for before, after in pairwise(own):
        if before.style == "drip" or before.now != after.now:
            continue  # the end of a drip is seen late; between two ticks hours have passed
        if after.start < before.end + gap:
            yield (
                f"{after.outlet}{after.target}: {after.start - before.end:.3f} s after "
                f"{before.target}, not {gap}"
            )


def _left_alone(own: list[Asked]) -> Iterator[str]:
    """Nothing was asked of a host before its Retry-After was over."""
    for number, busy in enumerate(own):
        if not busy.retry_after:
            continue
        wait = float(busy.retry_after)
        for later in own[number + 1 :]:
            long = wait >= LONG and (later.now - busy.now).total_seconds() < wait
            short = wait < LONG and later.start < busy.end + wait
            if long or short:
                yield f"{busy.outlet}{later.target}: asked within {wait:g} s of a {busy.status}"


def _wasted(own: list[Asked]) -> Iterator[str]:
    """Pages were asked for without a validator that was known."""
    count = Counter(asked.target for asked in own if asked.wasted)
    for target, times in count.items():
        yield f"{own[0].outlet}{target}: {times} times without a validator that was known"


def too_often(script: Script, log: Iterable[Asked], *, ignore: Iterable[str]) -> list[str]:
    """Pages that were looked at more often than their age and their changes give reason to."""
    asked = Counter((a.outlet, a.target) for a in log if a.status in {200, 304})
    found = []
    for piece in script.pieces:
        if piece.outlet in set(ignore):
            continue
        states = len(piece.states) + len(piece.gone)
        most = _checks(script, piece) + states * len(piece.links or (piece.path,))
        times = asked[piece.outlet, piece.path]
        if times > most:
            found.append(f"{piece.name}: looked at {times} times, not {most} at most")
    return found


def _checks(script: Script, piece: Piece) -> int:
    """How often a page is looked at if each wait is half its age, by the ticks.

    A page that says no time of day is as old as it is known.
    """
    seen = next(tick for tick in script.ticks if tick >= piece.born)
    count, due = 0, seen
    for tick in script.ticks:
        if tick >= due:
            count += 1
            due = tick + min(max((tick - seen) / 2, SOONEST), LATEST)
    return count
