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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.set_aside import TODAY, archives, rows, told
from chatbot.reading.answerability import (
    ANSWERABILITY_FEATURES,
    PROMISING_HITS,
    SUFFICES,
    answerability_features,
)
from chatbot.reading.candidates import COUNTED_FEATURES, FEATURES, Candidate
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import promising, score_candidates
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from vectorstore import Archive, Hit

Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Labelled = tuple[Floats, Flags]
"""Values of a question's sentences, [sentences, features], and which of them answer."""

WEIGHTS = Path(__file__).parent.parent / "chatbot" / "lexicon" / "weights.toml"
PENALTY = 0.02
"""What the squares of the ordering model's scaled coefficients cost."""
STRENGTH = 0.05
"""Inverse of what the coefficients of the likelihood cost."""
SHOWN = 20
REMOVED = 3
"""Of so many answerable questions one is asked again without the article that answers."""
MOST_READ = 12
"""Hits of a question that are read here, to see what fewer cost."""
THRESHOLDS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)


@dataclass(frozen=True)
class Example:
    """A question asked of an archive: its sentences, and which of them answer."""

    question: str
    source: str
    kind: str
    """answerable, unanswerable, or removed (without the article that answers)."""
    sentences: list[Candidate]
    right: Flags
    places: npt.NDArray[np.int_]
    """For each sentence the place of its hit in the order in which hits are read, from 0."""

    def reading(self, most: int) -> Example:
        """The same if only so many hits had been read."""
        own = self.places < most
        left = [w for w, there in zip(self.sentences, own, strict=True) if there]
        return replace(
            self, sentences=reader_shares(left), right=self.right[own], places=self.places[own]
        )

    @property
    def features(self) -> Floats:
        return np.array([w.features for w in self.sentences])


def searched(
    archive: Archive, questions: Sequence[Any], passages: Any
) -> Iterator[tuple[Any, QueryTerms, str, list[Hit], Callable[[str], bool]]]:
    """Each question's row and query, its kind, what is found, and whether a sentence answers."""
    for number, row in enumerate(questions):
        query = understand({"question": row["q"], "today": TODAY}, archive=archive)
        hits = archive.search(search_queries(query), k=SHOWN)
        wanted = [(passages[a["passage"]], a) for a in row["answers"]]
        kinds = {"answerable" if wanted else "unanswerable": hits}
        if wanted and number % REMOVED == 0:
            gone = [h for h in hits if not any(told([h.text], p, a) for p, a in wanted)]
            own = {h.article.id for h in hits} - {h.article.id for h in gone}
            kinds["removed"] = [h for h in gone if h.article.id not in own]
        for kind, found in kinds.items():

            def answers(text: str, kind: str = kind, wanted: Any = wanted) -> bool:
                return kind == "answerable" and any(told([text], p, a) for p, a in wanted)

            yield row, QueryTerms(archive, query), kind, found, answers


def unread(archive: Archive, questions: Sequence[Any], passages: Any) -> Iterator[Labelled]:
    """For each question what is counted of the sentences found, and which of them answer."""
    for _, query_terms, kind, hits, answers in searched(archive, questions, passages):
        if kind == "answerable":
            with patch("chatbot.reading.scoring.coefficients", _none):
                found = promising(query_terms, hits)
            both = [(u.values, answers(hit.sentences[u.i].text)) for hit, own in found for u in own]
            yield np.array([v for v, _ in both]), np.array([right for _, right in both])


def examples(
    archive: Archive, source: str, questions: Sequence[Any], passages: Any, first: Floats
) -> Iterator[Example]:
    """What the product reads for each question, in the order by the coefficients `first`."""

    def fitted(model: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
        return (0.0, tuple(first)) if model == "reading order" else _none(model, names)

    with patch("chatbot.reading.scoring.coefficients", fitted):  # the others are still to be fitted
        for row, query_terms, kind, hits, answers in searched(archive, questions, passages):
            places = {hit.passage_id: n for n, (hit, _) in enumerate(promising(query_terms, hits))}
            ranked = score_candidates(archive, query_terms, hits, MOST_READ)
            if ranked:
                yield Example(
                    row["q"],
                    source,
                    kind,
                    [_light(w) for w in ranked],
                    np.array([answers(w.sentence.text) for w in ranked]),
                    np.array([places[w.hit.passage_id] for w in ranked]),
                )


def _none(_: str, names: tuple[str, ...] = FEATURES) -> tuple[float, tuple[float, ...]]:
    return 0.0, (0.0,) * len(names)


def reader_shares(sentences: Sequence[Candidate]) -> list[Candidate]:
    """The sentences with their shares of what the reader says, as if no others had been read."""
    at = FEATURES.index("reader share")
    odds = np.exp([w.reader_score for w in sentences])
    return [
        replace(w, features=(*w.features[:at], float(v), *w.features[at + 1 :]))
        for w, v in zip(sentences, odds / odds.sum(), strict=True)
    ]


def _light(candidate: Candidate) -> Candidate:
    return replace(candidate, hit=None, sentence=None, terms=frozenset(), context_terms=frozenset())  # type: ignore[arg-type]


def order(part: Sequence[Labelled]) -> Floats:
    """Coefficients by which the right sentences of a question come first: those that make the
    right ones' share of the sum of all exponentials largest, each question counting alike."""
    held = [(values, right) for values, right in part if right.any()]
    spread = np.concatenate([values for values, _ in held]).std(axis=0) + 1e-9
    scaled = [(values / spread, right) for values, right in held]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for features, right in scaled:
            z = features @ weights
            odds = np.exp(z - z.max())
            chance = odds / odds.sum()
            share = chance[right].sum() + 1e-12
            total -= np.log(share)
            slope -= (np.where(right, chance, 0.0) / share - chance) @ features
        return (
            total / len(scaled) + PENALTY * weights @ weights,
            slope / len(scaled) + 2 * PENALTY * weights,
        )

    found = minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def ordered(example: Example, weights: Floats) -> tuple[list[Candidate], Flags]:
    """The sentences as these coefficients order them, with their weights."""
    z = np.clip(example.features @ weights, -30, 30)
    rank = np.argsort(-z)
    again = [replace(example.sentences[i], weight=float(np.exp(z[i]))) for i in rank]
    return again, example.right[rank]


def logistic(values: Floats, flags: Flags, strength: float = STRENGTH) -> tuple[Floats, float]:
    """Coefficients and intercept, fitted on scaled values."""
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=5000).fit((values - middle) / spread, flags)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - middle @ weights)


