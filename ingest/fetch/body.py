"""Bodies: inflated piece by piece, and given up at the cap.

httpx inflates a whole network chunk at once, which makes 1 GB of a 1 MB body (measured), so
it gets no say here. Each coding is a generator that turns a stream of pieces into another
whose pieces are at most PIECE long (brotli: its buffer's next step), and each stream is
capped, so memory stays near the size of the body.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Iterator

PIECE = 64 * 1024
ZSTD_WINDOW = 8 * 2**20
"""The largest window that the HTTP coding may use (RFC 9659)."""

ZSTD_SIP = 256
"""Bytes fed at a time: a block of 4 bytes may stand for 128 kB, so 8 MB come out at most."""

CODINGS_AT_ONCE = 2
ACCEPTED = "gzip, deflate, br, zstd"

Stream = Iterable[bytes]


class BodyTooBig(Exception):
    """The cap was reached; `str()` says which."""


class BodyBroken(Exception):
    """The body is not what its Content-Encoding says, or ends early."""


def read(
    pieces: Stream, coding: str, *, compressed: int, inflated: int, truncate: bool = False
) -> bytes:
    """The body from its pieces as they were sent.

    `coding` is the Content-Encoding; `compressed` and `inflated` are caps in bytes. Raises
    BodyTooBig at a cap, or, with `truncate`, gives the first `inflated` bytes; and
    BodyBroken.
    """
    codings = [c.strip().lower() for c in coding.split(",")]
    codings = [c for c in codings if c not in ("", "identity")]
    if len(codings) > CODINGS_AT_ONCE or not set(codings) <= set(INFLATE):
        raise BodyBroken(f"its coding {coding[:100]!r} is not one of {ACCEPTED}")
    stream: Stream = _capped(pieces, compressed, "as sent")
    for name in reversed(codings):
        stream = INFLATE[name](stream)
        if not truncate:
            stream = _capped(stream, inflated, "inflated")
    body = io.BytesIO()  # its getvalue() makes no second copy
    for piece in stream:
        body.write(piece)
        if body.tell() > inflated:
            if truncate:
                body.truncate(inflated)
                break
            raise BodyTooBig(f"longer than {inflated} bytes")
    return body.getvalue()


def _capped(pieces: Stream, cap: int, which: str) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > cap:
            raise BodyTooBig(f"longer than {cap} bytes {which}")
        yield piece


def _zlib(pieces: Stream, bits: int) -> Iterator[bytes]:
    """RFC 1950 to 1952; a body may be several gzip members one after another."""
    engine = zlib.decompressobj(bits)
    started = False
    try:
        for piece in pieces:
            data = piece
            while data:
                if engine.eof:
                    if bits != GZIP or not data.startswith(b"\x1f"):
                        return  # padding after the end
                    engine = zlib.decompressobj(bits)
                started = True
                yield engine.decompress(data, PIECE)
                data = engine.unconsumed_tail or engine.unused_data
    except zlib.error as error:
        raise BodyBroken(f"it does not inflate ({error})") from None
    while started and not engine.eof:
        try:
            rest = engine.decompress(b"", PIECE)
        except zlib.error as error:
            raise BodyBroken(f"it does not inflate ({error})") from None
        if not rest:
            raise BodyBroken("its compressed body ends early")
        yield rest


GZIP, WRAPPED, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def _gzip(pieces: Stream) -> Iterator[bytes]:
    return _zlib(pieces, GZIP)


def _deflate(pieces: Stream) -> Iterator[bytes]:
    """zlib's format by the standard, and without its header as some servers send it."""
    stream = iter(pieces)
    head = b""
    for piece in stream:
        head += piece
        if len(head) >= 2:
            break
    wrapped = len(head) >= 2 and head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    return _zlib(_again(head, stream), WRAPPED if wrapped else RAW)


def _again(head: bytes, stream: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from stream


def _brotli(pieces: Stream) -> Iterator[bytes]:
    import brotli

    engine = brotli.Decompressor()
    started = False
    try:
        for piece in pieces:
            if engine.is_finished():
                return
            started = True
            part = engine.process(piece, output_buffer_limit=PIECE)
            while part or not engine.can_accept_more_data():
                yield part
                part = engine.process(b"", output_buffer_limit=PIECE)
    except brotli.error as error:
        raise BodyBroken(f"it does not inflate ({error})") from None
    if started and not engine.is_finished():
        raise BodyBroken("its compressed body ends early")


def _zstd(pieces: Stream) -> Iterator[bytes]:
    """RFC 8878: one frame or several, fed in sips because the output has no limit."""
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    engine = decompressor.decompressobj()
    fed = b""
    try:
        for piece in pieces:
            for start in range(0, len(piece), ZSTD_SIP):
                sip = piece[start : start + ZSTD_SIP]
                while sip:
                    if engine.eof:
                        engine = decompressor.decompressobj()
                    fed = sip
                    yield engine.decompress(sip)
                    sip = engine.unused_data if engine.eof else b""
    except zstandard.ZstdError as error:
        raise BodyBroken(f"it does not inflate ({error})") from None
    if fed and not engine.eof:
        raise BodyBroken("its compressed body ends early")


INFLATE: dict[str, Callable[[Stream], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
