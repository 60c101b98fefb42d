"""The subjects and places of an archive to choose from: the most frequent, and what is looked for.

The server finds them, as an archive may have tens of thousands; what is chosen stays in sight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.web.archive import Wish
from ui.wording.text import esc
from ui.wording.words import Words
from vectorstore import Archive, Filters

SHOWN = 30
"""Names in a list; the rest are found by typing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of names: the filter's own name, and where its names and those chosen are."""

    name: str
    names: Callable[[Archive], tuple[tuple[str, int], ...]]
    chosen: Callable[[Filters], tuple[str, ...]]


SUBJECTS = Kind("subjects", Archive.subjects, lambda filters: filters.subjects)
PLACES = Kind("places", Archive.places, lambda filters: filters.places)


def choice_html(archive: Archive, kind: Kind, filters: Filters, w: Words) -> str:
    """A part of the filters' form; nothing where the archive has none of the kind."""
    if not kind.names(archive):
        return ""
    label = w(f"find_{kind.name}")
    return (
        f"<fieldset><legend>{w(f'filters_{kind.name}')}</legend>"
        f'<input type="search" class="dl-find-name" data-find="{kind.name}" autocomplete="off" '
        f'aria-label="{label}" placeholder="{label}"><div data-found="{kind.name}">'
        f"{found_html(kind, archive, Wish(filters=filters), w)}</div></fieldset>"
    )


def found_html(kind: Kind, archive: Archive, wish: Wish, w: Words) -> str:
    """The names that are chosen, then those that hold the words looked for."""
    chosen = {name.casefold(): name for name in kind.chosen(wish.filters)}
    counts = {name.casefold(): n for name, n in kind.names(archive)}
    looked_for = wish.text.casefold().split()
    others = [
        (name, n)
        for name, n in kind.names(archive)
        if name.casefold() not in chosen and all(word in name.casefold() for word in looked_for)
    ]
    shown = [_check_html(kind, name, counts.get(held, 0), True) for held, name in chosen.items()]
    shown += [_check_html(kind, name, n, False) for name, n in others[:SHOWN]]
    more = len(others) - SHOWN
    said = w.count("more_names", more) if more > 0 else ""
    said = said or ("" if others or not looked_for else w("no_names"))
    return (
        f'<div class="dl-checks">{"".join(shown)}</div><p class="dl-quiet" role="status">{said}</p>'
    )


def _check_html(kind: Kind, name: str, count: int, checked: bool) -> str:
    return (
        f'<label class="dl-check"><input type="checkbox" name="{kind.name}" value="{esc(name)}"'
        f"{' checked' if checked else ''}><span>{esc(name)}</span>"
        f'<span class="dl-n">{count:,}</span></label>'
    )
