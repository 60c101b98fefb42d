"""Questions as people ask them, answered for judging by readers.

    python -m benchmarks.open_questions SHARED --archive DIR --out FILE

Asks the questions of SHARED/eval/open of the archive of White House documents in DIR (made as
benchmarks/set_aside.py makes it) and of the sample archive, each as a conversation of its own.
Writes each answer with what it cites and suggests, one JSON object a line. The rubric stands
beside the questions; the marks that two readers gave are in open_judged.jsonl.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from benchmarks.set_aside import TODAY, archives
from chatbot import build_chain
from ingest import run
from vectorstore import Archive

HOUSE = "archives/white-house"


def questions(shared: Path) -> Iterator[tuple[str, str]]:
    """The questions, each with the heading that it stands under; those over either archive are
    asked of the sample."""
    heading = ""
    for line in (shared / "eval" / "open" / "questions.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = HOUSE if HOUSE in line else "sample"
        elif line.strip():
            yield line.strip(), heading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(folder, create=True) as sample,
        Archive.open(archives(args.shared, args.archive)["white-house"]) as house,
        args.out.open("w", encoding="utf-8") as file,
    ):
        run(sample, [Path(str(files("ingest") / "sample"))])
        chains = {HOUSE: build_chain(house), "sample": build_chain(sample)}
        for question, name in questions(args.shared):
            began = time.perf_counter()
            answer = chains[name].invoke({"question": question, "today": TODAY})
            row = {
                "question": question,
                "archive": name,
                "answer": " ".join(part for part in (answer.text, answer.notice) if part),
                "cited": [f"{c.number}: {c.article.headline}" for c in answer.citations],
                "suggested": answer.suggested,
                "seconds": round(time.perf_counter() - began, 2),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
