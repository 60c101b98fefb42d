"""A child of the sandbox: `python -P -m ingest.sandbox_child PACKAGE SECONDS MEMORY`.

It reads requests from its standard input and writes answers to its standard output until
the input ends. A frame is a length (4 bytes, big-endian) and that many bytes. A request is
a frame of JSON (`{"do": "load" | "parse", "name": …, "options": {…}}`) and, for "parse", a
frame with the document; an answer is one frame of JSON with one of the keys "ready",
"value", "error" and "memory", and "peak", the most bytes that it has held so far.

A child opens no sockets, starts no programs and writes no files, whatever it parses.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, BinaryIO

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows: the clock of the parent is the only limit there
    resource = None

MESSAGE = 300
"""Characters of an error's message that are told."""

FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
FORBIDDEN_TOO = frozenset({"os.system", "os.startfile", "pty.spawn", "ftplib.connect"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

OUT_OF_MEMORY = b'{"memory": true}'


def read_frame(stream: BinaryIO, longest: int = 2**32) -> bytes | None:
    """The next frame, None at the end of the stream; raises ValueError beyond `longest`."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    if size > longest:
        raise ValueError(f"a frame of {size} bytes is too long")
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Write a frame and flush it."""
    stream.write(len(body).to_bytes(4, "big"))
    stream.write(body)
    stream.flush()


def main() -> None:
    """Answer requests until the parent closes the pipe or is gone."""
    package, seconds, memory = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    requests, answers = _own_pipes()
    _limit_resources(memory)
    sys.addaudithook(_refuse)
    loaded: dict[str, Callable[..., Any]] = {}
    while (request := read_frame(requests)) is not None:
        asked = json.loads(request)
        document = read_frame(requests) if asked["do"] == "parse" else b""
        if document is None:
            return
        _allow_seconds(seconds)
        write_frame(answers, _answer(asked, document, package, loaded))


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes under new numbers, so that a stray print or input() cannot touch them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nothing, standard)
    return requests, answers


def _limit_resources(memory: int) -> None:
    """No core files, no written files, and an address space of `memory` bytes.

    The address space is at least the resident memory, so it bounds that too.
    """
    if resource is None:
        return
    for name, limit in (("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0), ("RLIMIT_AS", memory)):
        try:
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (AttributeError, OSError, ValueError):  # this system has no such limit
            continue


def _allow_seconds(seconds: float) -> None:
    """Let this process use that much more processor time (whole seconds, rounded up).

    The parent measures by the wall; this ends a child whose parent died meanwhile.
    """
    if resource is None:
        return
    soft = math.ceil(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578), which cannot be removed: no network, programs, written files."""
    if event.startswith(FORBIDDEN) or event in FORBIDDEN_TOO:
        raise PermissionError(f"a parser may not do this: {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        raise PermissionError(f"a parser may not write: {arguments[0]}")


def _answer(
    asked: dict[str, Any], document: bytes, package: str, loaded: dict[str, Callable[..., Any]]
) -> bytes:
    try:
        if asked["do"] == "load":
            module = importlib.import_module(f"{package}.{asked['name']}")
            loaded[asked["name"]] = module.parse
            return _encode({"ready": True})
        value = loaded[asked["name"]](document, **asked["options"])
        return _encode({"value": value, "peak": _peak()})
    except MemoryError:
        return OUT_OF_MEMORY
    except RecursionError:
        return _encode({"error": "it is nested too deeply"})
    except ValueError as error:
        return _failed(error, str(error))
    except Exception as error:  # whatever a parser does, the parent is told
        return _failed(error, f"{type(error).__name__}: {error}")


def _failed(error: Exception, message: str) -> bytes:
    """libxml2 tells of missing memory in the words of a syntax error."""
    if "memory alloc" in message.lower() or isinstance(error.__context__, MemoryError):
        return OUT_OF_MEMORY
    clean = "".join(c if c.isprintable() else " " for c in message[:MESSAGE])
    return _encode({"error": clean.strip() or type(error).__name__, "peak": _peak()})


def _encode(answer: dict[str, Any]) -> bytes:
    """JSON in UTF-8; lone surrogates, which no database takes, become `?`."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _peak() -> int:
    """The most resident memory so far, in bytes; 0 where the system does not say.

    On Linux not by getrusage: its peak starts with that of the parent, from before exec, so
    that a parent with a model in its memory would make every child look used up.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next(int(row.split()[1]) * 1024 for row in status if row.startswith("VmHWM:"))
    except (OSError, StopIteration, ValueError, IndexError):
        pass
    if resource is None:
        return 0
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
