"""The last small models, over all that is known of the sentences: which comes first, and how
likely any of them answers. Fitted on questions that neither trained model has seen.

    python -m training.answering SHARED --archive DIR [--out FILE] [--cache FILE]

Asks the questions set aside for this of the archives that they are about (made in DIR as
benchmarks/set_aside.py makes them); fits what is read first (a softmax over a question's sentences
by what is counted), the ordering (the same with what the reader says) and the likelihood (a
logistic model over ANSWERABILITY_FEATURES); prints, with five-fold cross-validation, what comes of
reading fewer hits and what each threshold answers and abstains from; and writes
chatbot/lexicon/weights.toml.
"""

from __future__ import annotations

import argparse
import pickle
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.set_aside import archives, rows
from chatbot.reading.answerability import (
    ANSWERABILITY_FEATURES,
    PROMISING_HITS,
    SUFFICIENT_LIKELIHOOD,
)
from chatbot.reading.candidates import COUNTED_FEATURES, FEATURES
from training.examples import (
    MOST_READ,
    Example,
    Flags,
    Floats,
    Labelled,
    counted_examples,
    examples,
)
from training.linear_models import Models, fit_order, reorder
from vectorstore import Archive

WEIGHTS = Path(__file__).parent.parent / "chatbot" / "lexicon" / "weights.toml"
THRESHOLDS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)


def cross_validated(data: Sequence[Example]) -> list[tuple[Example, float, Flags]]:
    """Five folds: each example with its likelihood, and which of its sentences answer as they are
    then ordered."""
    questions = sorted({e.question for e in data})
    random.Random(0).shuffle(questions)
    scored = []
    for fold in (set(questions[i::5]) for i in range(5)):
        models = Models.of([e for e in data if e.question not in fold])
        for e in (e for e in data if e.question in fold):
            ranked, right = reorder(e, models.order)
            scored.append((e, models.likelihood(ranked), right))
    return scored


def measure(data: Sequence[Example]) -> None:
    """What would be answered, what abstained from."""
    scored = cross_validated(data)
    answerable = [(e, p, r) for e, p, r in scored if e.kind == "answerable"]
    for name in ("all", *sorted({e.source for e in data})):
        own = [r for e, _, r in answerable if name in ("all", e.source)]
        shares = [np.mean([r[:n].any() for r in own]) for n in (1, 3, 10)]
        print(
            f"{name}: {len(own)} questions, right in 1, 3, 10: "
            + " ".join(f"{s:.3f}" for s in shares)
        )
    read = [
        e.right[int(np.argmax([w.reader_score for w in e.sentences]))] for e, _, _ in answerable
    ]
    print(f"by the reader alone: right first {np.mean(read):.3f}")
    for kind in ("unanswerable", "removed"):
        both = [(p, e.kind == "answerable") for e, p, _ in scored if e.kind in ("answerable", kind)]
        area = roc_auc_score([k for _, k in both], [p for p, _ in both])
        print(f"area under the curve against {kind}: {area:.3f}")
    for t in THRESHOLDS:
        right = np.mean([p >= t and r[:3].any() for _, p, r in answerable])
        silent = {
            k: np.mean([p < t for e, p, _ in scored if e.kind == k])
            for k in ("answerable", "unanswerable", "removed")
        }
        print(
            f"from {t:.2f}: right in three {right:.3f}; abstained: "
            + ", ".join(f"{k} {v:.3f}" for k, v in silent.items())
        )
    print("reliability (likelihood, share that can be answered, questions):")
    for low in np.arange(0, 1, 0.1):
        own = [(p, e.kind == "answerable") for e, p, _ in scored if low <= p < low + 0.1]
        if own:
            said, came = np.mean(own, axis=0)
            print(f"  {said:.2f}  {came:.2f}  {len(own)}")


def as_read(data: Sequence[Example]) -> list[Example]:
    """The examples with the hits that the product reads: more where the first do not suffice."""
    both = [(e.reading(PROMISING_HITS), e) for e in data]
    models = Models.of([few for few, _ in both if few.sentences])

    def suffices(few: Example) -> bool:
        return (
            bool(few.sentences)
            and models.likelihood(reorder(few, models.order)[0]) >= SUFFICIENT_LIKELIHOOD
        )

    return [few if suffices(few) else every for few, every in both]


