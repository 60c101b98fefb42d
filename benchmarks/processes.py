"""Processes of the crash tests: work that may be killed, and the site that goes on meanwhile."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable

from tests.site.pieces import Script
from tests.site.server import World


class SiteProcess:
    """The simulated site in a process of its own, which turns its clock when it is told to."""

    def __init__(self, script: Script) -> None:
        (here, theirs), (mine, yours) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            with World(script) as world, os.fdopen(here) as orders, os.fdopen(yours, "w") as told:
                os.close(theirs)
                print(json.dumps(world.bases), file=told, flush=True)
                for order in orders:
                    world.turn(script.ticks[int(order)])
                    print("turned", file=told, flush=True)
            os._exit(0)
        os.close(here)
        os.close(yours)
        self._orders, self._told = os.fdopen(theirs, "w"), os.fdopen(mine)
        self.bases: dict[str, str] = json.loads(self._told.readline())

    def turn(self, tick: int) -> None:
        print(tick, file=self._orders, flush=True)
        self._told.readline()

    def end(self) -> None:
        self._orders.close()
        os.waitpid(self.pid, 0)


def forked(work: Callable[[], None]) -> int:
    """The id of a process that does `work`; its exit status is 1 if that raised an exception.

    Whatever it starts itself ends when its pipe closes.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    return pid


def result_of_fork(work: Callable[[], object]) -> object:
    """What `work` returns in a process of its own, as JSON has it; None if that process died."""
    here, theirs = os.pipe()

    def tell() -> None:
        os.write(theirs, json.dumps(work()).encode() + b"\n")

    pid = forked(tell)
    os.close(theirs)
    with os.fdopen(here) as pipe:
        said = pipe.readline()
    os.waitpid(pid, 0)
    return json.loads(said) if said else None
