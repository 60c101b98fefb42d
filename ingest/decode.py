"""Bytes to text without guessing wrong, and lines that cannot fill the memory.

UTF-8 is the rule. UTF-16 is known by its byte order mark. CP949, which older Korean systems
write, is taken only if everything decodes and Korean comes out. Anything else is reported.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from ingest.text import hangul_share

MAX_FILE = 50_000_000
"""Bytes of a file that is read as a whole."""

MAX_LINE = 20_000_000
"""Bytes of a line of JSON Lines or CSV; a longer one is skipped without being held."""

Open = Callable[[], BinaryIO]
"""Opens a file's bytes from their start, inflated where they are packed."""

_CHUNK = 1 << 20
_KOREAN_SHARE = 0.2
_TAG = re.compile(r"<[^<>]{1,2000}>")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_TEXT = "is not text (it holds NUL bytes): save it as UTF-8 text, or leave it out"
_NOT_UTF8 = "is not UTF-8 (byte 0x{byte:02x}): save it as UTF-8"


class Unreadable(Exception):
    """A file that cannot be read as text: why, and at which line if that is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; `fault` says why it cannot be used.

    Its `text` is then good for finding where CSV fields end, and for nothing else.
    """

    number: int
    text: str
    fault: str = ""


def whole(opened: Open, use: str = "one article") -> str:
    """The text of a file of at most MAX_FILE bytes; raises Unreadable."""
    return decoded(content(opened, use))


def content(opened: Open, use: str = "one article", limit: int = MAX_FILE) -> bytes:
    """The bytes of a file that is not empty and of at most `limit` bytes; raises Unreadable."""
    with opened() as file:
        data = file.read(limit + 1)
        if len(data) > limit:
            size = f"{file.seek(0, os.SEEK_END) / 1e6:,.0f} MB" if file.seekable() else "inflated"
            raise Unreadable(
                f"is {size}, over the limit of {limit // 10**6} MB for {use}: split it, "
                "or give articles as JSON Lines"
            )
    if not data.strip():
        raise Unreadable("is empty")
    return data


def decoded(data: bytes) -> str:
    """Text of the bytes, by the rules above; raises Unreadable."""
    if data.startswith(_UTF_16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Unreadable("starts like UTF-16 but is not: save it as UTF-8") from error
    if b"\0" in data:
        raise Unreadable(_NO_TEXT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if (written := korean(data)) is not None:
            return written
        if data[:_CHUNK].decode("utf-8", "replace").count("\ufffd") > len(data[:_CHUNK]) / 5:
            raise Unreadable("is not text: save it as UTF-8 text, or leave it out") from error
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(_NOT_UTF8.format(byte=data[error.start]), line) from error


def korean(data: bytes) -> str | None:
    """The text of bytes that are Korean in CP949 from end to end, None for any others.

    Tags do not count: the markup of a page or feed may have more letters than its text.
    """
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    return text if hangul_share(_TAG.sub(" ", text)) > _KOREAN_SHARE else None


def lines(opened: Open) -> Iterator[Line]:
    """The lines of a file, one at a time; holds at most one line of MAX_LINE bytes.

    Raises Unreadable for UTF-16 that is broken or over MAX_FILE bytes, and whatever `opened`
    raises for packed files that are damaged.
    """
    encoding = "utf-8"
    number = 0
    with _unmarked(opened) as file:
        while data := file.readline(MAX_LINE + 1):
            number += 1
            if len(data) > MAX_LINE and not data.endswith(b"\n"):
                size = len(data) + _skip_line(file)
                del data
                yield Line(number, "", f"line of {size:,} bytes, over the limit of {MAX_LINE:,}")
                continue
            line = _line(number, data, encoding)
            if line.fault and encoding == "utf-8" and _is_korean(opened):
                encoding = "cp949"
                line = _line(number, data, encoding)
            yield line


def _unmarked(opened: Open) -> BinaryIO:
    """The file after its byte order mark, as UTF-8 where the mark is that of UTF-16."""
    with opened() as file:
        start = file.read(3)
    if start.startswith(_UTF_16):
        return BytesIO(whole(opened).encode())
    file = opened()
    if start == codecs.BOM_UTF8:
        file.read(3)
    return file


def _line(number: int, data: bytes, encoding: str) -> Line:
    try:
        text = data.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError as error:
        shape = data.decode("ascii", "replace").replace("\0", "").rstrip("\r\n")
        return Line(number, shape, _NOT_UTF8.format(byte=data[error.start]))
    if "\0" in text:
        return Line(number, text.replace("\0", ""), "holds NUL bytes")
    return Line(number, text)


def _skip_line(file: BinaryIO) -> int:
    """Read to the end of the line in pieces; returns how many bytes that were."""
    size = 0
    while data := file.readline(_CHUNK):
        size += len(data)
        if data.endswith(b"\n"):
            break
    return size


def _is_korean(opened: Open) -> bool:
    """Whether a whole file, read in pieces, is CP949 with Korean in it."""
    decoder = codecs.getincrementaldecoder("cp949")()
    best = 0.0
    with opened() as file:
        try:
            while data := file.read(_CHUNK):
                best = max(best, hangul_share(decoder.decode(data)))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return best > _KOREAN_SHARE
