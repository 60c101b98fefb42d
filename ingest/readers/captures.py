"""The bodies of a web archive's records, and a guard around its stream."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

from ingest.decode import Unreadable
from ingest.fetch.body import BodyBroken, BodyTooBig
from ingest.fetch.body import read as inflated
from ingest.parsers import news
from ingest.parsers.html import MAX_BYTES

MAX_HEAD = 2_000_000
"""Bytes that the headers of one record may take."""

PIECE = 1 << 16


def begin(record: Any) -> bytes:
    """How a capture's body begins; b"" where it cannot be read."""
    stream, coding = _body(record)
    pieces = iter(lambda: stream.read(PIECE), b"")
    try:
        return inflated(pieces, coding, compressed=MAX_BYTES, inflated=news.HEAD, truncate=True)
    except (BodyTooBig, BodyBroken, ValueError):
        return b""


def _body(record: Any) -> tuple[Any, str]:
    """A capture's body as it was sent, without its chunks, and its coding."""
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    coding = (headers.get_header("Content-Encoding") or "") if headers else ""
    chunked = headers is not None and headers.get_header("Transfer-Encoding") == "chunked"
    return ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream, coding


def loaded(record: Any) -> tuple[Callable[[], bytes], int]:
    """A page's bytes, read now (the stream goes on), and how many; or why there are none.

    Not by warcio's own decoding, which inflates without a bound.
    """
    stream, coding = _body(record)
    pieces = iter(lambda: stream.read(PIECE), b"")
    try:
        data = inflated(pieces, coding, compressed=MAX_BYTES, inflated=MAX_BYTES)
    except (BodyTooBig, BodyBroken, ValueError) as error:
        return _failing(f"its body cannot be used: {error}"), 0
    return (lambda: data), len(data)


def _failing(reason: str) -> Callable[[], bytes]:
    def load() -> bytes:
        raise Unreadable(reason)

    return load


class Guarded(io.RawIOBase):
    """A stream that gives no more bytes than allowed: headers end, whatever a file claims."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left: int | None = None

    def allow(self, count: int | None) -> None:
        """So many bytes from here on; None: no limit."""
        self._left = count

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read1(size)  # type: ignore[attr-defined]  # all before damage
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise Unreadable(f"has a record whose headers are over {MAX_HEAD:,} bytes")
        return data
