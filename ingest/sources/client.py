"""The polite client as the declarations ask for it."""

from __future__ import annotations

from ingest.fetch import Client, Limits
from ingest.sources.declared import Fetching


def polite(settings: Fetching) -> Client:
    """The client that `[fetch]` describes; close it."""
    limits = Limits(gap=settings.gap, deadline=settings.deadline)
    return Client(contact=settings.contact, limits=limits, allow_private=settings.allow_private)
