"""ZIP and tar archives: each file in them, read as if it lay in a folder.

A member is unpacked to a temporary file while it is read, one at a time.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO

from ingest import text
from ingest.decode import Unreadable
from ingest.fields import Draft
from ingest.keys import text_path
from ingest.readers.file import File
from ingest.readers.zipped import DAMAGED, members
from ingest.values import Problem, Withdrawal

MOST = 1_000_000
"""Files in one archive: a year of a large agency."""

Found = Iterator[Draft | Problem | Withdrawal]
Reads = Callable[[File], Found]
Member = tuple[str, Callable[[], IO[bytes]]]


def read_zip(file: File, reads: Reads) -> Found:
    """What `reads` finds in each file of a ZIP archive; raises Unreadable if it is none."""
    with closing(file.open()) as opened:
        if not opened.seekable():
            raise Unreadable("is a packed ZIP archive: unpack it first")
        archive = members(opened, MOST)
        names = (info for info in archive.infolist() if not info.is_dir())
        found = ((info.filename, lambda info=info: archive.open(info)) for info in names)
        yield from _each(file, found, reads)


def read_tar(file: File, reads: Reads) -> Found:
    """What `reads` finds in each file of a tar archive; raises Unreadable if it is none."""
    with closing(file.open()) as opened:
        try:
            archive = tarfile.open(fileobj=opened, mode="r|")  # noqa: SIM115
            found = (
                (info.name, lambda info=info: archive.extractfile(info))
                for info in _entries(archive)
                if info.isreg()
            )
            yield from _each(file, found, reads)  # type: ignore[arg-type]
        except tarfile.TarError as error:
            raise Unreadable(f"is no tar archive, or damaged: {text.line(str(error))}") from error


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The entries, each forgotten once it was read: a tar may have a million."""
    while (info := archive.next()) is not None:
        yield info
        archive.members = []  # type: ignore[attr-defined]


def _each(file: File, found: Iterator[Member], reads: Reads) -> Found:
    for name, opens in found:
        if any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part != "."):
            continue
        with tempfile.NamedTemporaryFile(prefix="dateline-") as spool:
            shown = text_path(Path(name))
            try:
                with opens() as stream:
                    _copy(stream, spool)
            except (*DAMAGED, tarfile.TarError) as error:
                reason = f"cannot be unpacked: {text.line(str(error))[:120]}"
                yield Problem(f"{file.shown}, {shown}", None, reason)
                continue
            relative = f"{file.relative}/{shown}"
            inner = replace(
                file, content=Path(spool.name), member=shown, relative=relative, packing=""
            )
            yield from reads(inner)


def _copy(stream: IO[bytes], spool: IO[bytes]) -> None:
    shutil.copyfileobj(stream, spool, 1 << 20)
    spool.flush()


__all__ = ["read_tar", "read_zip"]
