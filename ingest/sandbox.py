"""Parsing in disposable child processes, under limits of time and memory.

One document can hang a parser for minutes or crash it (300,000 attributes in one tag: lxml
takes over 20 s). So every document from outside is parsed in a child that is killed at its
limit and replaced, and that can open no connection. Children stay for many documents,
because importing the parsers takes longer than parsing (trafilatura: about a second).

>>> with Sandbox() as sandbox:  # doctest: +SKIP
...     sandbox.parse("feed", body, url="https://example.org/rss.xml")["entries"]
"""

from __future__ import annotations

import importlib
import threading
from typing import Any, Self

from ingest.sandbox_process import OutOfMemory, ParseFailed, SandboxProcess

__all__ = ["MEMORY", "SECONDS", "WORKERS", "ParseFailed", "Sandbox"]

SECONDS, MEMORY, WORKERS = 10.0, 600 * 2**20, 2
"""The limits of promise S1 (a document: 10 s, 600 MB), and a child for each of two cores."""

RECYCLE = 500
"""Documents after which a child is replaced: what leaks or fragments ends with it."""


class Sandbox:
    """A pool of children that parse documents. Thread-safe; close it to end them."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        workers: int = WORKERS,
        recycle: int = RECYCLE,
        package: str = "ingest.parsers",
    ) -> None:
        """`seconds` by the wall and `memory` in bytes are the limits of one document.

        Memory is limited where the system can (Linux); it holds the child's code too,
        about 60 MB resident. At most `workers` children run at a time, and none before it
        is needed. `package` has the parsers and names them in `PARSERS`.
        """
        self.seconds, self.memory = seconds, memory
        self._recycle, self._package = recycle, package
        self._free = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[SandboxProcess] = []
        self._all: set[SandboxProcess] = set()
        self._closed = False

    def parse(self, name: str, data: bytes, **options: str | float | bool | None) -> Any:
        """What `parse(data, **options)` of that parser returns (JSON values).

        Raises ParseFailed if the parser refuses the document, exceeds a limit or crashes,
        and ValueError for a name that is no parser or after close().
        """
        if name not in importlib.import_module(self._package).PARSERS:
            raise ValueError(f"no parser {name!r} in {self._package}")
        with self._free:
            while True:
                child = self._take()
                used = child.documents
                try:
                    return child.parse(name, data, options)
                except OutOfMemory:
                    # Earlier documents may have fragmented a used child's memory.
                    if not used:
                        reason = f"took more than {self.memory / 2**20:.0f} MB"
                        raise ParseFailed(reason) from None
                finally:
                    self._give(child)

    def close(self) -> None:
        """End all children now; a parse under way in another thread fails."""
        with self._lock:
            self._closed = True
            children, self._idle = set(self._all), []
            self._all.clear()
        for child in children:
            child.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self) -> SandboxProcess:
        with self._lock:
            if self._closed:
                raise ValueError("this sandbox is closed")
            if self._idle:
                return self._idle.pop()
        child = SandboxProcess(self._package, self.seconds, self.memory)
        with self._lock:
            self._all.add(child)
            closed = self._closed
        if closed:
            child.end()
        return child

    def _give(self, child: SandboxProcess) -> None:
        worn = child.documents >= self._recycle or child.peak > self.memory // 2
        with self._lock:
            if child.usable and not worn and not self._closed:
                self._idle.append(child)
                return
            self._all.discard(child)
        child.end()
