"""Hostile documents through the real sandbox: mutations of real ones, and bombs.

    python -m benchmarks.hostile [SHARED] [--mutations 2000]

SHARED holds feeds/ and pages/. Every document goes to the sandbox's children under their own
limits; between them good documents must come out as they did before. Prints what became of
the documents, the longest time, and the most memory that any child held. Exit status 1 if
a limit was not kept, a neighbour suffered, or the parent grew.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.sandbox import MEMORY, SECONDS, WORKERS, ParseFailed, Sandbox
from ingest.sandbox_process import SandboxProcess
from tests.ingest.parsers.bombs import BOMBS, mutations

SHARED = Path(__file__).parents[2] / "shared"
LEEWAY = 1.0
"""Seconds over the limit that killing a child may take on a busy machine."""

EVERY = 20
"""After so many hostile documents a good one is parsed again."""


@dataclass(slots=True)
class Outcome:
    """What became of some documents; `seconds` has each one's, without starting children."""

    what: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[float, str]] = field(default_factory=list)
    neighbours: int = 0
    harmed: int = 0


class Timed(Sandbox):
    """A sandbox that notes the longest time its children were given for one document."""

    longest = 0.0


def timed() -> None:
    """Note how long each document took, apart from the start of its child."""
    plain = SandboxProcess._ask

    def ask(self: Any, request: dict[str, Any], data: bytes | None, seconds: float) -> Any:
        start = time.perf_counter()
        try:
            return plain(self, request, data, seconds)
        finally:
            if request["do"] == "parse":
                Timed.longest = max(Timed.longest, time.perf_counter() - start)

    SandboxProcess._ask = ask  # type: ignore[method-assign]


Document = tuple[str, str, bytes]
"""Its name, its parser and its bytes."""


def mutated(shared: Path, count: int) -> Iterator[Document]:
    """Damaged feeds, and a quarter as many damaged pages."""
    folders = ("feeds/feedparser/tests/wellformed", "feeds/gofeed/testdata", "feeds/rss-parser")
    feeds = sorted(p for f in folders for p in (shared / f).rglob("*.xml") if p.stat().st_size)
    for number, data in mutations([p.read_bytes() for p in feeds], count * 4 // 5):
        yield feeds[number].name, "feed", data
    pages = sorted((shared / "pages/article-extraction-benchmark/html").glob("*.gz"))[::3]
    texts = [gzip.decompress(p.read_bytes()) for p in pages]
    for number, data in mutations(texts, count - count * 4 // 5, seed=2):
        yield pages[number].name, "page", data


def good(shared: Path) -> list[Document]:
    """A feed and a page that are as they should be."""
    feed = shared / "feeds/rss-parser/test/input/reddit.rss"
    page = next((shared / "pages/article-extraction-benchmark/html").glob("*.gz"))
    return [
        (feed.name, "feed", feed.read_bytes()),
        (page.name, "page", gzip.decompress(page.read_bytes())),
    ]


def run(sandbox: Sandbox, documents: Iterable[Document], neighbours: list[Document]) -> Outcome:
    """Parse all, with good neighbours between them."""
    outcome = Outcome()
    expected = [sandbox.parse(parser, data) for _, parser, data in neighbours]

    def one(numbered: tuple[int, Document]) -> None:
        number, (name, parser, data) = numbered
        start = time.perf_counter()
        try:
            sandbox.parse(parser, data, url="https://example.org/a")
            became = "read"
        except ParseFailed as error:
            became = _kind(str(error))
        outcome.what[became] += 1
        outcome.seconds.append((time.perf_counter() - start, f"{name} ({became})"))
        if number % EVERY == 0:
            for (_, parser, data), wanted in zip(neighbours, expected, strict=True):
                outcome.neighbours += 1
                outcome.harmed += sandbox.parse(parser, data) != wanted

    with ThreadPoolExecutor(WORKERS) as threads:
        list(threads.map(one, enumerate(documents)))
    return outcome


def _kind(reason: str) -> str:
    for start in ("took longer", "took more than", "crashed the parser", "the parser's answer"):
        if reason.startswith(start):
            return start
    return "refused"


def show(what: str, outcome: Outcome) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in outcome.what.most_common())
    print(f"{what}: {outcome.what.total()}: {counts}")
    print(f"  good neighbours: {outcome.neighbours}, of them harmed: {outcome.harmed}")
    for seconds, name in sorted(outcome.seconds, reverse=True)[:5]:
        print(f"  {seconds:6.1f} s with a new child if there was need of one: {name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--mutations", type=int, default=2_000)
    options = parser.parse_args()
    timed()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults = 0
    with Timed() as sandbox:
        for what, documents in (
            ("mutations", mutated(options.shared, options.mutations)),
            ("bombs", ((name, p, make()) for name, (p, make) in BOMBS.items())),
        ):
            outcome = run(sandbox, documents, good(options.shared))
            show(what, outcome)
            faults += outcome.harmed
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"longest parse {Timed.longest:.2f} s of {SECONDS:g} allowed")
    print(f"most memory of a child {held / 2**20:.0f} MB of {MEMORY / 2**20:.0f} allowed")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"the parent, which makes the bombs, reached {grown / 1024:.0f} MB more than at its start"
    )
    faults += Timed.longest > SECONDS + LEEWAY or held > MEMORY
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
