"""Writing to disk so that a crash leaves the old state or the new one, nothing between."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

UNSETTLED = 100_000_000
"""Nanoseconds: a file touched so lately may be touched again within one tick of its clock."""


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file atomically: write aside, sync, rename, sync the folder."""
    aside = path.with_suffix(".tmp")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def sync_tree(folder: Path) -> None:
    """Sync every file below a folder, then the folders from the inside out."""
    for here, _, names in os.walk(folder, topdown=False):
        for name in names:
            descriptor = os.open(Path(here) / name, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        sync_folder(Path(here))


def sync_folder(folder: Path) -> None:
    """Sync a folder's entries, where the system can (Windows cannot, and need not)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its relative POSIX path."""
    return {name: _digest(path) for name, path in _files(folder)}


class Stamps:
    """What files were found to hold, so that a writer reads again only those touched since.

    A file is taken for untouched if its size, times and inode are as they were. The stamps lie
    in a JSON file, and are a help alone: without them everything is read. Damage that leaves no
    trace in a file's times is found where all is read: when a reader opens it, and by
    `dateline doctor`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def digests(self, folder: Path) -> dict[str, str]:
        """As `digests`; keeps what it found, where the file of the stamps can be written."""
        held, found = self._read(), dict[str, str]()
        kept: dict[str, Any] = {}
        for name, path in _files(folder):
            now, own = time.time_ns(), stamp(path)
            known = held.get(f"{folder.name}/{name}")
            if own and isinstance(known, list) and known[1:] == own:
                found[name] = str(known[0])
            else:
                found[name] = _digest(path)
            if own and now - max(own[1:3]) > UNSETTLED:
                kept[f"{folder.name}/{name}"] = [found[name], *own]
        others = {n: k for n, k in held.items() if not n.startswith(f"{folder.name}/")}
        self._write(held, others | kept)
        return found

    def forget(self, names: Iterable[str]) -> None:
        """Keep only what is known of folders of these names."""
        named, held = set(names), self._read()
        self._write(held, {n: k for n, k in held.items() if n.partition("/")[0] in named})

    def _read(self) -> dict[str, Any]:
        try:
            held = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return held if isinstance(held, dict) else {}

    def _write(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        if before == after:
            return
        with contextlib.suppress(OSError):
            aside = self._path.with_suffix(".tmp")
            aside.write_text(json.dumps(after), encoding="utf-8")
            aside.replace(self._path)


def stamp(path: Path) -> list[int]:
    """By which a file that was touched is told: its size, its times and its inode; [] if it is
    not there or empty."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return []
    if not found.st_size:
        return []
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock_held(path: Path) -> bool:
    """Whether any process holds the lock of this file; no file is made."""
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0, thread_local=False):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that cannot be written: nobody holds one
        return False


def size(folder: Path) -> int:
    """Bytes below a folder, of the files that stay while they are counted."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(here) / name).stat().st_size
            except FileNotFoundError:
                continue
    return total
