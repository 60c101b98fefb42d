"""The one polite client: nothing else in Dateline opens an outbound connection.

>>> from ingest.fetch import Client
>>> with Client(contact="desk@example.org") as client:  # doctest: +SKIP
...     reply = client.get("https://example.org/rss.xml", etag='"kept from last time"')
"""

from ingest.fetch.client import Client
from ingest.fetch.errors import (
    BadReply,
    Busy,
    Disallowed,
    FetchError,
    Forbidden,
    TimedOut,
    TooBig,
    Unreachable,
)
from ingest.fetch.values import Limits, Outside, Reply

__all__ = [
    "BadReply",
    "Busy",
    "Client",
    "Disallowed",
    "FetchError",
    "Forbidden",
    "Limits",
    "Outside",
    "Reply",
    "TimedOut",
    "TooBig",
    "Unreachable",
]
