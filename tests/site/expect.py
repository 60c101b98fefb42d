"""What an archive must hold when the script is over, worked out from the script alone.

Two facts about Dateline go in, both from its documents and not from its code: a page is
looked at again before half its age has passed again (at least 6 hours, at most 7 days),
and an article is withdrawn once three checks have found its page gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.site import feeds
from tests.site.pieces import Outlet, Piece, Script, State, Trouble

SOONEST, LATEST = timedelta(hours=6), timedelta(days=7)
CHECKS = 3
UNREAD = {"drip", "half-gzip", "bomb"}
"""Troubles of a page that leave it unread for as long as they last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article in the archive. `versions` counts its different texts, `story` names the
    other articles of its story by key. Dates are ISO 8601 as given, "" if unknown."""

    key: str
    source: str
    outlet: str
    language: str
    headline: str
    byline: str
    body: str
    published: str
    updated: str
    versions: int
    live: bool
    story: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Life:
    """What of a piece was seen: its states in order, and whether it is gone for good."""

    piece: Piece
    states: tuple[State, ...]
    first: datetime
    withdrawn: bool

    @property
    def versions(self) -> int:
        return len({s.text for s in self.states})


class Undecided(AssertionError):
    """The script leaves open whether something must be seen: it is the script that is wrong."""


def rows(script: Script, bases: dict[str, str]) -> dict[str, Row]:
    """The articles that must be there at the end, by key; no others may be."""
    lives = [life for p in script.pieces if (life := life_of(script, p))]
    stories: dict[str, set[str]] = {}
    for life in lives:
        if life.piece.story:
            stories.setdefault(life.piece.story, set()).add(key_of(life, bases))
    found = [_row(script, life, bases, stories) for life in lives]
    return {row.key: row for row in found}


def key_of(life: Life, bases: dict[str, str]) -> str:
    """The URL that names an article for good: where it stood when it was first seen."""
    return bases[life.piece.outlet] + life.piece.place(life.first)


def _row(script: Script, life: Life, bases: dict[str, str], stories: dict[str, set[str]]) -> Row:
    piece, last, key = life.piece, life.states[-1], key_of(life, bases)
    return Row(
        key=key,
        source=piece.outlet,
        outlet=script.outlets[piece.outlet].name,
        language=piece.language,
        headline=last.text.headline,
        byline=last.text.byline,
        body=last.text.body,
        published=piece.published,
        updated=last.updated,
        versions=life.versions,
        live=not life.withdrawn,
        story=frozenset(stories.get(piece.story, set()) - {key}),
    )


def works(script: Script, source: str, tick: datetime) -> bool:
    """Whether a run of the source at this tick must succeed; not if it may or must fail."""
    return (
        declared(script, source, tick)
        and not any(
            t.outlet == source and _whole(t) and t.since <= tick < t.until for t in script.troubles
        )
        and not (source in script.dead and script.dead[source] <= tick)
    )


def fails(script: Script, source: str, tick: datetime) -> bool:
    """Whether a run of the source at this tick cannot succeed."""
    if source in script.dead and script.dead[source] <= tick:
        return True
    return any(source in t.fails and t.since <= tick < t.until for t in script.troubles)


def declared(script: Script, source: str, tick: datetime) -> bool:
    """Whether the source is in sources.toml by then."""
    return source not in script.joins or script.joins[source] <= tick


def _whole(trouble: Trouble) -> bool:
    return bool(trouble.fails) or trouble.path == r"/robots\.txt" or trouble.how == "empty"


def life_of(script: Script, piece: Piece) -> Life | None:
    """What must be seen of a piece, None if nothing may be. Raises Undecided."""
    if piece.never:
        return None
    outlet = script.outlets[piece.outlet]
    able = [t for t in script.ticks if works(script, outlet.key, t) and _read(script, piece, t)]
    seen: list[State] = []
    first, said = None, ""
    for tick in able:
        state = piece.state(tick)
        if state is None:
            continue
        saying = _said(script, outlet, piece, tick)
        if saying and saying != said:
            first, said = first or tick, saying
            seen.append(state)
    if first is None:
        return None
    silent = [
        s for s in piece.states if s.at > first and s not in seen and _reread(script, piece, s)
    ]
    states = sorted([*seen, *silent], key=lambda s: s.at)
    return Life(piece, tuple(dict.fromkeys(states)), first, _withdrawn(script, piece))


def _read(script: Script, piece: Piece, tick: datetime) -> bool:
    return piece.status(tick) == 200 and not any(
        t.how in UNREAD and t.meets(piece.outlet, piece.path, tick) for t in script.troubles
    )


def _said(script: Script, outlet: Outlet, piece: Piece, tick: datetime) -> str:
    """What the outlet announces of the piece now, "" if nothing."""
    if not piece.listed:
        return f"looked at {tick}"
    told = feeds.told(outlet, script.of(outlet.key), tick)
    state = next((s for p, s, _ in told if p is piece), None)
    if state is None:
        return ""
    says = SAYS[outlet.kind](state)
    return f"{piece.path} {says}"


def _full(state: State) -> str:
    return f"{state.text} {state.updated}"


SAYS: dict[str, Callable[[State], str]] = {
    "rss": _full,
    "atom": _full,
    "json": _full,
    "rdf": lambda state: f"{state.text.headline} {state.text.paragraphs[0]}",
    "rss091": lambda state: f"{state.text.headline} {state.text.paragraphs[0]}",
    "sitemap": lambda state: f"{state.text.headline} {state.updated}",
    "list": lambda _state: "",
}
"""What of a state each kind of listing lets its readers know."""


def _reread(script: Script, piece: Piece, state: State) -> bool:
    """Whether a state that nobody announced must have been seen. Raises Undecided."""
    later = [s.at for s in piece.states if s.at > state.at]
    end = min([*later, *(g.since for g in piece.gone if g.since > state.at), script.ticks[-1]])
    if end >= state.at + patience(script, piece, state.at):
        return True
    if not any(state.at <= t < end for t in script.ticks):
        return False
    before = [s for s in piece.states if s.at < state.at]
    if before and before[-1].text == state.text:
        return False  # nobody can tell
    raise Undecided(f"{piece.name}: is its state of {state.at} seen before {end}?")


def patience(script: Script, piece: Piece, at: datetime) -> timedelta:
    """How long after `at` a page of this age has been looked at again for sure."""
    tick = script.ticks[1] - script.ticks[0]
    return min(max((at - piece.born) / 2, SOONEST), LATEST) + 2 * tick


def _withdrawn(script: Script, piece: Piece) -> bool:
    """Whether the piece is gone for good and that was found out. Raises Undecided."""
    since = next((g.since for g in piece.gone if g.until is None), None)
    if since is None:
        return False
    tick = script.ticks[1] - script.ticks[0]
    if since + patience(script, piece, since) + CHECKS * tick > script.ticks[-1]:
        raise Undecided(f"{piece.name}: is it found out that it is gone?")
    return True
