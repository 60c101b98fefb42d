"""Dateline in the simulated world: its sources, its client on the world's clock, its runs."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from ingest.fetch import Client, Limits, Outside
from ingest.sources.declared import Fetching, Source
from tests.site.expect import declared
from tests.site.server import World

GAP = 0.01
"""Seconds between two requests to a host; the default of a second would take an hour."""

DEADLINE = 2.0
"""Seconds; more would only make the drips take longer, less is missed on a busy machine."""
CONTACT = "desk@example.org"

KINDS = {"rss": "feed", "rss091": "feed", "atom": "feed", "json": "feed", "rdf": "feed"}


def settings(world: World) -> Fetching:
    return Fetching(contact=CONTACT, gap=GAP, deadline=DEADLINE, hosts=4, allow_private=world.hosts)


def client(world: World) -> Client:
    """The client as `collect` would make it, but living in the world's time."""
    start = world.script.ticks[0]
    outside = Outside(
        clock=lambda: time.monotonic() + (world.now - start).total_seconds(),
        utcnow=lambda: world.now,
    )
    limits = Limits(gap=GAP, deadline=DEADLINE, jitter=0.05, max_inflated=8 * 2**20)
    return Client(contact=CONTACT, limits=limits, allow_private=world.hosts, outside=outside)


def sources(world: World, tick: datetime) -> list[Source]:
    """What sources.toml declares at this time: an outlet each, under its key."""
    found = []
    every = world.script.ticks[1] - world.script.ticks[0]
    for key, outlet in world.script.outlets.items():
        if not declared(world.script, key, tick):
            continue
        urls: tuple[str, ...] = (world.bases[key] + outlet.listing,)
        kind = KINDS.get(outlet.kind, outlet.kind)
        if key == "notes":
            kind = "pages"
            urls = tuple(world.bases[key] + p.path for p in world.script.of(key) if p.born <= tick)
        if urls:
            found.append(
                Source(
                    name=key,
                    kind=kind,
                    urls=urls,
                    outlet="Harbor Herald" if key == "herald" else "",
                    every=every,
                    jitter=timedelta(0),
                    include="/news/" if kind == "list" else "",
                )
            )
    return found
