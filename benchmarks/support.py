"""Thresholds of the answerer and of the check, measured on pairs and questions.

    python benchmarks/support.py claims ARCHIVE [--sentences N]
    python benchmarks/support.py answers SAMPLE_ARCHIVE WHITE_HOUSE_ARCHIVE

`claims` takes sentences of an archive as evidence and makes claims of them: true ones (the
sentence shortened; the headline over its article's first sentence) and false ones (a number,
a date or a name swapped, the sentence denied, a sentence of another article). It prints how
many of each the check rejects.

`answers` asks benchmarks/questions.jsonl (and of the sample archive sample_questions.jsonl), and
what can be answered once more without the article that answers it; fits the models of
chatbot/weigh.py and chatbot/held.py; prints, with five-fold cross-validation, what each
threshold answers and abstains from; and the models as lexicon/weights.toml has them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from chatbot import Citation, Claim, check
from chatbot.dates import dates
from chatbot.held import ALIGNED, BEST, FIRST, UNSURE, alignment, best
from chatbot.quantities import quantities
from chatbot.retrieve import searches
from chatbot.scale import Scale
from chatbot.understand import understand
from chatbot.weigh import FEATURES, Weighed, weigh
from vectorstore import Archive, StoredArticle, terms

Floats = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]

QUESTIONS = Path(__file__).with_name("questions.jsonl")
SAMPLE_QUESTIONS = Path(__file__).with_name("sample_questions.jsonl")
TODAY = date(2026, 11, 24)
PENALTY = 0.02
"""What the squares of the ordering model's scaled coefficients cost."""
STRENGTH = 0.1
"""Of the models of chatbot/held.py: the inverse of what their coefficients cost."""
SENTENCE = re.compile(r"[A-Z][^\n]{60,260}?[.](?=\s|$)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+")
VERB = re.compile(r"\b(is|are|was|were|will|has|have|can|would|could)\b")
SEED = 7
SHOWN = 20
THRESHOLDS = (0.05, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3)


def evidence(archive: Archive, count: int) -> list[Citation]:
    """Sentences with a number or a name, one an article, in a fixed random order."""
    chooser, found = random.Random(SEED), []  # noqa: S311
    stored = archive.recent(10 * count)
    chooser.shuffle(stored)
    for article in stored:
        fits = [
            m
            for m in SENTENCE.finditer(article.body)
            if quantities(m.group()) or NAME.search(m.group())
        ]
        if article.language == "en" and fits:
            m = chooser.choice(fits)
            found.append(_cite(article, m.start(), m.end()))
    return found[:count]


def _cite(article: StoredArticle, start: int, end: int) -> Citation:
    quote = article.body[start:end]
    return Citation(number=1, article=article, start=start, end=end, quote=quote)


def claims(cited: Citation, other: Citation) -> Iterator[tuple[str, str, Citation]]:
    """(kind, text, what it cites); the kinds that begin with "true" are to hold."""
    text = cited.quote
    first = SENTENCE.search(cited.article.body)
    if first and len(cited.article.headline.split()) > 4:
        lead = _cite(cited.article, first.start(), first.end())
        yield "true: headline over its first sentence", cited.article.headline, lead
    if (cut := text.rfind(",")) > 60:
        yield "true: shortened", text[:cut] + ".", cited
    if found := quantities(text):
        swapped = f"{found[0].values[0] + 7:g}"
        number = re.sub(r"[\d.,]*\d|^\w+", swapped, found[0].text, count=1)
        yield "number swapped", text[: found[0].start] + number + text[found[0].end :], cited
    if days := [d for d in dates(text) if d.year]:
        moved = text.replace(str(days[0].year), str((days[0].year or 0) - 3), 1)
        yield "date swapped", moved, cited
    if (name := NAME.search(text)) and (theirs := NAME.search(other.article.body)):
        yield "name swapped", text.replace(name.group(), theirs.group()), cited
    if verb := VERB.search(text):
        yield "denied", f"{text[: verb.end()]} not{text[verb.end() :]}", cited
    yield "of another article", other.quote, cited


