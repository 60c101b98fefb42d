"""How much an archive may take on disk, by `DATELINE_QUOTA`, such as `5 GB`; no limit without."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from vectorstore.address import Place
from vectorstore.errors import ArchiveFull, InputError

QUOTA = "DATELINE_QUOTA"

NEAR = 0.9
"""The share of the quota from which it is warned of."""

_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)B?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def quota() -> int | None:
    """The quota in bytes, None if none is set; raises InputError for what is no size."""
    said = os.environ.get(QUOTA, "").strip()
    if not said:
        return None
    found = _FORM.fullmatch(said)
    if found is None or not float(found[1]):
        raise InputError(f"{QUOTA} is no size: {said!r}; write it as 500 MB or 5 GB")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def check_room(place: Place, bytes_used: Callable[[], int]) -> None:
    """Raises ArchiveFull if the archive has reached its quota: nothing more is taken in."""
    limit = quota()
    if limit is not None and (used := bytes_used()) >= limit:
        raise ArchiveFull(
            f"the archive in {place} takes {used / 1e6:,.1f} MB of the {limit / 1e6:,.1f} MB "
            f"that {QUOTA} allows: it answers, and takes nothing more in. Do this: "
            f"{making_room(place.folder)}"
        )


def making_room(folder: Path) -> str:
    """What to do where an archive takes too much. Withdrawing articles alone frees nothing: their
    texts and vectors stay in the ledger, and in the indexes until these are written anew."""
    uploads = folder / "uploads"
    files = f"delete the files in {uploads}, which are ingested; " if uploads.is_dir() else ""
    return (
        f"{files}`dateline rebuild`, and again ten minutes later: the first writes the indexes "
        "without what was replaced or withdrawn, the second removes the old ones, which readers "
        f"may have open until then; or raise {QUOTA}"
    )
