"""What an archive stands on: its disk, the rights to its files, models, clock, conversations."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from vectorstore.durable import size
from vectorstore.errors import EmbeddingError, InputError
from vectorstore.health.databases import whole
from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.health.values import Finding
from vectorstore.ledger import schema
from vectorstore.quota import NEAR, QUOTA, making_room, quota
from vectorstore.settings import EMBEDDED_MODEL, OLD_EMBEDDED_MODEL

LEAST_FREE = 200_000_000
"""Bytes below which a run of ingest may not come to its end."""

ROOM = 1_000_000_000
"""Bytes below which a warning is due, or as many as the archive takes if that is more: a
merge or a rebuild writes an index beside the one in use."""

SLACK = timedelta(minutes=5)
"""How far a stamp in the ledger may be ahead of this machine's clock."""

CONVERSATIONS = "conversations.db"


def disk_findings(folder: Path, served: int = 0) -> Iterator[Finding]:
    """Free space where the archive lies, and where readers' copies of segments go.

    `served` is how many bytes of the archive are on a server, which count for the quota alone.
    """
    used = size(folder)
    try:
        if limit := quota():
            yield _of_quota(folder, used + served, limit)
    except InputError as error:
        means = "every ingest ends with this, and nothing is taken in"
        do = f"set {QUOTA} to a size, or take it out"
        yield Finding(check="quota", state="error", found=str(error), means=means, do=do)
    for check, place in (("disk", folder), ("temporary disk", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(place).free
        found = f"{free / 1e9:,.1f} GB free at {place}; the archive takes {used / 1e6:,.1f} MB"
        if free >= max(ROOM, used):
            yield Finding(check=check, state="ok", found=found)
            continue
        short = free < LEAST_FREE
        yield Finding(
            check=check,
            state="error" if short else "warning",
            found=found,
            means="the next ingest may stop half-way (nothing stored is lost by it)"
            if short
            else "a merge or a rebuild of the indexes may not find room",
            do="make room on this disk, or set TMPDIR to another"
            if check == "temporary disk"
            else "make room, or move the archive's folder to a larger disk",
        )


def _of_quota(folder: Path, used: int, limit: int) -> Finding:
    found = f"{used / 1e6:,.1f} of {limit / 1e6:,.1f} MB"
    if used < NEAR * limit:
        return Finding(check="quota", state="ok", found=found)
    full = used >= limit
    return Finding(
        check="quota",
        state="error" if full else "warning",
        found=found,
        means="nothing more is taken in" if full else "soon nothing more is taken in",
        do=making_room(folder),
    )


def rights_findings(folder: Path) -> Iterator[Finding]:
    """Whether this user may read and write every file, and nobody else reads conversations."""
    paths = [folder, *sorted(folder.rglob("*"))]
    unread = [p for p in paths if not os.access(p, os.R_OK)]
    unwritten = [p for p in paths if not os.access(p, os.W_OK)]
    if unread or unwritten:
        first = (unread or unwritten)[0]
        what = "read" if unread else "written"
        mine = [p for p in {*unread, *unwritten} if p.lstat().st_uid == os.geteuid()]
        medium = not os.access(folder, os.W_OK)
        yield Finding(
            check="rights",
            state="error" if unread else "warning",
            found=f"{len({*unread, *unwritten})} files cannot be {what} by this user: {first}",
            means="parts of the archive do not answer"
            if unread
            else "the archive answers, and takes nothing in",
            do="mount the disk for writing again, if it became read-only after an error look at "
            "the system's log first"
            if medium and not mine
            else f"chown -R $(id -un) {folder}; chmod -R u+rwX {folder}",
            fix="rights" if mine else "",
            places=tuple(str(p) for p in mine),
        )
    else:
        yield Finding(check="rights", state="ok", found="every file can be read and written")
    kept = folder / CONVERSATIONS
    if not kept.exists():
        return
    if os.name == "posix" and stat.S_IMODE(kept.stat().st_mode) & 0o077:
        yield Finding(
            check="conversations' privacy",
            state="warning",
            found=f"{kept} can be read by other users of this machine",
            means="they see what readers asked",
            do=f"chmod 600 {kept}",
            fix="modes",
            places=(str(kept),),
        )
    fine, said = whole(kept)
    yield Finding(
        check="conversations",
        state="ok" if fine else "error",
        found="SQLite finds them whole" if fine else said,
        means="" if fine else "readers may not find what they kept; answers are not touched",
        do=""
        if fine
        else f"stop `dateline serve`, move {kept} aside, and copy the one of the last backup there",
    )


def model_findings(model: str) -> Iterator[Finding]:
    """Whether the weights of the models are those that were released, to the byte."""
    from vectorstore.models import e5
    from vectorstore.models.loading import old_embedded_folder
    from vectorstore.models.trained import EMBEDDER, READER, layers

    known = model in {EMBEDDED_MODEL, OLD_EMBEDDED_MODEL}
    try:
        if model == EMBEDDED_MODEL:
            if e5.available():
                e5.published()
            layers(EMBEDDER)
        elif model == OLD_EMBEDDED_MODEL:
            old_embedded_folder()
    except (EmbeddingError, OSError, ValueError) as error:
        yield _lame("embedding model", error, "nothing can be searched or ingested")
    else:
        said = "as released" if known else "not one of ours: it has no digest to compare with"
        yield Finding(check="embedding model", state="ok", found=f"{model}: {said}")
    try:
        layers(READER)
    except (EmbeddingError, OSError, ValueError) as error:
        yield _lame("reader", error, "answers are chosen without it, and worse")
    else:
        yield Finding(check="reader", state="ok", found="as released")


def _lame(check: str, error: Exception, means: str) -> Finding:
    do = "pip install --force-reinstall dateline, in the environment that runs it"
    return Finding(check=check, state="error", found=str(error), means=means, do=do)


def clock_finding(ledger: ReadOnlyLedger, now: datetime | None = None) -> Finding:
    """Whether the ledger has stamps from after now: then the clock was set back, or was wrong."""
    now = now or datetime.now(UTC)
    v, r = schema.versions.c, schema.runs.c
    with ledger.engine.connect() as c:
        stamps = [c.scalar(select(func.max(v.ingested))), c.scalar(select(func.max(r.started)))]
    newest = max((datetime.fromisoformat(s) for s in stamps if s), default=now)
    if newest.tzinfo is None:
        newest = newest.replace(tzinfo=UTC)
    if newest <= now + SLACK:
        return Finding(check="clock", state="ok", found=f"{now:%Y-%m-%d %H:%M} UTC")
    return Finding(
        check="clock",
        state="warning",
        found=f"it is {now:%Y-%m-%d %H:%M} UTC here, and the ledger has something of "
        f"{newest:%Y-%m-%d %H:%M}",
        means="what is new, and which source is due, is told wrongly until the clock is right",
        do="set the clock, and have it kept (chrony, systemd-timesyncd)",
    )
