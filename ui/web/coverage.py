"""Coverage over time as a drawn chart: bars of articles by date, one colour an outlet.

The chart is SVG of the server's, so that it needs no script, follows the theme, and every bar is
a link that a keyboard reaches and a screen reader says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Covered

Unit = Literal["day", "week", "month", "year"]

MOST_BARS = {"day": 45, "week": 60, "month": 120}
"""Bars that a chart shows of a unit before the next larger one is taken."""

COLOURS = 6
"""Outlets with a colour of their own, the most frequent; the rest share one."""

HEIGHT, STEP, GAP = 100, 10, 2
"""Of the drawing, in its own units: a bar takes a step, less a gap."""

LABELS = 5
"""Dates written under the chart, at most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The articles of one period, both days inclusive, by outlet."""

    first: date
    last: date
    by_outlet: Mapping[str, int]

    @property
    def articles(self) -> int:
        return sum(self.by_outlet.values())


def bars(rows: Sequence[Covered]) -> tuple[Unit, list[Bar]]:
    """Coverage in even periods without a gap, of the unit that fits what it spans."""
    dated = [row for row in rows if row.day]
    if not dated:
        return "day", []
    days = [row.day for row in dated if row.day]
    unit = _unit(min(days), max(days))
    counts: dict[date, Counter[str]] = {}
    for row in dated:
        if row.day:
            counts.setdefault(_start(row.day, unit), Counter())[row.outlet] += row.articles
    found, at = [], _start(min(days), unit)
    while at <= max(days):
        after = _next(at, unit)
        found.append(Bar(at, after - timedelta(days=1), counts.get(at, Counter())))
        at = after
    return unit, found


def _unit(first: date, last: date) -> Unit:
    span = (last - first).days + 1
    if span <= MOST_BARS["day"]:
        return "day"
    if span <= 7 * MOST_BARS["week"]:
        return "week"
    return "month" if span <= 30 * MOST_BARS["month"] else "year"


def _start(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _next(day: date, unit: Unit) -> date:
    if unit == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    if unit == "year":
        return day.replace(year=day.year + 1)
    return day + timedelta(days=7 if unit == "week" else 1)


def when_text(bar: Bar, unit: Unit, w: Words) -> str:
    """A bar's period in words."""
    if unit == "week":
        return w("week_of", day=w.day(bar.first))
    if unit == "month":
        return w.month(bar.first)
    return str(bar.first.year) if unit == "year" else w.day(bar.first)


def ranks(rows: Sequence[Covered]) -> dict[str, int]:
    """The colour of each outlet: 0 for the most frequent one; `COLOURS` for the rest."""
    total: Counter[str] = Counter()
    for row in rows:
        total[row.outlet] += row.articles
    return {name: min(i, COLOURS) for i, (name, _) in enumerate(total.most_common())}


def chart_html(
    unit: Unit,
    found: Sequence[Bar],
    colours: Mapping[str, int],
    w: Words,
    link: Callable[[Bar], str] | None = None,
) -> str:
    """The chart with its dates; `link` gives the address that a bar leads to, escaped."""
    most = max((bar.articles for bar in found), default=0) or 1
    drawn = "".join(_bar_html(i, bar, most, unit, colours, w, link) for i, bar in enumerate(found))
    wide = STEP * max(len(found), 1)
    shown = min(LABELS, len(found))
    at = [round(i * (len(found) - 1) / max(shown - 1, 1)) for i in range(shown)]
    labels = "".join(f"<span>{when_text(found[i], unit, w)}</span>" for i in at)
    label = f'role="group" aria-label="{w("coverage")}"' if link else 'aria-hidden="true"'
    return (
        f'<div class="dl-chart"><svg {label} '
        f'viewBox="0 0 {wide} {HEIGHT}" preserveAspectRatio="none">{drawn}</svg>'
        f'<p class="dl-chart-dates" aria-hidden="true">{labels}</p></div>'
    )


def _bar_html(  # noqa: PLR0913, PLR0917
    index: int,
    bar: Bar,
    most: int,
    unit: Unit,
    colours: Mapping[str, int],
    w: Words,
    link: Callable[[Bar], str] | None,
) -> str:
    x, top, parts = index * STEP + GAP / 2, float(HEIGHT), []
    for name in sorted(bar.by_outlet, key=lambda n: (colours.get(n, COLOURS), n)):
        high = bar.by_outlet[name] / most * (HEIGHT - 4)
        top -= high
        parts.append(
            f'<rect class="dl-c{colours.get(name, COLOURS)}" x="{x:g}" y="{top:.2f}" '
            f'width="{STEP - GAP}" height="{high:.2f}"/>'
        )
    area = f'<rect class="dl-hit" x="{index * STEP}" y="0" width="{STEP}" height="{HEIGHT}"/>'
    days = f'data-first="{bar.first}" data-last="{bar.last}"'
    if not link or not bar.articles:
        return f"<g {days}>{''.join(parts)}</g>"
    label = bar_words(bar, unit, w)
    return (
        f'<a href="{link(bar)}" {days} aria-label="{label}"><title>{label}</title>'
        f"{area}{''.join(parts)}</a>"
    )


def bar_words(bar: Bar, unit: Unit, w: Words) -> str:
    """A bar in words: when, how many, and of whom."""
    parts = ", ".join(
        f"{esc(name) or w('outlet_unknown')} {n}"
        for name, n in sorted(bar.by_outlet.items(), key=lambda item: -item[1])
    )
    articles = w.count("articles", bar.articles)
    return w("coverage_bar", when=when_text(bar, unit, w), articles=articles, parts=parts)


def legend_html(colours: Mapping[str, int], w: Words) -> str:
    """Which colour is whose."""
    named = [(name, rank) for name, rank in colours.items() if rank < COLOURS]
    items = [(esc(name) or w("outlet_unknown"), rank) for name, rank in named]
    if len(colours) > COLOURS:
        items.append((w("others"), COLOURS))
    return (
        '<ul class="dl-legend">'
        + "".join(
            f'<li><span class="dl-swatch dl-c{rank}" aria-hidden="true"></span>{name}</li>'
            for name, rank in items
        )
        + "</ul>"
    )


def table_html(unit: Unit, found: Sequence[Bar], names: Sequence[str], w: Words) -> str:
    """The same figures as a table, for whoever cannot see a chart or wants the numbers."""
    head = "".join(f'<th scope="col">{esc(n) or w("outlet_unknown")}</th>' for n in names)
    rows = "".join(
        f'<tr><th scope="row">{when_text(bar, unit, w)}</th>'
        + "".join(f"<td>{bar.by_outlet.get(n, 0) or ''}</td>" for n in names)
        + f"<td>{bar.articles}</td></tr>"
        for bar in found
        if bar.articles
    )
    return (
        f'<details class="dl-figures"><summary>{w("coverage_table")}</summary>'
        '<div class="dl-wide" tabindex="0" role="region" '
        f'aria-label="{w("coverage")}"><table><thead><tr><th scope="col">{w("coverage_period")}'
        f'</th>{head}<th scope="col">{w("coverage_total")}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )
