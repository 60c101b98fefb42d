"""Nodes on one ledger: their folders, their processes, and waiting for what they do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

SAID = "said.txt"
"""In a node's folder: what its processes said."""


def node(folder: Path, url: str) -> Path:
    """A node's folder whose `archive.toml` names the ledger."""
    folder.mkdir()
    (folder / "archive.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    return folder


@contextmanager
def process(*words: str | Path, archive: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real `dateline` command on a node's archive, of one thread if nothing else is set."""
    command = [sys.executable, "-m", "ui", *words, "--archive", archive]
    env = {"OMP_NUM_THREADS": "1"} | os.environ
    with (archive / SAID).open("ab") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out, env=env)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def within(seconds: float, told: Callable[[], bool]) -> bool:
    """Whether something comes true in time; where nothing answers yet, it has not."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        try:
            if told():
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return False


def free_port() -> str:
    """A port of loopback that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
