"""The polite client as the declarations, and hosts in earlier runs, ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ingest.fetch import Client, Limits
from ingest.sources.declared import Fetching
from vectorstore import Archive


def polite(settings: Fetching) -> Client:
    """The client that `[fetch]` describes; close it."""
    limits = Limits(gap=settings.gap, deadline=settings.deadline)
    return Client(contact=settings.contact, limits=limits, allow_private=settings.allow_private)


def keep_pauses(client: Client, archive: Archive, names: Iterable[str], now: datetime) -> None:
    """Have the client keep the pauses that the hosts of these sources asked for in earlier
    processes: it raises Busy for them."""
    for name in names:
        url, until = archive.source_state(name).get("left_alone", ("", ""))
        if until:
            client.leave_alone(url, (datetime.fromisoformat(until) - now).total_seconds())
