"""When a source runs next: every so often, or by a cron expression in its own time zone.

Built on APScheduler's triggers, which find the next instant of either kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from vectorstore import InputError

if TYPE_CHECKING:
    from ingest.sources.declared import Source
    from vectorstore import SourceState

_INSTANT = timedelta(microseconds=1)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = ("minute", "hour", "day", "month", "day_of_week")

SHORTEST = timedelta(minutes=1)
"""The shortest `every`: a run takes seconds, and nobody's feed wants asking more often."""

MOST_REPEATED = 400
"""Fire times in a row that may lie in the hour that the clocks repeat: there are 60 minutes in
one, or 120 where two hours are."""


class Times:
    """The instants at which a source is to run, without its jitter.

    >>> times = Times(source)  # doctest: +SKIP
    >>> times.after(datetime(2025, 3, 9, tzinfo=UTC))  # doctest: +SKIP
    datetime.datetime(2025, 3, 9, 10, 0, tzinfo=datetime.timezone.utc)

    Raises InputError if the cron expression makes no sense or never comes true.
    """

    def __init__(self, source: Source) -> None:
        self.every = max(source.every, SHORTEST)
        self.zone = ZoneInfo(source.timezone)
        self.fixed_hour = bool(source.cron) and not source.cron.split()[1].startswith("*")
        self.triggers = _crons(source.cron, self.zone, source.name) if source.cron else ()
        if self.triggers and all(t.get_next_fire_time(None, _EPOCH) is None for t in self.triggers):
            raise InputError(f"source {source.name}: cron {source.cron!r} never comes true")

    def after(self, moment: datetime) -> datetime:
        """The first instant after an aware moment, in UTC.

        A cron expression with a fixed hour runs once a day also when clocks change: in the
        first of two repeated hours, and an hour later by the clock if its own is left out.
        One with a wildcard (`*/15 * * * *`) goes on through both repeated hours.
        """
        if not self.triggers:
            return moment.astimezone(UTC) + self.every
        return min(t for trigger in self.triggers for t in self._first(trigger, moment))

    def _first(self, trigger: Any, moment: datetime) -> Iterator[datetime]:
        for _ in range(MOST_REPEATED):
            later = moment.astimezone(UTC) + _INSTANT  # in UTC: local sums forget the fold
            found = trigger.get_next_fire_time(None, later.astimezone(self.zone))
            if found is None:
                return
            if not (self.fixed_hour and _repeated(found)):
                yield found.astimezone(UTC)
                return
            moment = found


def last_done(state: SourceState | None) -> datetime | None:
    """When a source was last read to its end; None if never, or if its last run was cut off."""
    if state is None or (state.last_run and state.last_run.interrupted):
        return None
    return state.last_success


def is_due(source: Source, state: SourceState | None, now: datetime) -> bool:
    """Whether a source should have run since it was last read to its end. Raises InputError."""
    done = last_done(state)
    return done is None or Times(source).after(min(done, now)) <= now


_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
"""A leap year's begin, so that 29 February comes true at once."""


def _crons(expression: str, zone: ZoneInfo, name: str) -> tuple[Any, ...]:
    """APScheduler's triggers for a crontab expression: two where day and weekday are given.

    APScheduler counts weekdays from Monday and wants both day fields true; crontab(5) counts
    from Sunday and wants either.
    """
    from apscheduler.triggers.cron import CronTrigger

    fields = dict(zip(_FIELDS, expression.split(), strict=True))
    try:
        fields["day_of_week"] = _weekday_names(fields["day_of_week"])
        both = [fields]
        if not fields["day"].startswith("*") and fields["day_of_week"] != "*":
            both = [fields | {"day_of_week": "*"}, fields | {"day": "*"}]
        return tuple(CronTrigger(**f, timezone=zone) for f in both)
    except (ValueError, IndexError) as error:
        raise InputError(f"source {name}: cron {expression!r} makes no sense: {error}") from None


def _weekday_names(field: str) -> str:
    """A crontab weekday field (0 and 7 are Sunday) as a list of names, `*` for all."""
    if field == "*":
        return field
    chosen: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low, high = (0, 6) if span == "*" else (_weekday(first), _weekday(last or first))
        if high < low:
            raise ValueError(f"weekdays {span} run backwards")
        chosen |= {n % 7 for n in range(low, high + 1, int(step or 1))}
    return ",".join(_WEEKDAYS[n] for n in sorted(chosen))


def _weekday(text: str) -> int:
    if text in _WEEKDAYS:
        return _WEEKDAYS.index(text)
    if not text.isdigit() or int(text) > 7:
        raise ValueError(f"no weekday {text!r}")
    return int(text)


def _repeated(moment: datetime) -> bool:
    """Whether this wall time was there an hour ago already, before the clocks went back."""
    return moment.fold == 1 and moment.utcoffset() != moment.replace(fold=0).utcoffset()
