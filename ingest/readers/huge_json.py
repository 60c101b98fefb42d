"""JSON files of any size: the items of a list in them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from ingest import text
from ingest.decode import Open, Unreadable
from ingest.parsers.news.documents import Counted

DEPTH = 3
"""Objects around a list that are looked into."""


def items(opened: Open, lists: Sequence[str]) -> Iterator[Any]:
    """The items of a top-level list, or of the first list under one of the names `lists`.

    Raises Unreadable for what is no JSON or has no such list, after the items before the fault.
    """
    import ijson

    count = 0
    try:
        prefix = _list(opened, lists)
        with closing(_plain(opened)) as stream:
            counted = Counted(stream)
            counted.allow()
            for item in ijson.items(counted, f"{prefix}.item".lstrip("."), use_float=True):
                count += 1
                yield item
                counted.allow()
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        after = f" (after {count:,} items)" if count else ""
        raise Unreadable(f"is not JSON{after}: {text.line(str(error))[:150]}") from error


def _list(opened: Open, lists: Sequence[str]) -> str:
    import ijson

    with closing(_plain(opened)) as stream:
        for prefix, event, _ in ijson.parse(stream):
            if event != "start_array":
                continue
            names = prefix.split(".") if prefix else []
            if not names or (len(names) <= DEPTH and names[-1].lower() in lists):
                return str(prefix)
    raise Unreadable(
        "is too long to be one article, and holds no list of articles "
        f"({', '.join(lists[:5])} …): give them as JSON Lines"
    )


def _plain(opened: Open) -> BinaryIO:
    """The bytes after a byte order mark."""
    with closing(opened()) as start:
        marked = start.read(3) == b"\xef\xbb\xbf"
    stream = opened()
    stream.read(3 if marked else 0)
    return stream
