"""The questions set aside from training, asked of the archives that they are about.

    python -m benchmarks.set_aside SHARED --archive DIR [--split dev] [--at-once N]
                                   [--out FILE] [--check]

Of the White House documents in SHARED, of the news texts in training/data and of the Federal
Register's abstracts that are asked about, each an archive under DIR (made where it is not there).
`found@5` is the share of answerable questions whose sentence stands in one of the first five
passages; `right` those whose answer quotes it, or has the words that answer; `first` those where
its first sentence does. `abstained` is for questions that nothing answers, `wrongly` for the rest.
With several questions at once less is read for each, as where many people ask.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from chatbot import build_chain
from vectorstore import Archive, Hit

DATA = Path(__file__).parent.parent / "training" / "data"
TODAY = date(2026, 11, 24)
FLOORS = Path(__file__).with_name("set_aside_floors.json")
HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class Asked:
    """What a question got."""

    row: dict[str, Any]
    found: int
    """The place of the passage that answers among those found, from 1; 0 for none."""
    right: bool
    first: bool
    abstained: bool
    seconds: float
    text: str


def rows(split: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Questions and passages."""
    passages = {p["k"]: p for p in _lines("passages")}
    return [q for q in _lines("questions") if q["split"] == split], passages


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def archives(shared: Path, work: Path) -> dict[str, Path]:
    """The archives by the source of a passage, made where they are not there."""
    work.mkdir(parents=True, exist_ok=True)
    register = work / "register.jsonl"
    wanted = [p for p in _lines("passages") if p["source"] == "federal-register"]
    with register.open("w", encoding="utf-8") as file:
        for p in wanted:
            row = {"headline": p["headline"], "outlet": p["outlet"], "published": p["date"]}
            file.write(json.dumps(row | {"body": p["text"], "url": p["document"]}) + "\n")
    house = shared / "archives" / "white-house"
    return {
        "white-house": _made(house, work / "white-house"),
        "news": news_archive(work),
        "federal-register": _made(register, work / "federal-register"),
    }


def news_archive(work: Path) -> Path:
    """The archive of the news texts that were written for training, made where it is not there."""
    return _made(_written(work / "news.jsonl", "articles"), work / "news")


def dossier_archive(work: Path) -> Path:
    """The same, and the matters, of several articles each, that broad requests ask about."""
    return _made(_written(work / "dossiers.jsonl", "articles", "dossiers"), work / "dossiers")


def _written(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for a in (a for name in names for a in _lines(name)):
            made = {k: a[k] for k in ("headline", "outlet", "body")} | {"published": a["date"]}
            file.write(json.dumps(made, ensure_ascii=False) + "\n")
    return path


def _made(source: Path, folder: Path) -> Path:
    if not (folder / "dense" / "manifest.json").exists():
        command = [sys.executable, "-m", "ui", "ingest", str(source)]
        subprocess.run([*command, "--archive", str(folder)], check=False)
    return folder


def ask(chain: Any, row: dict[str, Any], passages: dict[str, Any]) -> Asked:
    """Ask one question, and hold its answer against the sentence that answers."""
    began = time.perf_counter()
    answer = chain.invoke({"question": row["q"], "history": [], "today": TODAY})
    seconds = time.perf_counter() - began
    wanted = [(passages[a["passage"]], a) for a in row["answers"]]
    quotes = [[c.quote for c in claim.citations] for claim in answer.claims]
    right = bool(wanted) and not answer.abstained
    return Asked(
        row,
        _found(answer.nearest, wanted) if wanted else 0,
        right and all(told([q for own in quotes for q in own], p, a) for p, a in wanted),
        right and any(told(quotes[0], p, a) for p, a in wanted) if quotes else False,
        answer.abstained,
        seconds,
        answer.text,
    )


def told(quotes: Sequence[str], passage: Any, answer: Any) -> bool:
    """Whether quotes have most of the sentence that answers, or the words that do and enough of
    what else it says to be about the same."""
    a, b = passage["sentences"][answer["sentence"]]
    sentence = set(_words(passage["text"][a:b]))
    span = _plain(passage["text"][answer["start"] : answer["end"]])
    for quote in quotes:
        shared = len(sentence & set(_words(quote))) / max(1, len(sentence))
        if shared >= 0.6 or (len(span) >= 3 and span in _plain(quote) and shared >= 0.25):
            return True
    return False


def _found(hits: Sequence[Hit], wanted: Sequence[Any]) -> int:
    for place, hit in enumerate(hits, 1):
        if any(told([hit.text], p, a) for p, a in wanted):
            return place
    return 0


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _words(text: str) -> list[str]:
    return re.findall(r"\w{2,}", text.lower())


def figures(asked: Sequence[Asked]) -> dict[str, float]:
    """The figures of some questions, by name."""
    held = [a for a in asked if a.row["answers"]]
    none = [a for a in asked if not a.row["answers"]]
    share = lambda values: round(statistics.mean(values), 3) if values else float("nan")  # noqa: E731
    return {
        "n": len(held),
        "found@5": share([0 < a.found <= 5 for a in held]),
        "found@20": share([a.found > 0 for a in held]),
        "right": share([a.right for a in held]),
        "first": share([a.first for a in held]),
        "wrongly": share([a.abstained for a in held]),
        "none": len(none),
        "abstained": share([a.abstained for a in none]),
        "ms": round(1000 * statistics.median(a.seconds for a in asked)),
    }


def groups(asked: Sequence[Asked], passages: dict[str, Any]) -> dict[str, list[Asked]]:
    """The questions by source, kind and language."""
    made: dict[str, list[Asked]] = {"all": list(asked)}
    for a in asked:
        made.setdefault(passages[a.row["k"]]["source"], []).append(a)
        language = "Hangul" if HANGUL.search(a.row["q"]) else "Latin"
        made.setdefault(language, []).append(a)
        if a.row["answers"]:
            made.setdefault(f"kind: {a.row['kind']}", []).append(a)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--at-once", type=int, default=1, metavar="N")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    questions, passages = rows(args.split)
    asked: list[Asked] = []
    for name, folder in archives(args.shared, args.archive).items():
        with Archive.open(folder) as archive:
            chain = build_chain(archive)
            own = [q for q in questions if passages[q["k"]]["source"] == name]
            with ThreadPoolExecutor(args.at_once) as people:
                asked += people.map(partial(ask, chain, passages=passages), own)
    made = {name: figures(some) for name, some in groups(asked, passages).items()}
    names = list(made["all"])
    print(f"{'':18}" + "".join(f"{n:>11}" for n in names))
    for name, values in made.items():
        print(f"{name:18}" + "".join(f"{values[n]:>11}" for n in names))
    if args.out:
        with args.out.open("w", encoding="utf-8") as file:
            for a in asked:
                told = {"found": a.found, "right": a.right, "first": a.first}
                row = a.row | told | {"abstained": a.abstained, "text": a.text}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if args.check:
        low = short_of(made["all"], json.loads(FLOORS.read_text()))
        if low:
            sys.exit("\n".join(low))


def short_of(values: dict[str, float], floors: dict[str, dict[str, float]]) -> list[str]:
    """The figures that are worse than their floors, in words."""
    low = [f"{n}: {values[n]} < {v}" for n, v in floors["at least"].items() if values[n] < v]
    return low + [f"{n}: {values[n]} > {v}" for n, v in floors["at most"].items() if values[n] > v]


if __name__ == "__main__":
    main()
