"""Broad requests set aside from training, asked of an archive of invented news.

    python -m benchmarks.broad --archive DIR [--split broad] [--every N] [--out FILE] [--check]

Each request was written beside the articles of one matter, with the sentences that an answer of
about 120 words quotes ("must") and others that answer too ("also"). The archive holds all news
texts of training/data, so that the articles of other matters are there to be taken by mistake.
`recall` is the share of the sentences that must be told which are quoted, `precision` the share of
quoted sentences that answer, each a mean over the requests that were answered or should have been;
`right` is the share of answerable requests in whose answer at least half of what is quoted answers
and at least one must-sentence is; `silent` the share of unanswerable ones on which nothing is
quoted; `wrongly` that of answerable ones. `--every N` asks every N-th. With --check, exit status 1
if a figure of all together is worse than its floor in broad_floors.json.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.set_aside import TODAY, dossier_archive, rows, short_of
from chatbot import build_chain
from vectorstore import Archive

FLOORS = Path(__file__).with_name("broad_floors.json")


@dataclass(frozen=True)
class Told:
    """What a request got: of the sentences that must be told how many are quoted, and of what is
    quoted how much answers."""

    row: dict[str, Any]
    must: int
    quoted: int
    told: int
    good: int
    seconds: float
    text: str

    @property
    def recall(self) -> float:
        return self.told / self.must

    @property
    def precision(self) -> float:
        return self.good / self.quoted if self.quoted else 0.0


def ask(chain: Any, row: dict[str, Any], passages: dict[str, Any]) -> Told:
    """Ask one request, and hold the quotes of its answer against the sentences that answer."""
    began = time.perf_counter()
    answer = chain.invoke({"question": row["q"], "history": [], "today": TODAY})
    seconds = time.perf_counter() - began
    must = [sentence(passages[a["passage"]], a["sentence"]) for a in row["answers"]]
    also = [sentence(passages[key], i) for key, i in row.get("also", ())]
    quotes = [] if answer.abstained else [c.quote for k in answer.claims for c in k.citations]
    return Told(
        row,
        len(must),
        len(quotes),
        sum(any(same(q, s) for q in quotes) for s in must),
        sum(any(same(q, s) for s in must + also) for q in quotes),
        seconds,
        answer.text,
    )


def sentence(passage: dict[str, Any], number: int) -> str:
    """The text of a sentence of a passage."""
    a, b = passage["sentences"][number]
    return str(passage["text"][a:b])


def same(quote: str, text: str) -> bool:
    """Whether a quote is of a sentence: it, a part of it, or what holds it."""
    a, b = " ".join(quote.split()), " ".join(text.split())
    return a in b or b in a


def figures(told: list[Told]) -> dict[str, float]:
    """The figures of some requests, by name."""
    held, none = [t for t in told if t.must], [t for t in told if not t.must]

    def share(values: list[Any]) -> float:
        return round(statistics.mean(values), 3) if values else float("nan")

    return {
        "n": len(held),
        "recall": share([t.recall for t in held]),
        "precision": share([t.precision for t in held if t.quoted]),
        "right": share([t.precision >= 0.5 and t.told > 0 for t in held]),
        "wrongly": share([not t.quoted for t in held]),
        "none": len(none),
        "silent": share([not t.quoted for t in none]),
        "ms": round(1000 * statistics.median(t.seconds for t in told)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--split", default="broad")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    questions, passages = rows(args.split)
    questions = [q for q in questions if passages[q["k"]]["source"] == "news"][:: args.every]
    with Archive.open(dossier_archive(args.archive)) as archive:
        chain = build_chain(archive)
        told = [ask(chain, row, passages) for row in questions]
    groups: dict[str, list[Told]] = {"all": told}
    for t in told:
        groups.setdefault(t.row["request"], []).append(t)
    names = list(figures(told))
    print(f"{'':18}" + "".join(f"{n:>11}" for n in names))
    for name, some in groups.items():
        values = figures(some)
        print(f"{name:18}" + "".join(f"{values[n]:>11}" for n in names))
    if args.out:
        with args.out.open("w", encoding="utf-8") as file:
            for t in told:
                counts = {"must": t.must, "quoted": t.quoted, "told": t.told, "good": t.good}
                row = t.row | counts | {"text": t.text}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if args.check:
        below = short_of(figures(told), json.loads(FLOORS.read_text()))
        if below:
            sys.exit("\n".join(below))


if __name__ == "__main__":
    main()
