"""Memory over many questions, or many runs of ingest, in a row: does anything grow?

    python -m benchmarks.soak [ARCHIVE] [--questions 500] [--warm 100]
    python -m benchmarks.soak --runs 500 [--warm 100]

Asks the questions of benchmarks/questions.jsonl in turn, of an archive or of the sample, which is
built first. With --runs, an archive in a temporary folder is ingested into again and again instead,
as `schedule` does in one process: each run brings an article, every third changes one, every fourth
withdraws one, and all is published. Prints the resident memory and the open file descriptors after
the warm-up, every 50 rounds, and at the end. Exit status 1 if since the warm-up memory has changed
by more than 5 % (with questions) or grown by more than 50 MB (with runs), or descriptors grew. What
is interrupted is judged by what was done until then.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from chatbot import build_chain
from ingest import add_sample
from ingest.boilerplate import passages
from vectorstore import Archive, Article, Dated

CHANGE = 0.05
"""Share by which memory may change while questions are asked."""

GROWTH = 50e6
"""Bytes by which it may grow while articles come in."""

EVERY = 50

Measured = tuple[int, int]
"""Bytes of resident memory, and open file descriptors."""


def main() -> None:
    """Ask or ingest, measure, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, nargs="?")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--runs", type=int, help="ingest so often instead of asking")
    parser.add_argument("--warm", type=int, default=100)
    options = parser.parse_args()
    count = options.runs or options.questions
    if not 0 < options.warm < count:
        parser.error("--warm is at least 1, and smaller than the number of rounds")
    seen: dict[int, Measured] = {}
    rounds = ingested(count) if options.runs else soaked(options.archive, count)
    try:
        for number, measured in rounds:
            if number % EVERY == 0 or number in {options.warm, count}:
                seen[number] = measured
                shown(number, "runs" if options.runs else "questions", measured)
    except KeyboardInterrupt:
        print("interrupted")
    if options.warm not in seen or len(seen) < 2:
        sys.exit("too little was done to tell")
    sys.exit(judged(seen[options.warm], seen[max(seen)], ingest=bool(options.runs)))


@contextmanager
def opened(path: Path | None) -> Iterator[Archive]:
    """The archive, or the sample in a temporary folder."""
    if path is not None:
        with Archive.open(path) as archive:
            yield archive
        return
    with (
        TemporaryDirectory(prefix="dateline-soak-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        add_sample(archive)
        yield archive


def soaked(path: Path | None, count: int) -> Iterator[tuple[int, Measured]]:
    """Ask so many questions; after each, how many were asked, and what is in use."""
    lines = Path(__file__).with_name("questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    with opened(path) as archive:
        chain = build_chain(archive)
        for number, question in enumerate(itertools.islice(itertools.cycle(questions), count), 1):
            chain.invoke({"question": question, "history": []})
            yield number, in_use()


def ingested(count: int) -> Iterator[tuple[int, Measured]]:
    """Ingest so often; after each run, its number and what is in use."""
    with (
        TemporaryDirectory(prefix="dateline-soak-") as folder,
        Archive.open(Path(folder) / "archive", create=True) as archive,
    ):
        for number in range(1, count + 1):
            batch = [made(number)]
            if number % 3 == 0:
                batch.append(made(number - 2, " A later text says so too."))
            with archive.writing():
                list(archive.add((a, passages(archive, a)) for a in batch))
                if number % 4 == 0:
                    archive.withdraw_articles([made(number - 3).id])
                archive.index()
            yield number, in_use()


def made(number: int, more: str = "") -> Article:
    """An article that is like no other."""
    body = (
        f"Ferry {number} to Incheon carried {number * 37 % 9001:,} crates on its first day.{more}"
    )
    return Article(
        key=f"soak:{number}",
        headline=f"Ferry {number} sails",
        body=f"{body}\n\nThe port expects {number * 11 % 997} such ferries, officials said.",
        outlet="Made Wire",
        language="en",
        source="soak",
        path=f"{number}.md",
        published=Dated("2026-01-02", "made"),
    )


def in_use() -> Measured:
    """What this process holds now."""
    process = psutil.Process(os.getpid())
    return process.memory_info().rss, process.num_fds()


def shown(number: int, what: str, measured: Measured) -> None:
    """Print what is in use after so many rounds."""
    print(f"{number:5} {what}: {measured[0] / 1e6:.0f} MB, {measured[1]} files open", flush=True)


def judged(before: Measured, after: Measured, *, ingest: bool) -> int:
    """The exit status: 0 if memory stayed and no more files are open."""
    change = after[0] / before[0] - 1
    print(
        f"memory {change:+.1%} ({(after[0] - before[0]) / 1e6:+.0f} MB) since the warm-up; "
        f"files {after[1] - before[1]:+}"
    )
    more = after[0] - before[0] > GROWTH if ingest else abs(change) > CHANGE
    return int(more or after[1] > before[1])


if __name__ == "__main__":
    main()
