"""Filters between page and archive: what was understood as chips, what was chosen as `Filters`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from chatbot import Query
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Filters

MOST = 50
"""Outlets, languages, subjects or places in one filter; more is no filter any more."""

LONGEST = 200
"""Characters of a name."""

DAYS = ("since", "until", "as_of")
LISTS = ("outlets", "languages", "subjects", "places")
"""The filters as a browser names them: single days, and lists of names."""


def filters_from(chosen: Mapping[str, Any]) -> Filters:
    """The filters in what a browser sent; what makes no sense is left out."""
    found: dict[str, Any] = {name: _day(chosen.get(name)) for name in DAYS}
    return Filters(**found | {name: _names(chosen.get(name)) for name in LISTS})


def filters_json(filters: Filters) -> dict[str, Any]:
    """The same as JSON values, without what is not set."""
    days = {name: getattr(filters, name) for name in DAYS}
    found: dict[str, Any] = {name: day.isoformat() for name, day in days.items() if day}
    for name in LISTS:
        if values := list(getattr(filters, name)):
            found[name] = values
    return found


def read_options(text: str) -> dict[str, Any]:
    """What the page wants with a question, as JSON; empty if it is not an object."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def filter_words(filters: Filters, w: Words) -> list[tuple[str, str, str]]:
    """Each filter that is set: its names (joined by a space), its value, and both in words."""
    f, found = filters, []
    if f.since and f.until:
        same = f.since == f.until
        span = w("period", since=w.day(f.since), until=w.day(f.until))
        found.append(("since until", "", w.day(f.since) if same else span))
    elif f.since:
        found.append(("since", "", w("since", day=w.day(f.since))))
    elif f.until:
        found.append(("until", "", w("until", day=w.day(f.until))))
    if f.as_of:
        found.append(("as_of", "", w("as_of", day=w.day(f.as_of))))
    found += [("outlets", esc(name), esc(name)) for name in f.outlets]
    found += [
        ("languages", esc(code), w("in_language", language=esc(w.language(code))))
        for code in f.languages
    ]
    found += [("subjects", esc(name), w("of_subject", name=esc(name))) for name in f.subjects]
    found += [("places", esc(name), w("of_place", name=esc(name))) for name in f.places]
    return found


def chips_html(query: Query, turn: int, w: Words) -> str:
    """What was searched, with a chip for each filter that changes or drops it."""
    what = w("searched_archive")
    if not query.parts and query.searched_for.split() != query.question.split():
        what = w("searched_for", text=f"<q>{esc(query.searched_for)}</q>")
    chips = "".join(
        f'<li class="dl-filter"><button type="button" data-act="filters" data-turn="{turn}" '
        f'aria-label="{w("change_filter", what=text)}">{text}</button>'
        f'<button type="button" data-act="drop" data-names="{names}" data-value="{value}" '
        f'aria-label="{w("drop_filter", what=text)}">×</button></li>'
        for names, value, text in filter_words(query.filters, w)
    )
    shown = {(query.filters.since, query.filters.until)}
    chips += "".join(
        _period_html(since, until, w)
        for since, until in query.periods
        if (since, until) not in shown and until != query.filters.as_of
    )
    listed = f'<ul aria-label="{w("filters_understood")}">{chips}</ul>' if chips else ""
    notes = "".join(f'<span class="dl-read">{esc(note)}</span>' for note in query.notes)
    searched = "" if query.beyond and query.notes else f"<span>{what}</span>"  # its note says where
    return f'<div class="dl-searched">{searched}{listed}{notes}</div>'


def _period_html(since: date, until: date, w: Words) -> str:
    """A period that was read in the question: preferred, and by a click the only one."""
    span = w.day(since)
    if until != since:
        span = w("period", since=span, until=w.day(until))
    label = w("only_period", when=span)
    return (
        f'<li class="dl-filter"><button type="button" data-act="narrow" data-since="{since}" '
        f'data-until="{until}" aria-label="{label}" title="{label}">'
        f"{w('about_period', when=span)}</button>"
        f'<button type="button" data-act="drop" data-names="periods" data-value="" '
        f'aria-label="{w("drop_filter", what=span)}">×</button></li>'
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        return None


def _names(value: object) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, (list, tuple)):
        return ()
    return tuple(n for n in given[:MOST] if isinstance(n, str) and 0 < len(n) <= LONGEST)
