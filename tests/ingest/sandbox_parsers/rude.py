"""A parser that does everything that hostile documents have made parsers do."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parse(data: bytes, *, path: str = "") -> Any:
    """What the document names, is done."""
    done = DEEDS[data.decode()](path)
    return len(done) if isinstance(done, bytes | bytearray) else done


def _talk(_: str) -> str:
    sys.stdout.write("x" * 100_000)
    sys.stdout.flush()
    os.write(1, b"noise")
    os.write(2, b"noise")
    return sys.stdin.read()


def _deep(path: str) -> Any:
    return _deep(path)


DEEDS: dict[str, Callable[[str], Any]] = {
    "sleep": lambda _: time.sleep(600),
    "memory": lambda _: [bytearray(2**20) for _ in iter(int, 1)],
    "one block": lambda _: bytes(2**30),
    "large": lambda _: bytearray(100 * 2**20),
    "crash": lambda _: ctypes.string_at(0),
    "exit": lambda _: os._exit(3),
    "deep": _deep,
    "no JSON": lambda _: {1, 2},
    "long": lambda _: "x" * (65 * 2**20),
    "talk": _talk,
    "connect": lambda _: socket.create_connection(("127.0.0.1", 9)),
    "resolve": lambda _: socket.getaddrinfo("localhost", 80),
    "program": lambda _: subprocess.run(["true"], check=False),
    "shell": lambda _: os.system("true"),  # noqa: S605
    "fork": lambda _: os.fork(),
    "write": lambda path: Path(path).write_text("written"),
}
