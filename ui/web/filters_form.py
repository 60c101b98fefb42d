"""The filters' own form: a period over the archive's coverage, outlets, subjects, places, language,
as-of day."""

from __future__ import annotations

from ui.web.coverage import bars, chart_html, ranks
from ui.web.facets import PLACES, SUBJECTS, facet_html
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Archive, Filters

MOST_OUTLETS = 40
"""Outlets to choose from; the rest are found in the archive's view."""


def filters_form_html(archive: Archive, filters: Filters, w: Words) -> str:
    """The form as it stands when nothing is chosen but `filters`; the page keeps what is."""
    rows = archive.coverage()
    unit, found = bars(rows)
    last = max(len(found) - 1, 0)
    sliders = ""
    if len(found) > 1:
        sliders = (
            f'{chart_html(unit, found, ranks(rows), w)}<div class="dl-sliders">'
            f"{_slider('from', w('filters_from'), 0, last)}"
            f"{_slider('to', w('filters_to'), last, last)}</div>"
            f'<p class="dl-period" aria-live="polite" data-all="{w("whole_archive")}"></p>'
        )
    return (
        f'<form class="dl-choose"><fieldset class="dl-span-choice"><legend>{w("filters_period")}'
        f'</legend>{sliders}<div class="dl-narrow">'
        f"{_day('since', w('filters_from'), filters)}{_day('until', w('filters_to'), filters)}"
        f"</div></fieldset><fieldset><legend>{w('filters_outlets')}</legend>"
        f'<div class="dl-checks">{_outlets(archive, filters)}</div></fieldset>'
        f"{facet_html(archive, SUBJECTS, filters, w)}{facet_html(archive, PLACES, filters, w)}"
        f'<div class="dl-narrow"><label>{w("filters_language")}<select name="languages">'
        f'<option value="">{w("filters_any")}</option>{_languages(archive, filters, w)}'
        f"</select></label>{_day('as_of', w('filters_as_of'), filters)}</div>"
        f'<p class="dl-quiet">{w("filters_as_of_note")}</p><p class="dl-choose-foot">'
        f'<button type="button" data-act="clear" class="dl-plain">{w("filters_clear")}</button>'
        f'<button type="submit" class="dl-solid">{w("filters_done")}</button></p></form>'
    )


def _slider(name: str, label: str, value: int, last: int) -> str:
    return (
        f'<input type="range" data-end="{name}" aria-label="{label}" min="0" max="{last}" '
        f'value="{value}">'
    )


def _day(name: str, label: str, filters: Filters) -> str:
    value = getattr(filters, name) or ""
    return f'<label>{label}<input type="date" name="{name}" value="{value}"></label>'


def _outlets(archive: Archive, filters: Filters) -> str:
    return "".join(
        f'<label class="dl-check"><input type="checkbox" name="outlets" value="{esc(name)}"'
        f"{' checked' if name in filters.outlets else ''}><span>{esc(name)}</span>"
        f'<span class="dl-n">{count:,}</span></label>'
        for name, count in archive.status().outlets[:MOST_OUTLETS]
        if name
    )


def _languages(archive: Archive, filters: Filters, w: Words) -> str:
    return "".join(
        f'<option value="{esc(code)}"{" selected" if code in filters.languages else ""}>'
        f"{esc(w.language(code))} ({count:,})</option>"
        for code, count in archive.status().languages
        if code
    )
