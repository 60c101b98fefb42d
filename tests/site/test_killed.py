"""Runs killed in the middle, again and again: in the end nothing is lost, doubled or half."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.site import expect, found
from tests.site.script import month
from tests.site.server import World
from vectorstore import Archive

DAYS, EVERY, PLAIN = 10, 24, 0
"""Few ticks: each process loads the model, and is killed once."""

KILLS = 1
"""Times that each tick is killed before it may come to its end."""


@pytest.mark.slow
def test_killed_runs_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(3)
    folder = tmp_path / "archive"
    with World(month(DAYS, every=EVERY, plain=PLAIN)) as world:
        for number, tick in enumerate(world.script.ticks):
            world.turn(tick)
            command = [sys.executable, "-m", "tests.site.crash", str(folder)]
            command += [str(n) for n in (DAYS, EVERY, PLAIN, number)]
            command += [f"{key}={base}" for key, base in world.bases.items()]
            for _ in range(KILLS):
                kill_within(command, chance.uniform(0.5, 12))
            subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
        with Archive.open(folder) as archive:
            lines = found.differences(
                expect.rows(world.script, world.bases), found.rows(archive, world.script)
            )
            assert archive.status().unindexed == 0
    assert not lines, "\n".join(lines[:40])


def kill_within(command: list[str], seconds: float) -> None:
    """Start, and kill so many seconds after it began, if it is not done by then."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
