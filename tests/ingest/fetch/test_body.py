"""Codings, caps and bombs."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import brotli
import pytest
import zstandard

from ingest.fetch import BadReply, TooBig
from ingest.fetch.body import BodyBroken, BodyTooBig, read
from tests.ingest.fetch.conftest import Clients
from tests.ingest.fetch.site import Answer, Site, text

MB = 2**20
TEXT = "한국과 미국은 관세 협상을 타결했다. ".encode() * 5_000


def raw_deflate(data: bytes) -> bytes:
    """Without zlib's header, as some servers send it."""
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


CODED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "none": ("", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "gzip members": ("gzip", lambda d: gzip.compress(d[:7]) + gzip.compress(d[7:])),
    "gzip padded": ("gzip", lambda d: gzip.compress(d) + bytes(100)),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
    "zstd frames": ("zstd", lambda d: zstandard.compress(d[:7]) + zstandard.compress(d[7:])),
    "two": ("gzip, br", lambda d: brotli.compress(gzip.compress(d))),
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """A body as it comes from the network."""
    return (data[i : i + size] for i in range(0, len(data), size))


def inflate(data: bytes, coding: str, cap: int = 10 * MB, size: int = 65_536) -> bytes:
    return read(pieces(data, size), coding, compressed=50 * MB, inflated=cap)


@pytest.mark.parametrize("size", [1, 100, 65_536])
@pytest.mark.parametrize("case", CODED)
def test_a_body_comes_back(case: str, size: int) -> None:
    coding, encode = CODED[case]
    assert inflate(encode(TEXT), coding, size=size) == TEXT


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_empty(coding: str) -> None:
    assert inflate(b"", coding) == b""


@pytest.mark.parametrize("case", ["gzip", "deflate", "raw deflate", "br", "zstd"])
def test_a_body_cut_short_is_broken(case: str) -> None:
    coding, encode = CODED[case]
    with pytest.raises(BodyBroken, match="ends early"):
        inflate(encode(TEXT)[:-9], coding)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_what_it_says_is_broken(coding: str) -> None:
    with pytest.raises(BodyBroken):
        inflate(b"<html>this is not compressed at all</html>", coding)


@pytest.mark.parametrize("coding", ["compress", "gzip, gzip, gzip", "br;q=1", "aes128gcm"])
def test_an_unknown_coding_is_broken(coding: str) -> None:
    with pytest.raises(BodyBroken, match="not one of"):
        inflate(TEXT, coding)


@pytest.mark.parametrize("case", ["none", "gzip", "deflate", "br", "zstd"])
def test_the_cap_is_exact(case: str) -> None:
    coding, encode = CODED[case]
    assert inflate(encode(TEXT), coding, cap=len(TEXT)) == TEXT
    with pytest.raises(BodyTooBig):
        inflate(encode(TEXT), coding, cap=len(TEXT) - 1)


def test_a_body_is_cut_where_that_is_wanted() -> None:
    cut = read([gzip.compress(TEXT)], "gzip", compressed=MB, inflated=1_000, truncate=True)
    assert cut == TEXT[:1_000]


def test_a_zstd_window_beyond_the_standard_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, compression_level=1)
    huge = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(BodyBroken):
        inflate(huge.compress(bytes(MB)) + huge.flush(), "zstd")


@cache
def bomb(coding: str) -> bytes:
    """1 GB of zeros, whose gzip form takes 1 MB."""
    block = bytes(16 * MB)
    if coding == "gzip":  # one member: a block that was flushed in full can be repeated
        engine = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
        head = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
        return head + (engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)) * 63
    if coding == "gzip members":
        return gzip.compress(block) * 64
    if coding == "gzip, gzip":
        return gzip.compress(gzip.compress(block) * 64)
    if coding == "br":
        slow = brotli.Compressor(quality=1)
        return b"".join(slow.process(block) for _ in range(64)) + slow.finish()
    return zstandard.compress(block) * 64


@pytest.mark.parametrize("coding", ["gzip", "gzip members", "gzip, gzip", "br", "zstd"])
def test_a_bomb_ends_at_the_cap_in_little_memory(coding: str, site: Site, client: Clients) -> None:
    """Promise S2: no more than the cap and 32 MB."""
    cap = 8 * MB
    site.says["/bomb"] = text(bomb(coding), content_encoding=coding.removesuffix(" members"))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        with pytest.raises(TooBig):
            client(max_inflated=cap).get(f"{site.url}/bomb")
        taken = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert taken <= cap + 32 * MB


def test_an_endless_body_ends_at_the_cap(site: Site, client: Clients) -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield bytes(65_536)

    site.says["/"] = Answer(raw=endless())
    with pytest.raises(TooBig, match="longer than 1048576 bytes"):
        client(max_compressed=MB).get(f"{site.url}/")


def test_codings_are_asked_for_and_undone(site: Site, client: Clients) -> None:
    site.says["/"] = text(brotli.compress(TEXT), content_encoding="br")
    assert client().get(f"{site.url}/").body == TEXT
    assert site.log[-1].headers["accept-encoding"] == "gzip, deflate, br, zstd"


def test_a_broken_body_is_a_bad_reply(site: Site, client: Clients) -> None:
    site.says["/"] = text(b"not gzip", content_encoding="gzip")
    with pytest.raises(BadReply, match="does not inflate"):
        client().get(f"{site.url}/")
    assert len(site.paths) == 1
