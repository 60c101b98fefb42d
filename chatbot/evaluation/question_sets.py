"""Question sets: asked one by one, their results written down as JSON Lines and measured."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from chatbot.chain import build_chain
from chatbot.evaluation.metrics import gold_groups, rank_metrics, ranks
from chatbot.values import Answer, Inputs
from vectorstore import Archive, InputError, Progress, no_progress

SHOWN = 20
"""Retrieved passages in a result line."""


def evaluate(
    archive: Archive, questions: Path, out: Path, *, progress: Progress = no_progress
) -> int:
    """Ask every question of a JSON Lines file; returns how many.

    A line has id, question, and optionally history and as_of (ISO day, taken as today). A
    result line has id, retrieved (path and text, best first), answer, abstained, cited
    (path and quote) and ms. Raises InputError for a line that cannot be asked.
    """
    inputs_by_id = list(_read(questions))
    chain = build_chain(archive, k=SHOWN)
    archive.search("warm up", k=1)
    archive.reader.warm()
    with out.open("w", encoding="utf-8") as file:
        for done, (key, inputs) in enumerate(inputs_by_id, 1):
            began = time.perf_counter()
            answer = chain.invoke(inputs)
            ms = (time.perf_counter() - began) * 1000
            line = {"id": key, **result_row(answer), "ms": round(ms, 1)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            progress("Asking", done, len(inputs_by_id))
    return len(inputs_by_id)


def measure(questions: Path, results: Path, files: Path | None = None) -> list[dict[str, Any]]:
    """Measure a file of results: a row for each question that has gold.

    A row has `id`, `category`, `ms` and `scores`, the metrics of `metrics.rank_metrics` by
    passage span and by article ("article mrr", …). `files` is the folder in whose files the
    gold's offsets count. Raises InputError if a file cannot be read.
    """
    got = {row["id"]: row for _, row in _rows(results)}
    rows = []
    for _, row in _rows(questions):
        try:
            groups = gold_groups(row, files)
        except (OSError, KeyError) as error:
            raise InputError(f"{questions}: no gold for {row.get('id')} ({error!r})") from error
        if groups and row["id"] in got:
            own = got[row["id"]]
            found = ranks(groups, own["retrieved"])
            by_article = {f"article {n}": x for n, x in rank_metrics(found.articles).items()}
            rows.append(
                {
                    "id": row["id"],
                    "category": row.get("category") or "",
                    "ms": own.get("ms"),
                    "scores": rank_metrics(found.spans) | by_article,
                }
            )
    return rows


def result_row(answer: Answer) -> dict[str, Any]:
    """An answer as a result line has it; the text is without citation numbers."""
    return {
        "retrieved": [{"path": h.article.path, "text": h.text} for h in answer.nearest[:SHOWN]],
        "answer": "\n\n".join(c.text for c in answer.claims) or answer.message,
        "abstained": answer.abstained,
        "cited": [{"path": c.article.path, "quote": c.quote} for c in answer.citations],
    }


def _read(questions: Path) -> Iterator[tuple[str, Inputs]]:
    for number, row in _rows(questions):
        try:
            today = date.fromisoformat(row["as_of"]) if row.get("as_of") else None
            inputs = {"question": row["question"], "history": row.get("history") or []}
            yield str(row["id"]), inputs | {"today": today}
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{questions}, line {number}: not a question ({error!r}); it needs id "
                "and question, and may have history and as_of"
            ) from error


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with the number of its line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append((number, dict(json.loads(line))))
            except (ValueError, TypeError) as error:
                raise InputError(f"{path}, line {number}: not an object ({error!r})") from error
    return found
