"""Backups that are kept and tested: what each holds, which are old, and whether one comes back."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vectorstore import Archive, InputError
from vectorstore.address import Place
from vectorstore.health import Finding, examine
from vectorstore.health.ledger import ReadOnlyLedger

MANIFEST = "backup.json"
"""In a backup: when it was made, by which Dateline, the digest of each file, and counts."""

ASKED = 20
"""Articles that are looked for in a restored archive, each by its first words."""

FIRST = 300
"""Characters of a text that count as its first words."""

WITHIN = 10
"""The place among the hits by which each must be found."""

_STAMP = "%Y-%m-%dT%H%M%SZ"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")

COUNTED = ("articles", "versions", "passages")

Restore = Callable[[Path, Place], AbstractContextManager[Archive]]
"""Restores a backup into a place, and opens what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One thing that was checked of a backup."""

    check: str
    fine: bool
    found: str


def name_now(now: datetime | None = None) -> str:
    """The name of a backup of now, in a folder of many: its time in UTC."""
    return f"{now or datetime.now(UTC):{_STAMP}}"


def backups_in(folder: Path) -> list[Path]:
    """The backups in a folder of many, the newest first."""
    if not folder.is_dir():
        return []
    found = (one for one in folder.iterdir() if _NAME.fullmatch(one.name) and one.is_dir())
    return sorted(found, key=lambda one: one.name, reverse=True)


def prune(folder: Path, keep: int, made: Path) -> list[Path]:
    """Delete all but the newest `keep` backups in a folder of many; which were deleted.

    Only folders that are named as `name_now` names them and hold a manifest are deleted; never
    the one that has just been `made`, which a clock that was set back has named as an old one.
    """
    others = [one for one in backups_in(folder) if one != made]
    gone = [one for one in others[keep - 1 :] if (one / MANIFEST).is_file()]
    for one in gone:
        shutil.rmtree(one)
    return gone


def describe(folder: Path, ledger: Path) -> None:
    """Write what a backup holds, beside it; `ledger` is the copy of the ledger in it."""
    files = {one.name: _digest(one) for one in sorted(folder.iterdir()) if one.is_file()}
    reading = ReadOnlyLedger(ledger)
    try:
        held = reading.status()
    finally:
        reading.close()
    for side in ("-shm", "-wal"):  # SQLite made them for the reading; nothing is in them
        ledger.with_name(ledger.name + side).unlink(missing_ok=True)
    said = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "dateline": version("dateline"),
        "files": files,
        "counts": {name: held[name] for name in COUNTED},
    }
    (folder / MANIFEST).write_text(json.dumps(said, indent=2) + "\n", "utf-8")


def verify(folder: Path, scratch: Place, restore: Restore) -> Iterator[Checked]:
    """Test a backup: compare its files with its manifest, restore it into `scratch`, examine
    the archive that comes of it, and look for its articles. Raises InputError for a folder
    that is no backup, DatelineError for one that cannot be restored."""
    said = _manifest(folder)
    if said:
        wrong = [n for n, digest in said["files"].items() if _digest(folder / n) != digest]
        found = f"{', '.join(wrong)} changed or gone" if wrong else f"{len(said['files'])} as made"
        yield Checked(check="files", fine=not wrong, found=found)
    with restore(folder, scratch) as archive:
        status = archive.status()
        counts = {name: getattr(status, name) for name in COUNTED}
        told = ", ".join(f"{n:,} {name}" for name, n in counts.items())
        same = not said or said["counts"] == counts
        told += "" if same else f"; the manifest has {said['counts']}"
        yield Checked(check="counts", fine=same, found=told)
        yield _findable(archive)
    yield _examined(examine(scratch))


def _manifest(folder: Path) -> dict[str, Any]:
    """A backup's manifest; {} for one that was made before there were manifests."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        said: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if not (isinstance(said["files"], dict) and isinstance(said["counts"], dict)):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path} is damaged: take another backup") from None
    if names := [n for n in said["files"] if Path(n).name != n]:
        raise InputError(f"{path} names files outside of it: {names[0]!r}")
    return said


def _findable(archive: Archive) -> Checked:
    asked, lost = archive.recent(ASKED), []
    for article in asked:
        hits = archive.search(f"{article.headline} {article.body[:FIRST]}", k=WITHIN)
        same = {a.id for hit in hits for a in (hit.article, *hit.also)}
        if article.id not in same:
            lost.append(article.id)
    found = f"{len(asked) - len(lost)} of {len(asked)} articles found by their first words"
    return Checked(check="search", fine=not lost, found=found)


def _examined(findings: Iterator[Finding]) -> Checked:
    ours = [f for f in findings if "disk" not in f.check and f.check != "quota"]
    wrong = [f"{f.check}: {f.found}" for f in ours if f.state == "error"]
    found = "; ".join(wrong) if wrong else f"{len(ours)} checks of `dateline doctor`"
    return Checked(check="doctor", fine=not wrong, found=found)


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_values(checked: list[Checked]) -> list[dict[str, Any]]:
    """As JSON values."""
    return [asdict(one) for one in checked]
