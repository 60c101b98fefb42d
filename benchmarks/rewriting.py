"""Follow-ups measured beside human rewrites, and turns that need the ones before them.

    python benchmarks/rewriting.py SHARED [-v]

SHARED holds eval/trec-cast and eval/mtrag-un. For each turn of TREC CAsT 2020 the terms that
Dateline carries over are compared with the terms that the human rewrite added to the turn:
precision and recall over all added terms, and how often a turn that the human changed, or
did not, is told as such. Carrying over the whole of the last question, or of all earlier
ones, is measured beside it. Earlier turns are given as they were typed. For mtrag-un: how
often the last turn is read as leaning on the others, by its label there.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from chatbot.understanding.rewriting import depends_on_context, standalone_question
from chatbot.understanding.turns import Turn
from vectorstore import question_terms

Carry = Callable[[str, Sequence[Turn]], set[str]]


def dateline(question: str, turns: Sequence[Turn]) -> set[str]:
    read = standalone_question(question, turns)
    return set(question_terms(" ".join(read.carried)))


def last_question(question: str, turns: Sequence[Turn]) -> set[str]:
    return set(question_terms(turns[-1].question)) if turns else set()


def all_questions(question: str, turns: Sequence[Turn]) -> set[str]:
    return {t for turn in turns for t in question_terms(turn.question)}


def nothing(question: str, turns: Sequence[Turn]) -> set[str]:
    return set()


def cast_turns(path: Path) -> Iterator[tuple[str, str, list[Turn]]]:
    """What was typed, the human rewrite, and the turns before it."""
    for topic in json.loads(path.read_text("utf-8")):
        before: list[Turn] = []
        for turn in topic["turn"]:
            yield turn["raw_utterance"], turn["manual_rewritten_utterance"], list(before)
            before.append(Turn(turn["raw_utterance"]))


def cast(path: Path, verbose: bool) -> None:
    rows = [row for row in cast_turns(path) if row[2]]
    print(f"TREC CAsT 2020: {len(rows)} turns with turns before them")
    heads = f"{'precision':>10}{'recall':>8}{'F1':>8}{'changed told':>14}{'unchanged':>11}"
    print(f"{'carried over':16}{heads}")
    for carry in (nothing, last_question, all_questions, dateline):
        right = given = wanted = changed = told = same = kept = 0
        for raw, rewritten, turns in rows:
            own = set(question_terms(raw))
            added = set(question_terms(rewritten)) - own
            carried = carry(raw, turns) - own
            right, given = right + len(added & carried), given + len(carried)
            wanted += len(added)
            changed, told = changed + bool(added), told + bool(added and carried)
            same, kept = same + (not added), kept + (not added and not carried)
            if verbose and carry is dateline and added != carried:
                print(f"   {raw!r} wanted {sorted(added)} got {sorted(carried)}")
        precision, recall = right / max(given, 1), right / max(wanted, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(
            f"{carry.__name__:16}{precision:10.2f}{recall:8.2f}{f1:8.2f}"
            f"{told / max(changed, 1):14.2f}{kept / max(same, 1):11.2f}"
        )


def mtrag(path: Path) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        users = [t["text"] for t in row["input"] if t["speaker"] == "user"]
        if len(users) < 2:
            continue
        for label in (*row["Multi-Turn"], *row["answerability"]):
            counts[label][0] += 1
            counts[label][1] += depends_on_context(users[-1])
    print("\nmtrag-un: turns read as leaning on those before them, by label")
    for label, (n, leaning) in sorted(counts.items()):
        print(f"{label:24}{n:5}{leaning / n:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    cast(args.shared / "eval/trec-cast/2020_manual_evaluation_topics_v1.0.json", args.verbose)
    mtrag(args.shared / "eval/mtrag-un/reference.jsonl")


if __name__ == "__main__":
    main()
