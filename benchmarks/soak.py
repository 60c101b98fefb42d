"""Memory over many questions in a row: does anything grow?

    python -m benchmarks.soak [ARCHIVE] [--questions 500] [--warm 100]

Asks the questions of benchmarks/questions.jsonl in turn, of an archive or of the sample, which is
built first. Prints the resident memory and the open file descriptors after the warm-up, every 50
questions, and at the end. Exit status 1 if memory has changed by more than 5 % since the warm-up,
or descriptors grew. A run that is interrupted is judged by what was asked until then.
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
from vectorstore import Archive

CHANGE = 0.05
EVERY = 50

Measured = tuple[int, int]
"""Bytes of resident memory, and open file descriptors."""


def main() -> None:
    """Ask, measure, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, nargs="?")
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--warm", type=int, default=100)
    options = parser.parse_args()
    if not 0 < options.warm < options.questions:
        parser.error("--warm is at least 1, and smaller than --questions")
    seen: dict[int, Measured] = {}
    with opened(options.archive) as archive:
        try:
            for asked, measured in soaked(archive, options.questions):
                if asked % EVERY == 0 or asked in {options.warm, options.questions}:
                    seen[asked] = measured
                    shown(asked, measured)
        except KeyboardInterrupt:
            print("interrupted")
    if options.warm not in seen or len(seen) < 2:
        sys.exit("too few questions were asked to tell")
    sys.exit(judged(seen[options.warm], seen[max(seen)]))


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


def soaked(archive: Archive, count: int) -> Iterator[tuple[int, Measured]]:
    """Ask so many questions; after each, how many were asked, and what is in use."""
    lines = Path(__file__).with_name("questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    process, chain = psutil.Process(os.getpid()), build_chain(archive)
    for number, question in enumerate(itertools.islice(itertools.cycle(questions), count), 1):
        chain.invoke({"question": question, "history": []})
        yield number, (process.memory_info().rss, process.num_fds())


def shown(asked: int, measured: Measured) -> None:
    """Print what is in use after so many questions."""
    print(f"{asked:5} questions: {measured[0] / 1e6:.0f} MB, {measured[1]} files open", flush=True)


def judged(before: Measured, after: Measured) -> int:
    """The exit status: 0 if memory stayed and no more files are open."""
    change = after[0] / before[0] - 1
    print(f"memory {change:+.1%} since the warm-up; files {after[1] - before[1]:+}")
    return int(abs(change) > CHANGE or after[1] > before[1])


if __name__ == "__main__":
    main()
