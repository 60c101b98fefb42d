"""What an operator does in the browser: runs of sources, new sources, files; one at a time.

The work is done by processes of their own, as everywhere, so that it never slows a chat.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.collect import Preview, preview
from ingest.freshness import Freshness, freshness
from ingest.sources import edit
from ingest.sources.declared import Declared, declared, read
from ui.store.audit import RECORDED
from vectorstore import Archive, InputError

log = logging.getLogger(__name__)

LOOK = 60.0
"""Seconds for which the number of sources that need attention is remembered."""

UPLOADS = "uploads"
"""The folder in the archive's own that uploaded files are kept in."""

LARGEST = 200 * 1024 * 1024
"""Bytes of an uploaded file."""

FINE = (0, 3)
"""Exit codes of an ingest after which what could be read is in the archive."""


@dataclass(slots=True)
class Work:
    """A process at work: which sources or files it reads, since when, and how it ended."""

    names: tuple[str, ...]
    began: datetime
    process: subprocess.Popen[bytes]
    files: bool = False
    before: int = 0
    problems: Path | None = None


@dataclass(slots=True)
class Operator:
    """The sources of one archive, and the work that is going on. Thread-safe.

    `path` is the file that declares the sources; it may not be there yet.
    """

    archive: Archive
    path: Path
    _work: Work | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: tuple[float, tuple[int, int]] = (-LOOK, (0, 0))

    def declared(self) -> Declared:
        """What the file declares, nothing if it is not there; raises InputError."""
        return read(self.path) if self.path.exists() else declared({}, self.path)

    def freshness(self, now: datetime) -> list[Freshness]:
        """How every source is doing; raises InputError for a file that makes no sense."""
        return freshness(self.archive, self.declared().sources, now)

    def stale(self) -> tuple[int, int]:
        """How many of how many declared sources need attention; looked at once a minute."""
        at, found = self._seen
        if time.monotonic() - at < LOOK:
            return found
        try:
            own = [one for one in self.freshness(datetime.now(UTC)) if one.source]
        except InputError:
            log.warning("the sources cannot be read", exc_info=True)
            own = []
        found = sum(bool(one.warning) for one in own), len(own)
        self._seen = time.monotonic(), found
        return found

    def test(self, url: str) -> Preview:
        """What a URL would become; raises DatelineError."""
        return preview(url, settings=self.declared().fetch)

    def add(self, url: str, outlet: str = "") -> str:
        """Declare a source, a site by its feed if it has one; its name. Raises DatelineError."""
        found = self.test(url)
        kind, address = found.kind, found.url
        if kind == "page":
            kind = "pages"
        elif kind == "list" and found.feeds:
            kind, address = "feed", found.feeds[0][0]
        name = edit.name_for(address, [s.name for s in self.declared().sources])
        edit.add(self.path, name, kind=kind, url=address, outlet=outlet)
        self._seen = (-LOOK, (0, 0))
        return name

    def run(self, names: Sequence[str] = ()) -> None:
        """Read these sources, or all that are switched on, now; raises InputError."""
        chosen = tuple(source.name for source in self.declared().chosen(names))
        if not chosen:
            raise InputError(f"{self.path} declares no source that is switched on")
        words = [*self.archive.place.words, "--sources", str(self.path), "--tied"]
        self._start(["-m", "ingest", *words, *chosen], chosen)

    def put(self, name: str, at: int, part: bytes) -> None:
        """Keep a part of a file that is uploaded, the first `at` 0; raises InputError."""
        path = self._place(name)
        path.parent.mkdir(exist_ok=True)
        have = path.stat().st_size if at and path.exists() else 0
        if at != have or at + len(part) > LARGEST:
            raise InputError(f"this part of {path.name} does not fit: upload it again")
        with path.open("ab" if at else "wb") as file:
            file.write(part)

    def take(self, names: Sequence[str]) -> None:
        """Ingest files that were uploaded; raises InputError."""
        paths = [self._place(name) for name in names]
        if not paths or not all(path.is_file() for path in paths):
            raise InputError("there are no such files: upload them again")
        problems = paths[0].parent / ".problems"
        problems.unlink(missing_ok=True)
        words = [*self.archive.place.words, "--problems", str(problems)]
        command = ["-m", "ui", "ingest", *map(str, paths), *words]
        self._start(command, tuple(path.name for path in paths), problems)

    def state(self) -> dict[str, Any]:
        """What is going on, as JSON values: `busy`, `done` of `total`, and how it ended."""
        work = self._work
        if work is None:
            return {"busy": False}
        code = work.process.poll()
        done = len(work.names) if code is not None else self._done(work)
        said: dict[str, Any] = {"busy": code is None, "names": work.names}
        said |= {"done": done, "total": 0 if work.files else len(work.names)}
        if code is not None:
            said |= {"ok": code in FINE, "problems": _lines(work.problems)}
            said |= {"new": self.archive.status().articles - work.before}
        return said

    def _done(self, work: Work) -> int:
        states = {state.name: state for state in self.archive.sources()}
        runs = [states[n].last_run for n in work.names if n in states]
        return sum(bool(r and r.ended and r.started >= work.began) for r in runs)

    def _start(
        self, words: list[str], names: tuple[str, ...], problems: Path | None = None
    ) -> None:
        with self._lock:
            if self._work and self._work.process.poll() is None:
                raise InputError("a run is going on already: wait until it is done")
            self._work = Work(
                names=names,
                began=datetime.now(UTC),
                before=self.archive.status().articles,
                files=problems is not None,
                problems=problems,
                process=subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", *words],
                    stdin=subprocess.PIPE,  # closes with this process, and ends the run
                    stdout=subprocess.DEVNULL,
                    env={**os.environ, **self.archive.place.environment, RECORDED: "1"},
                ),
            )

    def _place(self, name: str) -> Path:
        plain = re.sub(r"[^\w.\- ]+", "_", Path(name).name).lstrip(". ")[:120]
        if not plain:
            raise InputError("a file needs a name")
        return self.archive.path / UPLOADS / plain


def _lines(path: Path | None, most: int = 20) -> list[str]:
    """The first problems that an ingest wrote down."""
    if path is None or not path.exists():
        return []
    return path.read_text("utf-8").splitlines()[:most]
