"""One process at a time under a limit: started, watched, and ended with all it started itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

GRACE = 20.0
"""Seconds between asking a process to end and killing it: what is fetched is stored and made
searchable meanwhile."""

NICE = 10
"""How far a scheduled run steps back behind the chat, which shares its machine."""

POSIX = os.name == "posix"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), and whether it was too long."""

    code: int
    hung: bool = False


class Process:
    """A command in a process group of its own, which ends when this process does.

    The command keeps its standard input open and ends cleanly when that closes, or on
    SIGTERM. `limit` is in seconds of a clock that stands still while a laptop sleeps, and
    that nobody sets.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        limit: float,
        grace: float = GRACE,
        clock: Callable[[], float] = time.monotonic,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, with more in its environment; raises OSError if that is not possible."""
        self._clock, self._grace = clock, grace
        self._deadline = clock() + limit
        self._asked: float | None = None
        self._hung = False
        self._ended: Ended | None = None
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            creationflags=0 if POSIX else subprocess.CREATE_NEW_PROCESS_GROUP,  # type: ignore[attr-defined]
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> Ended | None:
        """How it ended, or None while it runs; call it now and then, it enforces the limit."""
        if self._ended is None and (code := self._process.poll()) is not None:
            self._over(code)
        if self._ended is not None:
            return self._ended
        now = self._clock()
        if self._asked is None and now >= self._deadline:
            self._hung = True
            self.ask_to_end()
        elif self._asked is not None and now >= self._asked + self._grace:
            return self._over(self._kill())
        return None

    def ask_to_end(self) -> None:
        """Have it end cleanly; it is killed by a later `poll` if it does not."""
        if self._asked is not None:
            return
        self._asked = self._clock()
        with contextlib.suppress(OSError):  # it may have ended just now
            self._stdin.close()
            if POSIX:
                self._process.terminate()

    def stop(self) -> Ended:
        """Have it end cleanly, wait for it, kill it if it does not end within its grace."""
        if self._ended is not None:
            return self._ended
        self.ask_to_end()
        try:
            code = self._process.wait(self._grace)
        except subprocess.TimeoutExpired:
            code = self._kill()
        return self._over(code)

    def _kill(self) -> int:
        self._kill_group()
        return self._process.wait()

    def _over(self, code: int) -> Ended:
        """Nothing it started outlives it: what is left in its group is killed, once and at
        once, before the group's number can be another's."""
        self._kill_group()
        with contextlib.suppress(OSError):
            self._stdin.close()
        self._ended = Ended(code, self._hung)
        return self._ended

    def _kill_group(self) -> None:
        if not POSIX:
            self._process.kill()
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101
        return self._process.stdin


def lower_priority() -> None:
    """Let the chat go first from here on, as a scheduled run does."""
    if hasattr(os, "nice"):
        os.nice(NICE)