def measure_claims(archive: Archive, count: int) -> None:
    cites = evidence(archive, count)
    seen: dict[str, list[bool]] = {}
    why: dict[str, str] = {}
    for i, cited in enumerate(cites):
        for kind, text, quote in claims(cited, cites[(i + 1) % len(cites)]):
            verdict = check(archive, Claim(text=text, citations=(quote,), written=True))
            seen.setdefault(kind, []).append(not verdict)
            if verdict.failures:
                why.setdefault(kind, f"{text[:90]} | {verdict.failures[0][:90]}")
    true = [r for k, v in seen.items() if k.startswith("true") for r in v]
    false = [r for k, v in seen.items() if not k.startswith("true") for r in v]
    for kind, rejected in sorted(seen.items()):
        print(
            f"{kind:40} n {len(rejected):4}  rejected {np.mean(rejected):.2f}  {why.get(kind, '')}"
        )
    precision = sum(false) / max(1, sum(false) + sum(true))
    print(f"rejections: precision {precision:.3f}, recall {np.mean(false):.3f}")


def _right(row: dict[str, Any], text: str) -> bool:
    plain = text.lower()
    return all(any(a.lower() in plain for a in one) for one in row["must"])


@dataclass(frozen=True)
class Example:
    """A question asked of an archive: what each sentence has, and whether it answers."""

    question: str
    kind: str
    """answerable, unanswerable, or removed (without the article that answers)."""
    features: Floats
    """Of the sentences, as they are ranked; `right` says which of them answer."""
    right: Flags
    best: Floats
    aligned: Floats
    """What the first sentences have between them; see chatbot/held.py."""

    @property
    def held(self) -> bool:
        return bool(self.right[:FIRST].any())


def examples(archive: Archive, rows: list[dict[str, Any]]) -> Iterator[Example]:
    for row in rows:
        day = date.fromisoformat(row["as_of"]) if row.get("as_of") else TODAY
        asked = {"question": row["question"], "today": day, "history": row.get("history", [])}
        query = understand(asked, archive=archive)
        hits = archive.search(searches(query), k=2 * SHOWN)
        held = bool(row.get("path") or row.get("gold"))
        kinds = {"answerable" if held else "unanswerable": hits}
        if row.get("path"):
            stem = row["path"].removesuffix(".md")[:50]
            others = [h for h in hits if not Path(h.article.path).name.startswith(stem)]
            kinds["removed"] = [h for h in others if not _right(row, h.text)]
        for kind, found in kinds.items():
            scale = Scale(archive, query)
            if weighed := weigh(scale, found[:SHOWN]):
                right = [kind == "answerable" and _answers(row, w) for w in weighed]
                features = np.array([w.features for w in weighed])
                near = alignment(archive, scale, weighed)
                if near is None:
                    raise SystemExit("The embedding model has no vectors of tokens to fit on.")
                flags = np.array(right)
                yield Example(row["question"], kind, features, flags, best(weighed), near)


def _answers(row: dict[str, Any], weighed: Weighed) -> bool:
    """Whether a sentence has the words that answer, or most of a gold quote."""
    if "must" in row:
        return _right(row, weighed.sentence.text)
    path = Path(weighed.hit.article.path).name
    own = Counter(terms(weighed.sentence.text))
    quotes = [Counter(terms(g["quote"])) for g in row["gold"] if Path(g["path"]).name == path]
    return any((own & q).total() >= 0.5 * q.total() for q in quotes)


def _order(part: list[Example]) -> Floats:
    """Coefficients by which the right sentences of a question come first: those that make the
    right ones' share of the sum of all exponentials largest, each question counting alike."""
    held = [e for e in part if e.right.any()]
    spread = np.concatenate([e.features for e in held]).std(axis=0) + 1e-9
    scaled = [(e.features / spread, e.right) for e in held]

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

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread)


