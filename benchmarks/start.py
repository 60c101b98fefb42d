"""How long one waits for a first answer: starts, as shares of what `import torch` alone takes.

    python -m benchmarks.start ARCHIVE [--times 3] [--out FILE.json]

Each command runs in a process of its own, one after the other: its time by the clock and the
processor's, the median of `--times`, and both divided by those of `python -c "import torch"`, which
a slower machine does not change. Then a server is started, and asked ten times: the time until it
says that it is ready, the first question against the tenth, and `dateline ask` that it answers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATELINE = (sys.executable, "-m", "ui")
TORCH = (sys.executable, "-c", "import torch")
QUESTION = "What did the President say about the agreement?"


def measured(command: Sequence[str], times: int) -> dict[str, float]:
    """Seconds of a command by the clock and of the processor, the median of several runs."""
    clock, processor = [], []
    for _ in range(times):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        clock.append(time.perf_counter() - began)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"clock": statistics.median(clock), "processor": statistics.median(processor)}


@contextmanager
def serving(archive: Path) -> Iterator[tuple[str, float]]:
    """A server of the archive: its address, and the seconds until it said that it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*DATELINE, "serve", "--no-schedule", "--port", str(port), "--archive", str(archive)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout  # noqa: S101
        for line in child.stdout:
            if line.startswith("Dateline is at"):
                break
        else:
            raise SystemExit("the server did not start")
        took = time.perf_counter() - began
        try:
            yield f"http://127.0.0.1:{port}", took
        finally:
            child.terminate()


def asked(address: str) -> float:
    """Seconds until the whole answer."""
    body = json.dumps({"question": QUESTION}).encode()
    request = urllib.request.Request(  # noqa: S310
        f"{address}/api/v1/ask", body, {"Content-Type": "application/json"}
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310
        answer.read()
    return time.perf_counter() - began


def run(archive: Path, times: int) -> dict[str, Any]:
    """All of it; ratios beside the seconds."""
    named = ["--archive", str(archive)]
    ask = [*DATELINE, "ask", QUESTION, *named]
    rows = {
        "import torch": measured(TORCH, times),
        "--help": measured([*DATELINE, "--help"], times),
        "status": measured([*DATELINE, "status", *named], times),
        "ask, alone": measured([*ask, "--no-server"], times),
    }
    with serving(archive) as (address, took):
        rows["serve, until ready"] = {"clock": took}
        questions = [asked(address) for _ in range(10)]
        rows["ask, of the server"] = measured(ask, times)
    for row in rows.values():
        row |= {f"{n} / torch": row[n] / rows["import torch"][n] for n in [*row]}
    first = {"seconds": questions[0], "first / tenth": questions[0] / questions[-1]}
    return {"starts": rows, "first question": first, "questions": questions}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = run(given.archive, given.times)
    for name, row in found["starts"].items():
        print(f"{name:22}", "  ".join(f"{n} {value:.2f}" for n, value in row.items()))
    first = found["first question"]
    print(f"first question {first['seconds']:.2f} s, {first['first / tenth']:.2f} of the tenth")
    if given.out:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