def reading_fewer(data: Sequence[Example]) -> None:
    """What comes of reading only the first hits, with five folds for each number of them."""
    for most in (2, 3, 4, 5, 6, 8, MOST_READ):
        own = [e.reading(most) for e in data]
        scored = cross_validated([e for e in own if e.sentences])
        answerable = [(p, right) for e, p, right in scored if e.kind == "answerable"]
        areas = (
            roc_auc_score(
                [e.kind == "answerable" for e, _, _ in scored if e.kind in ("answerable", kind)],
                [p for e, p, _ in scored if e.kind in ("answerable", kind)],
            )
            for kind in ("unanswerable", "removed")
        )
        shares = (np.mean([right[:n].any() for _, right in answerable]) for n in (1, 3))
        print(
            f"{most} hits read: right first {next(shares):.3f}, in three {next(shares):.3f}; "
            f"area under the curve against unanswerable {next(areas):.3f}, "
            f"removed {next(areas):.3f}"
        )


def write(models: Models, first: Floats, count: dict[str, int], out: Path) -> None:
    """The models as chatbot/ reads them."""
    lines = [
        "# The models of chatbot/reading, fitted by training/answering.py on",
        f"# {count['answerable']} questions that an article answers, {count['unanswerable']} that",
        f"# none does, and {count['removed']} of the first again without the article that answers.",
        "# What they reach is in docs/answers.md. A table is a model, its keys are the features of",
        "# reading/scoring.py and reading/answerability.py. Read by reading/scoring.py.",
    ]
    for name, names, weights, intercept in (
        ("reading order", COUNTED_FEATURES, first, None),
        ("order", FEATURES, models.order, None),
        ("likelihood", FEATURES, *models.single),
        ("answerability", ANSWERABILITY_FEATURES, *models.answerability),
    ):
        lines += table(name, names, weights, intercept)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(
    name: str, names: Sequence[str], weights: Floats, intercept: float | None = None
) -> list[str]:
    """The lines of a model's table, after an empty one."""
    first = [] if intercept is None else [f"intercept = {intercept:.3f}"]
    rest = [f'"{n}" = {w:.4f}' for n, w in zip(names, weights, strict=True)]
    return ["", f'["{name}"]', *first, *rest]


def cached(cache: Path | None, make: Callable[[], list[Any]]) -> list[Any]:
    """The data in the file `cache`; where there is none, what `make` returns, stored there."""
    if cache and cache.exists():
        data: list[Any] = pickle.loads(cache.read_bytes())  # noqa: S301  our own file
        return data
    made = make()
    if cache:
        cache.write_bytes(pickle.dumps(made))
    return made


def options() -> argparse.ArgumentParser:
    """What both of these commands can be told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--cache", type=Path, help="keep what is read in this file")
    parser.add_argument("--every", type=int, default=1, help="ask every so many of the questions")
    return parser


def main() -> None:
    parser = options()
    parser.add_argument("shared", type=Path)
    args = parser.parse_args()

    questions, passages = rows("dev")

    def asked(source: str) -> list[Any]:
        own = [q for q in questions if passages[q["k"]]["source"] == source]
        return own[:: args.every]

    def read() -> list[Any]:
        folders = archives(args.shared, args.archive)
        counted: list[Labelled] = []
        for name, folder in folders.items():
            with Archive.open(folder) as archive:
                counted += counted_examples(archive, asked(name), passages)
        first = fit_order(counted)
        found: list[Example] = []
        for name, folder in folders.items():
            with Archive.open(folder) as archive:
                found += examples(archive, name, asked(name), passages, first)
        return [first, *found]

    first, *every = cached(args.cache, read)
    reading_fewer(every)
    data = as_read(every)
    measure(data)
    count = {k: sum(e.kind == k for e in data) for k in ("answerable", "unanswerable", "removed")}
    write(Models.of(data), first, count, args.out)


if __name__ == "__main__":
    main()
