"""The month by script: who publishes what when, and everything that goes wrong meanwhile.

Days are counted from START. `month` repeats the waves of `events`, which are laid
out over ten days each, and fills the time between with plain news.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.site.events import CAST, WAVE, Stage, wave
from tests.site.pieces import Script
from tests.site.texts import compose

START = datetime(2026, 3, 2, tzinfo=UTC)

SHORT, FULL = 9, 30
"""Days of the two scripts."""

SELDOM, OFTEN = 16, 6
"""Hours between two looks at them: both have one at the end of every second day, which is
when the troubles come that last for one look."""


def month(days: int, *, every: float, plain: int) -> Script:
    """The script over `days`, looked at every `every` hours, with `plain` pieces a day of no
    special kind beside those of the waves."""
    stage = Stage(START)
    starts = range(0, max(1, days // WAVE * WAVE), WAVE)
    for start in starts:
        wave(stage, start)
    _plain(stage, days, plain)
    stage.last(starts[-1])
    ticks = int(days * 24 / every)
    return Script(
        outlets={outlet.key: outlet for outlet in CAST},
        pieces=tuple(stage.pieces),
        troubles=tuple(stage.troubles),
        ticks=tuple(START + timedelta(hours=every * (i + 1)) for i in range(ticks)),
        dead={"dead": stage.at(3.2)},
        joins={"podium": stage.at(4.9)},
    )


def _plain(stage: Stage, days: int, plain: int) -> None:
    """News of no special kind, in turn by the outlets that live the whole month."""
    turn = [o for o in CAST if o.key not in {"dead", "notes", "podium"}]
    for number in range(int(plain * (days - 0.6))):
        outlet = turn[number % len(turn)]
        name = f"{outlet.key}-plain-{number}"
        stage.piece(outlet.key, name, (number + 0.5) / plain, compose(outlet.language, name))
