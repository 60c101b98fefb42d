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
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from ingest.sandbox_child import read_frame, write_frame
from vectorstore import DatelineError

SECONDS, MEMORY, WORKERS = 10.0, 600 * 2**20, 2
"""The limits of promise S1 (a document: 10 s, 600 MB), and a child for each of two cores."""

LOADING = 60.0
"""Seconds in which a child must have imported a parser; not counted in a document's time."""

RECYCLE = 500
"""Documents after which a child is replaced: what leaks or fragments ends with it."""

ANSWER = 64 * 2**20
"""Bytes of the longest answer that is taken; an article's text is a thousand times less."""

CHILD = "ingest.sandbox_child"

KEPT = frozenset(
    "PATH SYSTEMROOT TEMP TMP TMPDIR LANG LC_ALL TZ LD_LIBRARY_PATH DYLD_LIBRARY_PATH".split()
)
"""What children see of the environment: no keys, no proxies."""


class ParseFailed(DatelineError):
    """A document could not be parsed; `str()` says why."""


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
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
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
                except _OutOfMemory:
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

    def _take(self) -> _Child:
        with self._lock:
            if self._closed:
                raise ValueError("this sandbox is closed")
            if self._idle:
                return self._idle.pop()
        child = _Child(self._package, self.seconds, self.memory)
        with self._lock:
            self._all.add(child)
            closed = self._closed
        if closed:
            child.end()
        return child

    def _give(self, child: _Child) -> None:
        worn = child.documents >= self._recycle or child.peak > self.memory // 2
        with self._lock:
            if child.usable and not worn and not self._closed:
                self._idle.append(child)
                return
            self._all.discard(child)
        child.end()


class _OutOfMemory(Exception):
    """The child said that it had no memory left."""


class _Child:
    """One child process. Used by one thread at a time; `end` may come from any."""

    def __init__(self, package: str, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._loaded: set[str] = set()
        self._late = threading.Event()
        self.documents = self.peak = 0
        self.usable, self._ended = True, False
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-B", "-m", CHILD, package, str(seconds), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )

    def parse(self, name: str, data: bytes, options: dict[str, Any]) -> Any:
        if name not in self._loaded:
            answer = self._ask({"do": "load", "name": name}, None, LOADING)
            if "error" in answer:
                raise ParseFailed(f"the parser {name} could not be loaded: {answer['error']}")
            self._loaded.add(name)
        self.documents += 1
        request = {"do": "parse", "name": name, "options": options}
        answer = self._ask(request, data, self._seconds)
        self.peak = answer.get("peak", 0)
        if "error" in answer:
            raise ParseFailed(answer["error"])
        return answer["value"]

    def end(self) -> None:
        """Kill the process and whatever it started, and reap it."""
        self._ended = True
        self._kill()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                cast(BinaryIO, pipe).close()
            except OSError:  # what was not written yet cannot be any more
                continue
        self._process.wait()

    def _ask(self, request: dict[str, Any], data: bytes | None, seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer; a child that gives none is not usable.

        A timer kills the child at the limit, which ends a blocked write or read on every
        system; waiting on pipes with a timeout would not work on Windows.
        """
        timer = threading.Timer(seconds, self._stop_late)
        timer.daemon = True
        self.usable = False
        unusable = False
        timer.start()
        try:
            answer = self._exchange(request, data)
        except OSError:  # the child ended before it had read everything
            answer = None
        except ValueError:  # no JSON, too long, or the pipe was closed
            answer, unusable = None, True
        finally:
            timer.cancel()
        if answer is None:
            raise ParseFailed(self._reason(seconds, unusable))
        if "memory" in answer:
            raise _OutOfMemory
        self.usable = not self._late.is_set()
        return answer

    def _exchange(self, request: dict[str, Any], data: bytes | None) -> dict[str, Any] | None:
        requests = cast(BinaryIO, self._process.stdin)
        write_frame(requests, json.dumps(request).encode())
        if data is not None:
            write_frame(requests, data)
        body = read_frame(cast(BinaryIO, self._process.stdout), ANSWER)
        return None if body is None else cast("dict[str, Any]", json.loads(body))

    def _stop_late(self) -> None:
        self._late.set()
        self._kill()

    def _kill(self) -> None:
        if self._process.poll() is not None:
            return
        try:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        except (ProcessLookupError, PermissionError):  # ended already (macOS: not permitted)
            return

    def _reason(self, seconds: float, unusable: bool) -> str:
        if self._late.is_set():
            return f"took longer than {seconds:g} s"
        if self._ended:
            return "the sandbox was closed meanwhile"
        if unusable:
            return "the parser's answer was not usable"
        try:
            return f"crashed the parser ({_death(self._process.wait(1))})"
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return "crashed the parser"


def _death(code: int) -> str:
    """`SIGSEGV` for -11, `exit code 3` for 3."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.upper() in KEPT}
    return kept | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
