"""Requests of every kind over the sample archive: whether they are taken and answered as such.

    python -m benchmarks.requests [--archive DIR] [--out FILE] [--check]

requests.jsonl holds ten or so requests of each kind, written by readers of the sample who did not
see the answers: what kind it is, which articles a good answer may cite and how many of them it
must, or what it must say. An answer is right if it cites enough of those and at most as many
others, or says what it must; of greetings and the like, if it cites nothing and says something.
With --check, exit status 1 if a figure is below its floor in requests_floors.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from chatbot import Answer, build_chain
from ingest import run
from vectorstore import Archive

HERE = Path(__file__).parent
TODAY = date(2026, 11, 30)


@dataclass(frozen=True)
class Asked:
    """A request and what came of it."""

    row: dict[str, Any]
    taken: bool
    right: bool
    seconds: float
    first: float
    text: str


def ask(chain: Any, row: dict[str, Any]) -> Asked:
    """Ask one request; `first` is when its first words were there."""
    began, first, whole = time.perf_counter(), 0.0, Answer()
    for part in chain.stream({"question": row["q"], "today": TODAY}):
        whole += part
        if not first and (part.claims or part.message):
            first = time.perf_counter() - began
    seconds = time.perf_counter() - began
    taken = whole.query is not None and whole.query.request == row["request"]
    return Asked(row, taken, right(row, whole), seconds, first or seconds, whole.text)


def right(row: dict[str, Any], answer: Answer) -> bool:
    """Whether an answer cites what it should, or says what it must."""
    cited = {Path(c.article.path).stem for c in answer.citations}
    good = cited & set(row["cites"])
    if not row["at_least"]:
        return row.get("says", "").lower() in answer.text.lower() and bool(answer.text)
    said = row.get("says", "").lower() in answer.text.lower()
    return said and len(good) >= row["at_least"] and len(cited - good) <= len(good)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    rows = [json.loads(line) for line in (HERE / "requests.jsonl").read_text("utf-8").splitlines()]
    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(args.archive or folder, create=True) as archive,
    ):
        run(archive, [Path(str(files("ingest") / "sample"))])
        chain = build_chain(archive)
        chain.invoke({"question": "What was agreed?"})
        asked = [ask(chain, row) for row in rows]
    kinds = dict.fromkeys(row["request"] for row in rows)
    made = {kind: figures([a for a in asked if a.row["request"] == kind]) for kind in kinds}
    made["all"] = figures(asked)
    print(f"{'':12}" + "".join(f"{name:>9}" for name in made["all"]))
    for kind, values in made.items():
        print(f"{kind:12}" + "".join(f"{value:>9}" for value in values.values()))
    if args.out:
        with args.out.open("w", encoding="utf-8") as file:
            for a in asked:
                row = a.row | {"taken": a.taken, "right": a.right, "text": a.text}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if args.check:
        floors = json.loads((HERE / "requests_floors.json").read_text())
        low = [
            f"{kind}: {name} {made[kind][name]} < {floor}"
            for kind, wanted in floors.items()
            for name, floor in wanted.items()
            if made[kind][name] < floor
        ]
        if low:
            sys.exit("\n".join(low))


def figures(asked: list[Asked]) -> dict[str, float]:
    """How many were taken for their kind and answered rightly, and how fast (ms)."""
    seconds = sorted(a.seconds for a in asked)
    return {
        "n": len(asked),
        "taken": sum(a.taken for a in asked),
        "right": sum(a.right for a in asked),
        "first": round(1000 * statistics.median(a.first for a in asked)),
        "median": round(1000 * statistics.median(seconds)),
        "p95": round(1000 * seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]),
    }


if __name__ == "__main__":
    main()
