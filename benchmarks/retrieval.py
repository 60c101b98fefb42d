"""Retrieval measured on question sets, beside peers over the same archive and model.

    python -m benchmarks.retrieval SHARED [--sets gold,sample] [--peers dateline,bm25s]
        [--archive DIR] [--out FILE] [--against FILE] [--check] [--limit N]

Prints recall, MRR and nDCG by passage span and by article, by category, with the latency of
a question; and how the first system differs from each other, with the p of a paired
sign-flip test. `--out` writes everything as JSON; `--against` compares with such a file.
With --check, exit status 1 if a figure is below its floor in retrieval_floors.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import peers, sets
from chatbot.evaluation.metrics import (
    compare_paired,
    gold_groups,
    mean_metrics,
    rank_metrics,
    ranks,
)
from vectorstore import Archive

FLOORS = Path(__file__).with_name("retrieval_floors.json")
SHOWN = ("found@1", "found@5", "found@10", "recall@5", "recall@20", "mrr", "ndcg@10")
SHOWN += ("article found@5", "article mrr", "ms", "ms p95")
COMPARED = ("found@5", "mrr")

Rows = list[dict[str, Any]]


def asked(ask: peers.Ask, questions: sets.QuestionSet, limit: int | None) -> Rows:
    """A row for each question with gold: id, category, ms and scores."""
    rows = [row for row in questions.rows if row.get("gold")][:limit]
    ask(rows[0])
    made = []
    for row in rows:
        began = time.perf_counter()
        retrieved = ask(row)
        ms = (time.perf_counter() - began) * 1000
        found = ranks(gold_groups(row, questions.files), retrieved)
        own = rank_metrics(found.spans)
        own |= {f"article {name}": x for name, x in rank_metrics(found.articles).items()}
        category = row.get("category") or ""
        made.append({"id": row["id"], "category": category, "ms": round(ms, 1), "scores": own})
    return made


def table(name: str, system: str, rows: Rows) -> None:
    print(f"\n{name}, {system}")
    print("".join([f"{'category':18}{'n':>5}", *(f"{s:>16}" for s in SHOWN)]))
    for category, means in mean_metrics(rows).items():
        values = [f"{means.get(s, float('nan')):16.{1 if 'ms' in s else 3}f}" for s in SHOWN]
        print(f"{category:18}{means['n']:5.0f}{''.join(values)}")


def difference(name: str, rows: Rows, others: Rows) -> None:
    """Prints how `rows` differ from `others` on the questions that both have."""
    before = {row["id"]: row["scores"] for row in others}
    both = [row for row in rows if row["id"] in before]
    for measure in COMPARED:
        one = [before[row["id"]][measure] for row in both]
        gap, low, high, p = compare_paired(one, [row["scores"][measure] for row in both])
        print(f"  {measure} against {name}: {gap:+.3f} [{low:+.3f}, {high:+.3f}], p = {p:.4f}")


def below(results: dict[str, dict[str, Rows]]) -> list[str]:
    """What of Dateline's figures does not reach its floor."""
    found = []
    for name, floors in json.loads(FLOORS.read_text()).items():
        if name in results:
            means = mean_metrics(results[name]["dateline"])["ALL"]
            found += [
                f"{name}: {measure} is {means[measure]:.3f}, floor {floor}"
                for measure, floor in floors.items()
                if means[measure] < floor
            ]
    return found


def run(args: argparse.Namespace, work: Path) -> dict[str, dict[str, Rows]]:
    results: dict[str, dict[str, Rows]] = {}
    for name in args.sets.split(","):
        questions = sets.load(name, args.shared, work)
        results[name] = {}
        with Archive.open(questions.archive) as archive:
            for system in args.peers.split(","):
                rows = asked(peers.PEERS[system](archive), questions, args.limit)
                results[name][system] = rows
                table(name, system, rows)
        first, *others = results[name].items()
        for system, rows in others:
            difference(f"{system}, {name}", first[1], rows)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--sets", default="sample,gold")
    parser.add_argument("--peers", default="dateline")
    parser.add_argument("--archive", type=Path, help="where the archives are, or are built")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--limit", type=int, help="so many questions of a set")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = args.archive or Path(temporary)
        results = run(args, work)
    if args.against:
        before = json.loads(args.against.read_text())
        for name, systems in results.items():
            for system, rows in systems.items():
                if others := before.get(name, {}).get(system):
                    difference(f"{args.against.name}, {name}, {system}", rows, others)
    if args.out:
        args.out.write_text(json.dumps(results, ensure_ascii=False))
    if args.check and (failures := below(results)):
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
