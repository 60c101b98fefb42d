"""ZIP files, opened only if what they say of themselves is no bomb."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from typing import BinaryIO

from ingest.decode import Unreadable
from ingest.readers.packed import BOMB_FLOOR, BOMB_RATIO

DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, EOFError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What the library raises for a ZIP file, or a file in one, that is not as it should be."""

MAX_MEMBERS = 20_000
"""Files in one ZIP file; web archives hold a handful."""

_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_TAIL = 66_000
"""Bytes in which the end record stands: 22, and a comment of up to 65,535."""


def members(opened: BinaryIO, most: int = MAX_MEMBERS) -> zipfile.ZipFile:
    """The ZIP file in an open file; raises Unreadable if it is none, or a bomb."""
    if _claimed(opened) > most:
        raise Unreadable(f"is a ZIP file of over {most:,} files: it was not read")
    opened.seek(0)
    try:
        archive = zipfile.ZipFile(opened)
    except DAMAGED as error:
        raise Unreadable(f"is no ZIP file that can be read: {error}") from error
    for info in archive.infolist():
        size, packed = info.file_size, max(1, info.compress_size)
        if size > BOMB_FLOOR and size > BOMB_RATIO * packed:
            raise Unreadable(
                f"has a file that inflates more than {BOMB_RATIO}-fold, to {size / 1e6:,.0f} MB: "
                "it was not read"
            )
    return archive


def _claimed(opened: BinaryIO) -> int:
    """How many members the end record claims, before zipfile reads a directory of any size."""
    size = opened.seek(0, 2)
    opened.seek(max(0, size - _TAIL))
    tail = opened.read(_TAIL)
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < 22:
        raise Unreadable("is no ZIP file, or cut off")
    count, directory = struct.unpack("<HL", tail[end + 10 : end + 16])
    if count == 0xFFFF or directory == 0xFFFFFFFF:
        wide = tail.rfind(_END_64, 0, end)
        if wide < 0 or len(tail) - wide < 56:
            raise Unreadable("is a ZIP file whose directory cannot be found")
        count, directory = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    # An entry of the directory takes 46 to a few hundred bytes.
    return int(max(count, directory // 1_000))
