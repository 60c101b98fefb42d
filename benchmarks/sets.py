"""The question sets of the retrieval benchmark, and the archives that they are about.

gold      60 questions over White House documents, exact spans (SHARED/eval/gold)
seed      12 questions on one article (SHARED/eval/gold)
sample    questions over the sample archive (sample_questions.jsonl, the project's own)
multihop  questions of several documents each, over the facts of 400 articles
known     known-item questions made from the White House archive itself (known_items.py)
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import known_items
from ingest import add_sample
from vectorstore import Archive

HERE = Path(__file__).parent
MULTIHOP = "eval/multihop-rag-sample"


@dataclass(frozen=True)
class QuestionSet:
    """Questions in the gold format, the archive they are asked of, and its files."""

    name: str
    archive: Path
    rows: list[dict[str, Any]]
    files: Path | None = None


def load(name: str, shared: Path, work: Path) -> QuestionSet:
    """A set by name, its archive built under `work` unless it is there."""
    return {
        "gold": lambda: _gold("dev", "archives/white-house", shared, work / "dev"),
        "seed": lambda: _gold("seed_dev", "seeds", shared, work / "seed_dev"),
        "sample": lambda: _sample(work / "sample"),
        "multihop": lambda: _multihop(shared / MULTIHOP, work),
        "known": lambda: _known(shared, work),
    }[name]()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def ingested(source: Path, archive: Path) -> Path:
    """An archive of files, built where there is none."""
    if not (archive / "dense" / "manifest.json").exists():
        command = [sys.executable, "-m", "ui", "ingest", str(source), "--archive", str(archive)]
        subprocess.run(command, check=False)
    return archive


def _gold(name: str, files: str, shared: Path, archive: Path) -> QuestionSet:
    rows = list(lines(shared / "eval" / "gold" / f"{name}.jsonl"))
    return QuestionSet(name, ingested(shared / files, archive), rows, shared / files)


def _sample(archive: Path) -> QuestionSet:
    if not (archive / "dense" / "manifest.json").exists():
        with Archive.open(archive, create=True) as made:
            add_sample(made)
    return QuestionSet("sample", archive, list(lines(HERE / "sample_questions.jsonl")))


def _multihop(folder: Path, work: Path) -> QuestionSet:
    """Articles of the facts that were taken from them; a question wants each of its facts."""
    made = work / "multihop.jsonl"
    articles: dict[str, list[dict[str, Any]]] = {}
    for fact in lines(folder / "facts_corpus_derived.jsonl"):
        articles.setdefault(fact["url"], []).append(fact)
    work.mkdir(parents=True, exist_ok=True)
    with made.open("w", encoding="utf-8") as file:
        for facts in articles.values():
            file.write(json.dumps(_article(facts), ensure_ascii=False) + "\n")
    places = {
        fact["id"]: {"path": f"{made.name}#{number}", "quote": fact["fact"]}
        for number, facts in enumerate(articles.values(), 1)
        for fact in facts
    }
    wanted: dict[str, list[str]] = {}
    for line in (folder / "qrels_facts_derived.tsv").read_text().split("\n"):
        if line.strip():
            query, _, fact, _ = line.split("\t")
            wanted.setdefault(query, []).append(fact)
    rows = [
        {
            "id": query["id"],
            "category": query["question_type"],
            "question": query["question"],
            "gold": [places[fact] | {"group": i} for i, fact in enumerate(wanted[query["id"]])],
        }
        for query in json.loads((folder / "queries.json").read_text("utf-8"))["queries"]
        if query["id"] in wanted
    ]
    return QuestionSet("multihop", ingested(made, work / "multihop"), rows)


def _article(facts: list[dict[str, Any]]) -> dict[str, str]:
    """An article as the ingest reads it from JSON Lines: a paragraph for each fact."""
    first = facts[0]
    return {
        "title": first["title"],
        "body": "\n\n".join(fact["fact"] for fact in facts),
        "outlet": first["source"],
        "byline": first["author"],
        "published": first["published_at"],
        "url": first["url"],
    }


def _known(shared: Path, work: Path) -> QuestionSet:
    archive = ingested(shared / "archives/white-house", work / "dev")
    return QuestionSet("known", archive, known_items.made(archive))
