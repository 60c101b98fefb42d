"""What the command line shows of sources: tables of how they are doing, their runs, their plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ingest.sources.edit import format_duration
from ui.console.output import PROBLEMS_SHOWN, err, moment_text, one_line, out, plain, show_table

if TYPE_CHECKING:
    from datetime import datetime

    from ingest import Problem, Report
    from ingest.collect import Health, SourceReport
    from ingest.freshness import Freshness
    from ingest.sources.declared import Source
    from vectorstore import Run

COUNTS = {
    "new": "new",
    "changed": "changed",
    "updated": "updated",
    "unchanged": "unchanged",
    "duplicates": "duplicate",
    "not_articles": "not an article",
    "withdrawn": "withdrawn",
    "failed": "failed",
    "postponed": "left for the next run",
}
"""What is counted of a run, and how that is said."""

REASONS_SHOWN = 3
"""Reasons listed under a run; the rest is counted."""


def show_totals(totals: Mapping[str, Any]) -> None:
    """What an archive holds, a line each."""

    def named(counts: Mapping[str, int], most: int) -> str:
        shown = [f"{name or 'unknown'} {n:,}" for name, n in list(counts.items())[:most]]
        return ", ".join(shown) + (", …" if len(counts) > most else "")

    rows = {
        "archive": totals["archive"],
        "articles": f"{totals['articles']:,} ({totals['versions']:,} versions)",
        "passages": f"{totals['passages']:,}",
        "outlets": named(totals["outlets"], 12),
        "languages": named(totals["languages"], 12),
        "published": f"{totals['first_published']} to {totals['last_published']}",
        "last ingested": totals["last_ingested"] or "never",
        "not yet indexed": f"{totals['unindexed']:,} articles",
        "dense segments": totals["segments"],
        "model": totals["model"],
        "on disk": f"{totals['bytes_on_disk'] / 1e6:,.1f} MB",
    }
    for name, value in rows.items():
        out.print(f"{name:16} {plain(str(value))}", markup=False)


def show_freshness(found: Sequence[Freshness]) -> None:
    """A table of sources: last success, last run, what is new, and a warning."""
    head = ("source", "articles", "last success", "new today", "last run", "warning")
    show_table(head, [_fresh_row(one) for one in found])


def _fresh_row(one: Freshness) -> tuple[object, ...]:
    state = one.state
    run = state.last_run if state else None
    return (
        one.name,
        f"{state.articles:,}" if state else "0",
        moment_text(state.last_success if state else None),
        one.new or "-",
        "FAILED" if run and run.error and one.warning else _outcome(run) if run else "-",
        one.warning,
    )


def show_sources(found: Sequence[Freshness]) -> None:
    """The declared sources: what they are, how often they run, and how they are doing."""
    head = ("source", "kind", "on", "every", "last success", "new", "where", "warning")
    show_table(
        head,
        [
            (
                one.name,
                one.source.kind,
                "yes" if one.source.enabled else "no",
                _every(one.source),
                moment_text(one.state.last_success if one.state else None),
                one.new or "-",
                _where(one.source),
                one.warning,
            )
            for one in found
            if one.source
        ],
    )


def _every(source: Source) -> str:
    return f"{source.cron} ({source.timezone})" if source.cron else format_duration(source.every)


def _where(source: Source) -> str:
    places = [*source.urls, *map(str, source.paths)]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return places[0] + more


def as_dict(one: Freshness) -> dict[str, Any]:
    """How a source is doing, for JSON; times are ISO 8601 in UTC."""
    state = one.state
    run = state.last_run if state else None
    return {
        "name": one.name,
        "kind": one.source.kind if one.source else None,
        "enabled": one.source.enabled if one.source else None,
        "articles": state.articles if state else 0,
        "last_success": _iso(state.last_success if state else None),
        "last_new": _iso(state.last_new if state else None),
        "new": one.new,
        "last_run": run
        and {n: getattr(run, n) for n in (*COUNTS, "announced", "checked", "error", "interrupted")}
        | {"started": _iso(run.started), "ended": _iso(run.ended), "reasons": list(run.reasons)},
        "warning": one.warning,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def show_runs(runs: Sequence[Run]) -> None:
    """Runs with what came of each, and why something failed."""
    if not runs:
        return
    width, newer = max(len(run.source) for run in runs), set[str]()
    for run in runs:
        unended = "cut off" if run.source in newer else "running"
        took = f"{(run.ended - run.started).total_seconds():,.0f} s" if run.ended else unended
        newer.add(run.source)
        line = f"{moment_text(run.started)}  {run.source:{width}}  {took:>8}  {_outcome(run)}"
        out.print(plain(line).replace("\n", " "), markup=False)
        for reason in run.reasons[:REASONS_SHOWN]:
            out.print(f"    {one_line(reason)}", markup=False, style="dim")
        if (more := len(run.reasons) - REASONS_SHOWN) > 0:
            out.print(f"    … and {more} more", style="dim")


def _outcome(run: Run) -> str:
    """What came of a run in a few words."""
    counts = [f"{n:,} {words}" for name, words in COUNTS.items() if (n := getattr(run, name))]
    said = (_looked_at(run.announced, run.checked) + ", ".join(counts)) or "nothing new"
    if run.error:
        return f"FAILED: {run.error}" + (f" ({said})" if counts else "")
    return f"{said} (interrupted)" if run.interrupted else said


def _looked_at(announced: int, checked: int) -> str:
    """`12 entries and 3 known pages: `, whose counts follow; "" if there were none."""
    named = (("entry", "entries", announced), ("known page", "known pages", checked))
    said = [f"{n:,} {one if n == 1 else many}" for one, many, n in named if n]
    return " and ".join(said) + ": " if said else ""


def show_reports(reports: Sequence[SourceReport]) -> None:
    """What one turn of the sources did; its problems go to stderr."""
    if not reports:
        out.print("No source is due.")
        return
    _show_problems([p for report in reports for p in report.problems])
    rows = [(report.source, _outcome(report.run)) for report in reports]
    show_table(("source", "what came"), rows)
    runs = [report.run for report in reports]
    verb = "Interrupted: the next run goes on" if any(r.interrupted for r in runs) else "Done"
    out.print(f"{verb}: {_totals(runs)}")


def show_report(report: Report) -> None:
    """What an ingest of files did; its problems go to stderr."""
    from ingest.values import describe_non_articles

    _show_problems(report.problems)
    verb = "Interrupted" if report.interrupted else "Done"
    out.print(f"{verb}: {_totals(report.runs)}; {report.seconds:.1f} s")
    if report.others:
        out.print(f"No articles, left out: {describe_non_articles(report.others)}", markup=False)


def _show_problems(problems: Sequence[Problem]) -> None:
    for problem in problems[:PROBLEMS_SHOWN]:
        err.print(one_line(str(problem)), markup=False)
    if (more := len(problems) - PROBLEMS_SHOWN) > 0:
        err.print(f"… and {more} more (--problems FILE writes them all)", markup=False)


def _totals(runs: Sequence[Run]) -> str:
    """`12 entries: 3 new, 0 changed, …`: what became of the entries of all runs."""
    sums = {name: sum(getattr(run, name) for run in runs) for name in COUNTS}
    whole = sum(bool(run.error) for run in runs)
    sums["failed"] += whole
    counts = ", ".join(
        f"{sums[name]:,} {words}" + (f" ({_whole(whole)})" if name == "failed" and whole else "")
        for name, words in COUNTS.items()
    )
    return _looked_at(sum(r.announced for r in runs), sum(r.checked for r in runs)) + counts


def _whole(count: int) -> str:
    return "1 of them a whole source" if count == 1 else f"{count:,} of them whole sources"


def show_upcoming(times: Mapping[str, datetime]) -> None:
    """When each source is read next."""
    show_table(("source", "next"), [(name, moment_text(moment)) for name, moment in times.items()])


def show_health(found: Mapping[str, Health]) -> None:
    """Which sources answer, and with what."""
    rows = [
        (
            name,
            "ok" if health.ok else "FAILED",
            health.kind,
            health.entries,
            moment_text(health.newest) if health.newest else "-",
            health.reason,
        )
        for name, health in found.items()
    ]
    show_table(("source", "answer", "kind", "entries", "newest", "what it said"), rows)
