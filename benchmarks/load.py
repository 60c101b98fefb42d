"""Chat users while articles are published: does anybody notice? (RELIABILITY.md, R2)

    python benchmarks/load.py ARCHIVE [--users 20] [--seconds 60] [--think 2]

Works on a copy of ARCHIVE. A server process answers; users ask over HTTP (server-sent events
of /api/ask) with pauses as people make them; a publisher process adds, changes and withdraws
articles throughout. Counted are:

- errors: requests that failed, or ended without an answer;
- ghosts: citations of an article that had been withdrawn, or of a version that had been
  replaced, before the question was asked; and quotes that are not at their offsets;
- missing: published articles that a search for their own words did not find afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from vectorstore import Archive

PORT = 7993
BASE = f"http://127.0.0.1:{PORT}"
PUBLISHER = Path(__file__).with_name("publisher.py")
SEED = 20
FIND_WITHIN = 5.0
"""Seconds until a published article must be found (DESIGN.md: within seconds)."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=2.0, help="seconds, on average")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(given.archive, copy)
        figures = measure(copy, given.users, given.seconds, given.think)
    print(json.dumps(figures, indent=2))
    return 0 if not any(figures[k] for k in ("errors", "ghosts", "missing")) else 1


def measure(path: Path, users: int, seconds: float, think: float) -> dict[str, Any]:
    """The figures of one run."""
    questions = headlines(path)
    server = subprocess.Popen(
        [sys.executable, "-m", "ui", "serve", "-a", str(path), "--port", str(PORT), "--no-schedule"]
    )
    try:
        wait_until_up()
        publisher = subprocess.Popen(
            [sys.executable, str(PUBLISHER), str(path), "--seconds", str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        log = Log(path)
        watcher = threading.Thread(target=log.follow, args=(publisher,))
        watcher.start()
        log.started.wait(120)
        until = time.monotonic() + seconds
        asking = [
            threading.Thread(target=ask, args=(log, questions, until, think, SEED + n))
            for n in range(users)
        ]
        for user in asking:
            user.start()
        for user in asking:
            user.join()
        watcher.join()
        return log.figures(users, seconds)
    finally:
        server.terminate()
        server.wait(30)


def headlines(path: Path) -> list[str]:
    with Archive.open(path) as archive:
        return [a.headline for a in archive.recent(500) if len(a.headline.split()) > 4]


def wait_until_up() -> None:
    for _ in range(600):
        try:
            asked = httpx.post(f"{BASE}/api/ask", json={"question": "warm up"}, timeout=120)
            if asked.status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise SystemExit("the server did not start")


class Log:
    """What users saw, and what the publisher acknowledged by then."""

    def __init__(self, path: Path) -> None:
        self.archive = Archive.open(path)
        self.times: list[float] = []
        self.first: list[float] = []
        self.errors: list[str] = []
        self.ghosts: list[str] = []
        self.missing: list[str] = []
        self.gone: dict[tuple[str, str], float] = {}
        self.cited: list[tuple[float, tuple[str, str]]] = []
        self.published = 0
        self.started = threading.Event()
        self.lock = threading.Lock()

    def follow(self, publisher: subprocess.Popen[str]) -> None:
        """Reads the publisher's acknowledgements, and looks for what it published."""
        with httpx.Client(base_url=BASE, timeout=60) as client:
            for line in publisher.stdout or ():
                self.started.set()
                said = json.loads(line)
                for article, version in said["gone"]:
                    self.gone[(article, version)] = said["at"]
                if said["word"]:
                    self.published += 1
                    self._find(client, said["word"], said["article"])
        if publisher.wait():
            self.errors.append(f"the publisher ended with {publisher.returncode}")

    def _find(self, client: httpx.Client, word: str, article: str) -> None:
        until = time.monotonic() + FIND_WITHIN
        while time.monotonic() < until:
            hits = client.get("/api/search", params={"q": word, "k": 5}).json()["hits"]
            if any(hit["article"]["id"] == article for hit in hits):
                return
            time.sleep(0.2)
        self.missing.append(word)

    def check(self, answer: dict[str, Any], asked: float) -> None:
        for cited in answer["citations"]:
            article = cited["article"]
            key = (article["id"], article["version"])
            self.cited.append((asked, key))
            body = self.archive.article(*key).body
            if body[cited["start"] : cited["end"]] != cited["quote"]:
                self.ghosts.append(f"{key} does not say so")

    def figures(self, users: int, seconds: float) -> dict[str, Any]:
        for asked, key in self.cited:
            if self.gone.get(key, asked) < asked:
                self.ghosts.append(f"{key} was gone")
        cuts = statistics.quantiles(self.times, n=100)
        first = statistics.quantiles(self.first or [0, 0], n=100)
        return {
            "users": users,
            "seconds": seconds,
            "answers": len(self.times),
            "published": self.published,
            "replaced_or_withdrawn": len(self.gone),
            "errors": len(self.errors),
            "ghosts": len(self.ghosts),
            "missing": len(self.missing),
            "median_s": round(cuts[49], 3),
            "p95_s": round(cuts[94], 3),
            "worst_s": round(max(self.times), 3),
            "first_claim_median_s": round(first[49], 3),
            "examples": [*self.errors[:3], *self.ghosts[:3], *self.missing[:3]],
        }


def ask(log: Log, questions: list[str], until: float, think: float, seed: int) -> None:
    """One user: asks, reads, asks again."""
    chance = random.Random(seed)  # noqa: S311 (whatever repeats)
    with httpx.Client(base_url=BASE, timeout=60) as client:
        time.sleep(chance.uniform(0, think))
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                answer, first = read(client, chance.choice(questions), began)
            except Exception as error:
                log.errors.append(repr(error)[:200])
                continue
            took = time.monotonic() - began
            with log.lock:
                log.times.append(took)
                if first is not None:
                    log.first.append(first)
            log.check(answer, began)
            time.sleep(chance.expovariate(1 / think) if think else 0)


def read(client: httpx.Client, question: str, began: float) -> tuple[dict[str, Any], float | None]:
    """The answer, and the seconds until its first claim."""
    first = None
    asked = {"question": question, "stream": True}
    with client.stream("POST", "/api/ask", json=asked) as response:
        response.raise_for_status()
        for name, data in events(response.iter_lines()):
            if name == "claim" and first is None:
                first = time.monotonic() - began
            if name == "answer":
                return data, first
            if name == "error":
                raise RuntimeError(data["message"])
    raise RuntimeError("the stream ended without an answer")


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


if __name__ == "__main__":
    sys.exit(main())
