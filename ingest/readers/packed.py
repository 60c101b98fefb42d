"""Files packed by gzip or Zstandard, inflated as they are read and never all at once.

Both are streams of frames one after the other. What is damaged or cut off is reported after
all that stands before it was read. A frame is fed to its decoder in small pieces, so that
no piece can inflate to more than 16 MB: deflate reaches 1,032 to 1, and a Zstandard block
of 4 bytes 128 kB.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from ingest.decode import Unreadable

BOMB_RATIO = 200
"""What inflates more than this many-fold is no news: JSON Lines reach 5 to 20."""

BOMB_FLOOR = 100_000_000
"""Bytes that anything may inflate to before its ratio is looked at."""


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing: its name, how it starts, bytes fed at once, and its decoder."""

    name: str
    magic: tuple[bytes, ...]
    step: int
    decoder: Callable[[], Any]


def _zstd() -> Any:
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj()


PACKINGS = {
    ".gz": Packing("gzip", (b"\x1f\x8b",), 1 << 14, lambda: zlib.decompressobj(31)),
    ".zst": Packing(
        "Zstandard",
        (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n, 0x2A, 0x4D, 0x18]) for n in range(16))),
        1 << 9,
        _zstd,
    ),
}
"""By file name ending. Zstandard's skippable frames start with 16 magic numbers (RFC 8878)."""


def packing_of(start: bytes) -> str:
    """The ending of the packing that these first bytes belong to, or ""."""
    return next((end for end, p in PACKINGS.items() if start.startswith(p.magic)), "")


def unpacked(file: BinaryIO, packing: str) -> BinaryIO:
    """The inflated bytes of an open file, which is closed with them.

    Reading raises Unreadable at what is damaged, cut off or inflates like a bomb.
    """
    return cast(BinaryIO, io.BufferedReader(_Inflating(file, PACKINGS[packing]), 1 << 16))


def open_packed(path: Path, packing: str = "") -> BinaryIO:
    """The bytes of a file, inflated if it is packed (`.gz` or `.zst`, else "")."""
    file = path.open("rb")
    return unpacked(file, packing) if packing else file


class Bounded:
    """Counts what goes into a decoder and comes out; raises Unreadable over BOMB_RATIO."""

    def __init__(self) -> None:
        self.taken = self.given = 0

    def note(self, taken: int, given: int) -> None:
        self.taken += taken
        self.given += given
        if self.given > BOMB_FLOOR and self.given > BOMB_RATIO * self.taken:
            raise Unreadable(
                f"inflates more than {BOMB_RATIO}-fold, to over {self.given / 1e6:,.0f} MB: "
                "no news does, so it was not read further"
            )


class _Inflating(io.RawIOBase):
    """A raw stream that inflates frame after frame."""

    def __init__(self, file: BinaryIO, packing: Packing) -> None:
        self._file, self._packing = file, packing
        self._bounded = Bounded()
        self._decoder: Any = None
        self._left = b""
        self._ready = memoryview(b"")
        self._fault: Unreadable | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            if self._fault:
                raise self._fault
            if not self._more():
                return 0
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._file.close()
        super().close()

    def _more(self) -> bool:
        """Inflate one more piece; False at the end of a file that is whole."""
        fed = self._left or self._file.read(self._packing.step)
        if not fed:
            if self._decoder is not None:
                raise Unreadable(
                    f"is cut off: its {self._packing.name} data end after "
                    f"{self._bounded.taken:,} bytes in the middle; get it again"
                )
            return False
        if self._decoder is None and not (fed := self._begun(fed)):
            return True
        try:
            given = self._decoder.decompress(fed)
        except Exception as error:  # zlib.error or zstandard.ZstdError, which is imported late
            raise self._damaged(error) from error
        self._left = self._decoder.unused_data
        if self._decoder.eof:
            self._decoder = None
        self._ready = memoryview(given)
        self._count(len(fed) - len(self._left), len(given))
        return True

    def _begun(self, fed: bytes) -> bytes:
        """Begin a frame with these bytes; what pads the end of a file is passed over."""
        self._left = b""
        if self._bounded.taken and not (fed := fed.lstrip(b"\0")):
            return b""
        if len(fed) < 4:
            fed += self._file.read(4 - len(fed))
        if not fed.startswith(self._packing.magic):
            raise Unreadable(
                f"is not {self._packing.name}, though its name says so"
                if not self._bounded.taken
                else f"has {self._packing.name} data that go on as something else after "
                f"{self._bounded.taken:,} bytes"
            )
        self._decoder = self._packing.decoder()
        return fed

    def _damaged(self, error: Exception) -> Unreadable:
        name, taken = self._packing.name, self._bounded.taken
        reason = str(error).removeprefix("zstd decompressor error: ")
        return Unreadable(f"is {name} but damaged after {taken:,} bytes: {reason}")

    def _count(self, taken: int, given: int) -> None:
        try:
            self._bounded.note(taken, given)
        except Unreadable as fault:  # told after what is inflated already
            self._fault = fault
