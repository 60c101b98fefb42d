"""What stands around every view: the name and the sections, the foot, and whole pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from ui.operations.access import NOBODY, Caller
from ui.store import Role
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Status

VIEWS = ("chat", "conversations", "archive", "timeline", "sources", "settings")
OPERATORS_VIEWS = ("access", "audit")


def masthead_html(status: Status | None, now: datetime, w: Words, caller: Caller = NOBODY) -> str:
    """The name over a thin rule, with the day and what the archive spans, for who asks. No status
    where the ledger cannot be read."""
    span = ""
    if status and status.first_published and status.last_published:
        first, last = w.day(status.first_published), w.day(status.last_published)
        span = w("archive_span", first=first, last=last)
    day = w("weekday_day", weekday=w.weekday(now.date()), day=w.day(now.date()))
    return (
        f'<header class="dl-masthead" lang="{w.lang}" data-account="{esc(caller.account)}">'
        '<p class="dl-name"><a href="#/">Dateline</a>'
        f'</p><div class="dl-strip"><span>{day}</span><span class="dl-span">{span}</span></div>'
        '<div class="dl-tools"><button type="button" class="dl-plain" data-act="theme" '
        f'data-dark="{w("theme_dark")}" data-light="{w("theme_light")}">{w("theme_dark")}'
        f"</button></div></header>{nav_html(w, caller)}{_script_words_html(w)}"
    )


_SCRIPT_WORDS = (
    "filters filters_on period since until as_of in_language of_subject of_place drop_filter "
    "copied editing cancel too_long_now loading not_loaded try_again back_to_sources close "
    "feedback_thanks conversation_saved conversation_delete_sure conversation_name "
    "conversation_share conversation_unshare share_note source_running run_done run_not_done "
    "source_added shown_once changed_for copy_it"
).split()
"""The words that the scripts in the browser need."""


def _script_words_html(w: Words) -> str:
    """Those words as they are in the data files, for the scripts to fill in."""
    table = {key: w.table[key] for key in _SCRIPT_WORDS}
    said = esc(json.dumps(table, ensure_ascii=False))
    return f'<div id="dl-words" lang="{w.lang}" hidden data-words="{said}"></div>'


def nav_html(w: Words, caller: Caller = NOBODY) -> str:
    """The sections of the paper; an operator has some of their own."""
    views = (*VIEWS, *(OPERATORS_VIEWS if caller.may(Role.operator) else ()))
    links = "".join(
        f'<li><a href="#/{"" if view == "chat" else view}" data-view="{view}">'
        f"{w('view_' + view)}</a></li>"
        for view in views
    )
    return f'<nav class="dl-nav" aria-label="{w("nav")}"><ul>{links}</ul></nav>'


def welcome_html(w: Words) -> str:
    """What stands where no question has been asked yet."""
    return (
        f'<h1 class="dl-welcome" lang="{w.lang}">{w("welcome")}</h1>'
        f'<p class="dl-dek" lang="{w.lang}">{w("welcome_dek")}</p>'
    )


def footer_html(  # noqa: PLR0913
    status: Status | None,
    now: datetime,
    w: Words,
    *,
    warned: int = 0,
    all_: int = 0,
    without: Sequence[str] = (),
) -> str:
    """How fresh the archive is: what it holds, its newest article, its last ingest.

    `warned` of `all_` declared sources need attention; `without` are the parts of the archive
    that do not answer just now.
    """
    parts = _holding(status, now, w) if status else []
    if warned:
        stale = w("stale_sources", n=warned, all=all_)
        parts.append(f'<a class="dl-stale" href="#/sources">{stale}</a>')
    lacking = [w("without_" + part.replace(" ", "_")) for part in without]
    parts += [f'<span class="dl-stale">{said}</span>' for said in lacking]
    items = "".join(f"<li>{part}</li>" for part in parts)
    return (
        f'<footer class="dl-footer" lang="{w.lang}"><ul aria-label="{w("the_archive")}">'
        f"{items}</ul></footer>"
    )


def _holding(status: Status, now: datetime, w: Words) -> list[str]:
    """What the archive holds, and how fresh it is."""
    parts = [
        w.count("articles", status.articles),
        w.count("outlets", sum(1 for name, _ in status.outlets if name)),
    ]
    if status.last_published:
        parts.append(w("newest", day=w.day(status.last_published)))
    if status.last_ingested:
        exact = status.last_ingested.isoformat(sep=" ", timespec="seconds")
        ago = w("updated_ago", ago=w.ago(status.last_ingested, now))
        parts.append(f'<time datetime="{exact}" title="{exact}">{ago}</time>')
    else:
        parts.append(w("not_updated"))
    return parts


def page_html(title: str, inner: str, head: str, w: Words) -> str:
    """A page of its own, without scripts to depend on; the chat shows its `main` in place."""
    return (
        f'<!doctype html><html lang="{w.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · Dateline</title>{head}</head>"
        '<body class="dl-page"><header class="dl-page-head"><a href="/">Dateline</a></header>'
        f"<main>{inner}</main></body></html>"
    )
