"""Building a segment: its rows and vectors here, its Chroma folder by a child process.

Chroma's files are written by a process that nobody searches in, so that what it holds or breaks
is its own. It is kept for the next segment, as most of the time that a small one takes is its
imports; it ends with the writer, when it has nothing to do, and after so many rows that its memory
stays bounded. Killed, it is started anew, and the segment begun again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, Any

import numpy as np

from vectorstore.durable import digests, sync_tree
from vectorstore.errors import IndexDamaged
from vectorstore.index import segment_child
from vectorstore.index.segment import ARTICLES, ROWS, VECTORS, Rows, article_ids, code

END = 10.0
"""Seconds that a child has to end when its input is closed."""

TOLD = 2_000
"""Characters of what a child wrote before it died, in the error."""


class Builder:
    """Builds segments one after the other, by a child that is kept in between. Thread-safe."""

    def __init__(self) -> None:
        self._child: _Child | None = None
        self._lock = threading.Lock()

    def build(self, folder: Path, rows: Rows) -> dict[str, str]:
        """Write, verify and sync a segment into a new folder; returns its files' digests.

        Raises IndexDamaged if the child that writes Chroma's files does not verify them, or
        twice does not come to its end.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _write_rows(folder, rows)
        with self._lock:
            said = self._written(folder)
            if said is None:  # killed, or out of time just now
                shutil.rmtree(folder / "chroma", ignore_errors=True)
                said = self._written(folder)
        if said is None or said:
            raise IndexDamaged(
                f"a dense segment could not be written: {said or 'its writer was killed'}. What is "
                "stored stays; the next `dateline ingest`, or `dateline doctor --fix`, makes it "
                "searchable"
            )
        sync_tree(folder)
        return digests(folder)

    @property
    def pid(self) -> int | None:
        """The process that is kept; None where there is none."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; another is started when one is wanted."""
        with self._lock:
            if self._child:
                self._child.end()
            self._child = None

    def _written(self, folder: Path) -> str | None:
        """What the child says of a folder, "" if all is well, None if it died."""
        child = self._child = self._child or _Child()
        try:
            answer = child.ask(folder)
        except BaseException:  # its answer, if one comes, is to what nobody asks any more
            self._child = None
            child.kill()
            raise
        if answer is None or not answer["more"]:
            self._child = None
            child.end()
        return None if answer is None else str(answer["error"])


class _Child:
    """A running `segment_child`."""

    def __init__(self) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the child
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", segment_child.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert self._process.stdin is not None  # noqa: S101  both are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._asking, self._answers = self._process.stdin, self._process.stdout
        self._errors = errors
        self.pid = self._process.pid
        self.end = weakref.finalize(self, _end, self._process, errors)

    def ask(self, folder: Path) -> dict[str, Any] | None:
        """Have it write a folder; None if it died before it answered."""
        try:
            self._asking.write(json.dumps(str(folder)).encode() + b"\n")
            self._asking.flush()
            line = self._answers.readline()
        except BrokenPipeError:
            return None
        if line.endswith(b"\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        if self._process.wait() >= 0 and (said := self._said()):
            return {"error": said, "more": False}
        return None

    def kill(self) -> None:
        self._process.kill()
        self.end()

    def _said(self) -> str:
        """What it wrote as it died by itself: a killed one says nothing."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-TOLD:].strip()


def _end(process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            try:
                pipe.close()
            except OSError:  # what was not sent to a dead one
                continue
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    errors.close()


def _write_rows(folder: Path, rows: Rows) -> None:
    ids = np.array(rows.ids, dtype="S40")
    np.savez(
        folder / ROWS,
        ids=ids,
        days=np.array(rows.days, dtype=np.int32),
        outlets=np.array([code(o) for o in rows.outlets], dtype=np.uint32),
        languages=np.array([code(x) for x in rows.languages], dtype=np.uint32),
        tags=np.array([code(t) for own in rows.tags for t in own], dtype=np.uint32),
        tagged=np.array([n for n, own in enumerate(rows.tags) for _ in own], dtype=np.int32),
    )
    np.save(folder / ARTICLES, np.sort(article_ids(ids)))
    np.save(folder / VECTORS, rows.vectors.astype(np.float16))
