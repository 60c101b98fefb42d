"""Limits on asking: how many questions at once, how many wait, how many a minute from whom."""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from vectorstore import InputError

AT_ONCE, WAITING = 20, 200
"""Questions of programs answered at the same time, and waiting for that; more are refused."""

PATIENCE = 60.0
"""Seconds that a question of a program waits at most."""

RETRY_AFTER = 10
"""Seconds after which who was refused for the load may ask again."""

PERSON, ADDRESS = "DATELINE_RATE_PERSON", "DATELINE_RATE_ADDRESS"
DEFAULTS = {PERSON: "60/minute", ADDRESS: "300/minute"}
"""Questions that one person and one address may ask where others than this machine are served;
a person is a browser's session, or whoever shows a token."""

KNOWN = 50_000
"""Persons or addresses remembered at once; those that asked longest ago are forgotten first."""

_FORM = re.compile(r"(\d+)\s*/\s*(second|minute|hour)")
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


class Busy(Exception):
    """Too many are asking: come again in `wait` seconds."""

    def __init__(self, wait: int = RETRY_AFTER) -> None:
        self.wait = wait
        super().__init__(f"too many are asking at the moment: please try again in {wait} seconds")


@dataclass(slots=True)
class Turnstile:
    """Lets `at_once` in, has `waiting` wait for as long as `patience`, and refuses the rest."""

    at_once: int = AT_ONCE
    waiting: int = WAITING
    patience: float = PATIENCE
    queued: int = 0
    _inside: asyncio.Semaphore | None = None

    def refuse_if_full(self) -> None:
        """Raises Busy where so many wait already that there is no place for one more."""
        if self._inside is not None and self._inside.locked() and self.queued >= self.waiting:
            raise Busy

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and have it; raises Busy."""
        if self._inside is None:
            self._inside = asyncio.Semaphore(self.at_once)
        self.refuse_if_full()
        self.queued += 1
        try:
            async with asyncio.timeout(self.patience):
                await self._inside.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self.queued -= 1
        try:
            yield
        finally:
            self._inside.release()


@dataclass(slots=True)
class Rate:
    """A token bucket for each name: `count` askings in `seconds`, refilled steadily."""

    count: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, variable: str) -> Rate | None:
        """What a variable says, such as `60/minute`; its default if it is not set, None for
        `off`. Raises InputError for anything else."""
        said = os.environ.get(variable, "").strip() or DEFAULTS[variable]
        if said == "off":
            return None
        found = _FORM.fullmatch(said)
        if found is None or not int(found[1]):
            raise InputError(f"{variable} is no rate: {said!r}; write it as 60/minute, or off")
        return cls(int(found[1]), _SECONDS[found[2]])

    def take(self, name: str) -> int:
        """Count an asking: 0 if it may go on, else the seconds to wait."""
        with self._lock:
            now = self.clock()
            left, then = self._held.pop(name, (float(self.count), now))
            left = min(self.count, left + (now - then) * self.count / self.seconds)
            wait = 0.0 if left >= 1 else (1 - left) * self.seconds / self.count
            self._held[name] = (left if wait else left - 1, now)
            while len(self._held) > KNOWN:
                self._held.popitem(last=False)
        return max(1, round(wait)) if wait else 0


@dataclass(frozen=True, slots=True)
class Rates:
    """What a person and an address may ask; None for as much as they like."""

    person: Rate | None = None
    address: Rate | None = None

    @classmethod
    def from_environment(cls, *, local: bool) -> Rates:
        """Where only this machine is served, there is a limit only if one is set."""

        def rate(variable: str) -> Rate | None:
            return None if local and not os.environ.get(variable) else Rate.of(variable)

        return cls(rate(PERSON), rate(ADDRESS))

    def wait(self, person: str, address: str) -> int:
        """Seconds to wait before asking, 0 for none; counts the asking."""
        waits = [self.person.take(person)] if self.person and person else []
        waits += [self.address.take(address)] if self.address and address else []
        return max(waits, default=0)
