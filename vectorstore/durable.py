"""Writing to disk so that a crash leaves the old state or the new one, nothing between."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout


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
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


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
