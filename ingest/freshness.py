"""How fresh an archive's sources are: when each was read, what is new, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.habit import quiet
from ingest.sources.declared import Source
from ingest.times import Times
from vectorstore import InputError, SourceState
from vectorstore.ledger.runs import Records

NEW = timedelta(days=1)
"""How long an article counts as new."""

OVERDUE = timedelta(hours=1)
"""How long after its second missed turn a source counts as not being read any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How one source is doing.

    `source` is its declaration, None for what was ingested by hand or is declared no more.
    `new` counts the articles that came in the last day. `warning` is for people, "" if all
    is well.
    """

    name: str
    source: Source | None
    state: SourceState | None
    new: int = 0
    warning: str = ""


def freshness(archive: Records, sources: Sequence[Source], now: datetime) -> list[Freshness]:
    """How the declared sources are doing, in their order, and then every other by name."""
    states = {state.name: state for state in archive.sources()}
    declared = {source.name: source for source in sources}
    return [
        _of(archive, name, declared.get(name), states.get(name), now)
        for name in dict.fromkeys([*declared, *states])
    ]


def _of(
    archive: Records, name: str, source: Source | None, state: SourceState | None, now: datetime
) -> Freshness:
    arrivals = archive.arrivals(name) if state else []
    return Freshness(
        name=name,
        source=source,
        state=state,
        new=sum(now - NEW < arrival <= now for arrival in arrivals),
        warning=_warning(source, state, arrivals, now) if source and source.enabled else "",
    )


def _warning(
    source: Source, state: SourceState | None, arrivals: Sequence[datetime], now: datetime
) -> str:
    last = state.last_run if state else None
    if last is not None and last.error:
        return f"the last run failed: {last.error}"
    try:
        times = Times(source)
    except InputError as error:
        return str(error)
    done = state.last_success if state else None
    if done is None:
        return "never read yet"
    if times.after(times.after(min(done, now))) + source.jitter + OVERDUE < now:
        return f"not read since {done:%Y-%m-%d %H:%M} UTC; is the schedule running?"
    silence = quiet(arrivals, done, zone=ZoneInfo(source.timezone))
    return str(silence) if silence else ""
