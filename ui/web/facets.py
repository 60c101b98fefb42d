"""The subjects and places of an archive to choose from: the most frequent, and what is looked for.

The server finds them, as an archive may have tens of thousands; what is chosen stays in sight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.web.archive import ArchiveQuery
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Archive, Filters

SHOWN = 30
"""Names in a list; the rest are found by typing."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet of names: the filter's own name, and where its names and those chosen are."""

    name: str
    names: Callable[[Archive], tuple[tuple[str, int], ...]]
    chosen: Callable[[Filters], tuple[str, ...]]


SUBJECTS = Facet("subjects", Archive.subjects, lambda filters: filters.subjects)
PLACES = Facet("places", Archive.places, lambda filters: filters.places)


def facet_html(archive: Archive, facet: Facet, filters: Filters, w: Words) -> str:
    """A part of the filters' form; nothing where the archive has none of the facet."""
    if not facet.names(archive):
        return ""
    label = w(f"find_{facet.name}")
    return (
        f"<fieldset><legend>{w(f'filters_{facet.name}')}</legend>"
        f'<input type="search" class="dl-find-name" data-find="{facet.name}" autocomplete="off" '
        f'aria-label="{label}" placeholder="{label}"><div data-found="{facet.name}">'
        f"{facet_values_html(facet, archive, ArchiveQuery(filters=filters), w)}</div></fieldset>"
    )


def facet_values_html(facet: Facet, archive: Archive, query: ArchiveQuery, w: Words) -> str:
    """The names that are chosen, then those that hold the words looked for."""
    chosen = {name.casefold(): name for name in facet.chosen(query.filters)}
    counts = {name.casefold(): n for name, n in facet.names(archive)}
    looked_for = query.text.casefold().split()
    others = [
        (name, n)
        for name, n in facet.names(archive)
        if name.casefold() not in chosen and all(word in name.casefold() for word in looked_for)
    ]
    shown = [_check_html(facet, name, counts.get(key, 0), True) for key, name in chosen.items()]
    shown += [_check_html(facet, name, n, False) for name, n in others[:SHOWN]]
    more = len(others) - SHOWN
    said = w.count("more_names", more) if more > 0 else ""
    said = said or ("" if others or not looked_for else w("no_names"))
    return (
        f'<div class="dl-checks">{"".join(shown)}</div><p class="dl-quiet" role="status">{said}</p>'
    )


def _check_html(facet: Facet, name: str, count: int, checked: bool) -> str:
    return (
        f'<label class="dl-check"><input type="checkbox" name="{facet.name}" value="{esc(name)}"'
        f"{' checked' if checked else ''}><span>{esc(name)}</span>"
        f'<span class="dl-n">{count:,}</span></label>'
    )