@dataclass(frozen=True)
class Models:
    order: Floats
    answerability: tuple[Floats, float]
    single: tuple[Floats, float]

    @classmethod
    def of(cls, part: Sequence[Example]) -> Models:
        weights = order([(e.features, e.right) for e in part])
        ranked = [ordered(e, weights) for e in part]
        flags = np.array([e.kind == "answerable" for e in part])
        return cls(
            weights,
            logistic(np.array([answerability_features(found) for found, _ in ranked]), flags),
            logistic(
                np.concatenate([e.features for e in part]), np.concatenate([e.right for e in part])
            ),
        )

    def likelihood(self, ranked: list[Candidate]) -> float:
        return float(
            1
            / (
                1
                + np.exp(
                    -(
                        self.answerability[0] @ answerability_features(ranked)
                        + self.answerability[1]
                    )
                )
            )
        )


def folded(data: Sequence[Example]) -> list[tuple[Example, float, Flags]]:
    """Five folds: each example with its likelihood, and which of its sentences answer as they are
    then ordered."""
    questions = sorted({e.question for e in data})
    random.Random(0).shuffle(questions)
    scored = []
    for fold in (set(questions[i::5]) for i in range(5)):
        models = Models.of([e for e in data if e.question not in fold])
        for e in (e for e in data if e.question in fold):
            ranked, right = ordered(e, models.order)
            scored.append((e, models.likelihood(ranked), right))
    return scored


def measure(data: Sequence[Example]) -> None:
    """What would be answered, what abstained from."""
    scored = folded(data)
    held = [(e, p, r) for e, p, r in scored if e.kind == "answerable"]
    for name in ("all", *sorted({e.source for e in data})):
        own = [r for e, _, r in held if name in ("all", e.source)]
        shares = [np.mean([r[:n].any() for r in own]) for n in (1, 3, 10)]
        print(
            f"{name}: {len(own)} questions, right in 1, 3, 10: "
            + " ".join(f"{s:.3f}" for s in shares)
        )
    read = [e.right[int(np.argmax([w.reader_score for w in e.sentences]))] for e, _, _ in held]
    print(f"by the reader alone: right first {np.mean(read):.3f}")
    for kind in ("unanswerable", "removed"):
        both = [(p, e.kind == "answerable") for e, p, _ in scored if e.kind in ("answerable", kind)]
        area = roc_auc_score([k for _, k in both], [p for p, _ in both])
        print(f"area under the curve against {kind}: {area:.3f}")
    for t in THRESHOLDS:
        right = np.mean([p >= t and r[:3].any() for _, p, r in held])
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
        return bool(few.sentences) and models.likelihood(ordered(few, models.order)[0]) >= SUFFICES

    return [few if suffices(few) else every for few, every in both]


def reading_fewer(data: Sequence[Example]) -> None:
    """What comes of reading only the first hits, with five folds for each number of them."""
    for most in (2, 3, 4, 5, 6, 8, MOST_READ):
        own = [e.reading(most) for e in data]
        scored = folded([e for e in own if e.sentences])
        held = [(p, right) for e, p, right in scored if e.kind == "answerable"]
        areas = (
            roc_auc_score(
                [e.kind == "answerable" for e, _, _ in scored if e.kind in ("answerable", kind)],
                [p for e, p, _ in scored if e.kind in ("answerable", kind)],
            )
            for kind in ("unanswerable", "removed")
        )
        shares = (np.mean([right[:n].any() for _, right in held]) for n in (1, 3))
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
        "# reading/scoring.py and reading/answerability.py, which read this file.",
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


def kept(cache: Path | None, make: Callable[[], list[Any]]) -> list[Any]:
    """What was read once, from the file that keeps it; made, and kept there, where it is new."""
    if cache and cache.exists():
        held: list[Any] = pickle.loads(cache.read_bytes())  # noqa: S301  our own file
        return held
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
                counted += unread(archive, asked(name), passages)
        first = order(counted)
        found: list[Example] = []
        for name, folder in folders.items():
            with Archive.open(folder) as archive:
                found += examples(archive, name, asked(name), passages, first)
        return [first, *found]

    first, *every = kept(args.cache, read)
    reading_fewer(every)
    data = as_read(every)
    measure(data)
    count = {k: sum(e.kind == k for e in data) for k in ("answerable", "unanswerable", "removed")}
    write(Models.of(data), first, count, args.out)


if __name__ == "__main__":
    main()
