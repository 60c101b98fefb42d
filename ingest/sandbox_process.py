"""A child process of the sandbox as its parent sees it: started, asked, killed at its limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO, cast

from ingest.sandbox_child import read_frame, write_frame
from vectorstore import DatelineError

LOADING = 60.0
"""Seconds in which a child must have imported a parser; not counted in a document's time."""

ANSWER = 64 * 2**20
"""Bytes of the longest answer that is taken; an article's text is a thousand times less."""

CHILD = "ingest.sandbox_child"

KEPT = frozenset(
    "PATH SYSTEMROOT TEMP TMP TMPDIR LANG LC_ALL TZ LD_LIBRARY_PATH DYLD_LIBRARY_PATH".split()
)
"""What children see of the environment: no keys, no proxies."""


class ParseFailed(DatelineError):
    """A document could not be parsed; `str()` says why."""


class OutOfMemory(Exception):
    """The child said that it had no memory left."""


class SandboxProcess:
    """One child process. Used by one thread at a time; `end` may come from any.

    `documents` counts those it was given, `peak` is the most memory it has taken, in bytes, and
    `usable` is whether it can be given another.
    """

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
        """What a parser makes of a document; raises ParseFailed or OutOfMemory."""
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
            raise OutOfMemory
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
            return f"crashed the parser ({_exit_name(self._process.wait(1))})"
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            return "crashed the parser"


def _exit_name(code: int) -> str:
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
