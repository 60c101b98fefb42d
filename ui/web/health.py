"""The operator's view as HTML: sources with their health, last runs, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ingest.collect import Preview
from ingest.freshness import Freshness
from ingest.sources.edit import format_duration
from ingest.times import Times, last_done
from ui.wording.text import esc, language_of
from ui.wording.words import Words
from vectorstore import OUTCOMES, InputError, Run

RUN_COUNTS = (*OUTCOMES, "withdrawn")
RUN_WORDS = {"failed": "run_failed_entries"}
ENTRIES = 8
"""Entries of a feed or list shown when it is tried."""


def sources_html(  # noqa: PLR0913
    found: Sequence[Freshness],
    runs: Sequence[Run],
    w: Words,
    now: datetime,
    *,
    may: bool,
    login: bool = True,
    problem: str = "",
) -> str:
    """Health for everybody; for an editor (`may`) also what changes it. `login` is whether
    there is anybody who may log in."""
    wrong = f'<p class="dl-note" role="alert">{esc(problem)}</p>' if problem else ""
    table = _table_html(found, w, now, may=may) if found else _quiet(w("sources_none"))
    link = f'<a class="dl-go" href="/login">{w("sources_login")}</a>'
    way = _quiet(link) if login and not may else ""
    return (
        f'<h1 class="dl-view-title" tabindex="-1">{w("view_sources")}</h1>'
        f"{_quiet(w('sources_note'))}{wrong}{table}{way}{_work_html(w) if may else ''}"
        f'<h2 class="dl-view-head">{w("runs")}</h2>{_runs_html(runs, w, now)}'
    )


def _quiet(text: str) -> str:
    return f'<p class="dl-quiet">{text}</p>'


def _table_html(found: Sequence[Freshness], w: Words, now: datetime, *, may: bool) -> str:
    names = ("source_name", "source_state", "source_articles", "source_new", "source_last")
    head = "".join(
        f'<th scope="col">{w(name)}</th>' for name in (*names, "source_every", "source_next")
    )
    head += f'<th><span class="dl-sr">{w("run_now")}</span></th>' if may else ""
    rows = "".join(_row_html(one, w, now, may=may) for one in found)
    return wide_html(f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>", w("view_sources"))


def wide_html(table: str, label: str) -> str:
    """A table that scrolls sideways within the page."""
    return (
        f'<div class="dl-wide" tabindex="0" role="region" aria-label="{label}">'
        f"<table>{table}</table></div>"
    )


def _row_html(one: Freshness, w: Words, now: datetime, *, may: bool) -> str:
    state, source = one.state, one.source
    if one.warning:
        health = f'<span class="dl-flag">{esc(one.warning)}</span>'
    elif source is None:
        health = w("source_by_hand")
    else:
        health = w("source_fine") if source.enabled else w("source_off")
    last = state.last_success if state else None
    every = (esc(source.cron) or format_duration(source.every)) if source else ""
    cells = [
        health,
        f"{state.articles:,}" if state else "0",
        str(one.new or ""),
        w.ago(last, now) if last else w("source_never"),
        every,
        _next_html(one, w, now),
    ]
    if may:
        cells.append(_run_html(one.name, w) if source and source.enabled else "")
    place = f'<span class="dl-path">{esc(source.urls[0])}</span>' if source and source.urls else ""
    return (
        f'<tr><th scope="row">{esc(one.name)}<br>{place}</th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _next_html(one: Freshness, w: Words, now: datetime) -> str:
    """When a source is read next while its schedule runs."""
    if one.source is None or not one.source.enabled:
        return ""
    done = last_done(one.state)
    try:
        due = Times(one.source).after(done) if done else now
    except InputError as problem:
        return f'<span class="dl-flag">{esc(str(problem))}</span>'
    return w("source_due") if due <= now else w.moment(due.astimezone())


def _run_html(name: str, w: Words) -> str:
    label = f"{w('run_now')}: {esc(name)}"
    return (
        f'<button type="button" class="dl-plain" data-act="run" data-name="{esc(name)}" '
        f'aria-label="{label}">{w("run_now")}</button>'
    )


def _work_html(w: Words) -> str:
    """Run, add, upload; the scripts in the browser do it and say how it goes."""
    return (
        '<div class="dl-work"><p><button type="button" class="dl-solid" data-act="run">'
        f"{w('run_all')}</button></p>"
        f'<p class="dl-going" hidden><progress aria-label="{w("source_running")}"></progress></p>'
        '<p class="dl-said" role="status"></p></div>'
        f'<h2 class="dl-view-head">{w("add_source")}</h2>'
        '<form class="dl-add dl-form"><div class="dl-find">'
        f'<label class="dl-sr" for="dl-url">{w("source_url")}</label>'
        f'<input id="dl-url" type="url" name="url" required placeholder="{w("source_url")}">'
        f'<button type="submit">{w("test_source")}</button></div></form>'
        '<div class="dl-tried" role="status"></div>'
        f'<h2 class="dl-view-head">{w("upload")}</h2>{_quiet(w("upload_note"))}'
        '<form class="dl-upload dl-field"><label class="dl-sr" for="dl-files">'
        f'{w("upload_choose")}</label><input id="dl-files" type="file" name="files" multiple '
        f'required> <button type="submit" class="dl-solid">{w("upload_go")}</button></form>'
    )


def _runs_html(runs: Sequence[Run], w: Words, now: datetime) -> str:
    if not runs:
        return _quiet(w("runs_none"))
    names = ("source_name", "run_started", "run_took", "run_result")
    head = "".join(f'<th scope="col">{w(name)}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{esc(run.source)}</th><td>{w.ago(run.started, now)}</td>'
        f"<td>{_took(run)}</td><td>{_result_html(run, w)}</td></tr>"
        for run in runs
    )
    return wide_html(f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>", w("runs"))


def _took(run: Run) -> str:
    if run.ended is None:
        return ""
    seconds = (run.ended - run.started).total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"


def _result_html(run: Run, w: Words) -> str:
    error = f'<span class="dl-flag">{w("run_failed", error=esc(run.error))}</span>'
    if run.error and not run.accounted:
        return error
    if run.ended is None:
        return w("run_going")
    counts = _counts(run, w)
    reasons = "".join(f"<li>{esc(reason)}</li>" for reason in run.reasons[:ENTRIES])
    more = (
        f"<details><summary>{counts}</summary><ul>{reasons}</ul></details>" if reasons else counts
    )
    if run.error:
        return f"{error} {more}"
    return f"{w('run_interrupted')}: {more}" if run.interrupted else more


def _counts(run: Run, w: Words) -> str:
    """What became of a run's entries: all of them, and the known pages looked at besides."""
    said = [
        w(RUN_WORDS.get(name, f"run_{name}"), n=f"{n:,}")
        for name in RUN_COUNTS
        if (n := getattr(run, name))
    ]
    looked_at = [w.count(kind, n) for kind, n in _looked_at(run) if n]
    counts = ", ".join(said) or w("run_nothing")
    return w("run_counts", of=", ".join(looked_at), counts=counts) if looked_at else counts


def _looked_at(run: Run) -> tuple[tuple[str, int], ...]:
    return ("entries", run.announced), ("known_pages", run.checked)


def preview_html(found: Preview, w: Words) -> str:
    """What a URL would become, and the button that adds it."""
    title = esc(found.title or found.url)
    listed: Iterable[str] = found.entries[:ENTRIES]
    items = "".join(f'<li lang="{language_of(e)}">{esc(e)}</li>' for e in listed)
    article = ""
    if found.article:
        a = found.article
        article = (
            f'<p class="dl-meta"><span class="dl-outlet">{esc(a.outlet)}</span> '
            f"<span>{w.dated(a.published)}</span></p><h3>{esc(a.headline)}</h3>"
            f'<p class="dl-brief">{esc(a.body[:300])}…</p>'
        )
    problems = "".join(f'<li class="dl-flag">{esc(p)}</li>' for p in found.problems)
    return (
        f'<div class="dl-preview"><p><strong>{title}</strong> ({esc(found.kind)})</p>{article}'
        f'<ul>{problems}{items}</ul><button type="button" class="dl-solid" data-act="add" '
        f'data-url="{esc(found.url)}">{w("add_it")}</button></div>'
    )