def _likelihood(part: list[Example]) -> Any:
    model = LogisticRegression(max_iter=5000)
    features = np.concatenate([e.features for e in part])
    return model.fit(features, np.concatenate([e.right for e in part]))


@dataclass(frozen=True)
class Held:
    """The two models of chatbot/held.py, fitted."""

    first: Linear
    second: Linear

    @classmethod
    def of(cls, part: list[Example]) -> Held:
        flags = np.array([e.held for e in part])
        return cls(
            _logistic(np.array([e.best for e in part]), flags),
            _logistic(np.array([np.append(e.best, e.aligned) for e in part]), flags),
        )

    def likelihood(self, e: Example) -> float:
        sure = _chance(self.first, e.best)
        if not UNSURE[0] < sure < UNSURE[1]:
            return sure
        return _chance(self.second, np.append(e.best, e.aligned))


Linear = tuple[Floats, float]
"""Coefficients and intercept."""


def _logistic(values: Floats, flags: Flags) -> Linear:
    """Fitted on scaled values, with a penalty on large coefficients."""
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit((values - middle) / spread, flags)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - middle @ weights)


def _chance(model: Linear, values: Floats) -> float:
    return float(1 / (1 + np.exp(-(model[0] @ values + model[1]))))


def measure_answers(folders: dict[str, Path]) -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    more = [json.loads(line) for line in SAMPLE_QUESTIONS.read_text("utf-8").splitlines()]
    data: list[Example] = []
    for name, folder in folders.items():
        with Archive.open(folder) as archive:
            own = [r for r in rows if r["archive"] == name]
            data += examples(archive, own + (more if name == "sample" else []))
    questions = sorted({e.question for e in data})
    random.Random(0).shuffle(questions)  # noqa: S311
    scored: list[tuple[str, float, bool]] = []
    first: list[bool] = []
    for fold in (set(questions[i::5]) for i in range(5)):
        known = [e for e in data if e.question not in fold]
        order, model = _order(known), Held.of(known)
        for e in (e for e in data if e.question in fold):
            scored.append((e.kind, model.likelihood(e), e.held))
            if e.kind == "answerable":
                first.append(bool(e.right[np.argmax(e.features @ order)]))
    print(f"{len(first)} questions: right first {np.mean(first):.2f}")
    for t in THRESHOLDS:
        right = np.mean([p >= t and ok for kind, p, ok in scored if kind == "answerable"])
        silent = {k: np.mean([p < t for kind, p, _ in scored if kind == k]) for k, *_ in scored}
        print(
            f"from {t:.2f}: right in three {right:.2f}; abstained: "
            + ", ".join(f"{k} {v:.2f}" for k, v in sorted(silent.items()))
        )
    _print("order", FEATURES, _order(data))
    likely = _likelihood(data)
    _print("likelihood", FEATURES, likely.coef_[0], likely.intercept_[0])
    fitted = Held.of(data)
    _print("held", BEST, *fitted.first)
    _print("held aligned", (*BEST, *ALIGNED), *fitted.second)


def _print(
    model: str, names: Sequence[str], weights: Floats, intercept: float | None = None
) -> None:
    """A model as lexicon/weights.toml has it."""
    print(f'\n["{model}"]')
    if intercept is not None:
        print(f"intercept = {intercept:.2f}")
    for name, weight in zip(names, weights, strict=True):
        print(f'"{name}" = {weight:.2f}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="what", required=True)
    pairs = commands.add_parser("claims")
    pairs.add_argument("archive", type=Path)
    pairs.add_argument("--sentences", type=int, default=150)
    questions = commands.add_parser("answers")
    questions.add_argument("sample", type=Path)
    questions.add_argument("white_house", type=Path)
    args = parser.parse_args()
    if args.what == "claims":
        with Archive.open(args.archive) as archive:
            measure_claims(archive, args.sentences)
    else:
        measure_answers({"sample": args.sample, "white-house": args.white_house})


if __name__ == "__main__":
    main()
