"""Memory over many questions in a row: does anything grow?

    python -m benchmarks.soak ARCHIVE [--questions 500] [--warm 100]

Asks the questions of benchmarks/questions.jsonl in turn, and prints the resident memory after the
warm-up and at the end, with the open file descriptors. Exit status 1 if memory grew by more than
5 % after the warm-up, or descriptors grew.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
from pathlib import Path

import psutil

from chatbot import build_chain
from vectorstore import Archive

GROWTH = 0.05


def main() -> None:
    """Ask, measure, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--warm", type=int, default=100)
    options = parser.parse_args()
    lines = Path(__file__).with_name("questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines if line.strip()]
    process = psutil.Process(os.getpid())
    with Archive.open(options.archive) as archive:
        chain = build_chain(archive)
        before = (0, 0)
        for number, question in enumerate(
            itertools.islice(itertools.cycle(asked), options.questions)
        ):
            if number == options.warm:
                before = process.memory_info().rss, process.num_fds()
            chain.invoke({"question": question, "history": []})
        after = process.memory_info().rss, process.num_fds()
    grown = after[0] / before[0] - 1
    print(f"{options.questions} questions: {before[0] / 1e6:.0f} MB after {options.warm}, ", end="")
    print(
        f"{after[0] / 1e6:.0f} MB at the end ({grown:+.1%}); {before[1]} and {after[1]} files open"
    )
    sys.exit(int((abs(grown) > GROWTH and grown > 0) or after[1] > before[1]))


if __name__ == "__main__":
    main()
