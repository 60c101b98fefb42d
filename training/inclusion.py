"""The model of which sentences belong in the answer to a broad request, and whether any does.

    python -m training.inclusion --archive DIR [--out FILE] [--cache FILE]

Asks the broad requests that the reader has not seen of the archive of invented news (made in DIR as
benchmarks/set_aside.py makes it), where every sentence that answers is known; fits a logistic model
over INCLUSION_FEATURES of each sentence that was read, and one over ANSWERABILITY_FEATURES of each
request; prints, with five-fold cross-validation over the matters, what each threshold takes and
leaves; and writes both into chatbot/lexicon/weights.toml.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.broad import same, sentence
from benchmarks.set_aside import TODAY, dossier_archive, rows
from chatbot.answering.layouts.candidates import READ_HITS
from chatbot.reading.answerability import ANSWERABILITY_FEATURES, answerability_features
from chatbot.reading.candidates import Candidate
from chatbot.reading.inclusion import INCLUSION_FEATURES, inclusion_features
from chatbot.reading.query_terms import QueryTerms
from chatbot.reading.scoring import coefficients, promising_hits, score_candidates
from chatbot.understanding.query import understand
from chatbot.understanding.search_queries import search_queries
from training.answering import cached, options, table
from training.examples import Flags, Floats, reader_shares
from training.linear_models import fit_logistic
from vectorstore import Archive

SEARCHED = 60
"""Passages that are searched for a broad request, as in the product."""

STRENGTH = 0.01
"""Inverse of what the coefficients cost; at 0.05 an archive of three articles is said not to answer
what it does."""

BELOW = 0.5
"""What a sentence counts that answers and need not be told."""

MOST_READ = 24
"""Hits of a request that are read here, to see what fewer cost."""

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class Asked:
    """A broad request: the sentences that were read for it, which of them must be told, which
    answer at all, and how many must be told in all."""

    matter: str
    request: str
    question: str
    sentences: list[Candidate]
    texts: list[str]
    must: Flags
    good: Flags
    wanted: int
    places: npt.NDArray[np.int_]
    """For each sentence the place of its hit in the order in which hits are read, from 0."""

    @property
    def answerable(self) -> bool:
        return self.wanted > 0


def asked(archive: Archive, questions: Sequence[Any], passages: Any) -> Iterator[Asked]:
    """What the product reads for each request."""
    for row in questions:
        query = understand({"question": row["q"], "today": TODAY}, archive=archive)
        hits = archive.search(search_queries(query), k=SEARCHED)
        query_terms = QueryTerms(archive, query)
        places = {hit.passage_id: n for n, (hit, _) in enumerate(promising_hits(query_terms, hits))}
        ranked = score_candidates(archive, query_terms, hits, MOST_READ)
        must = [sentence(passages[a["passage"]], a["sentence"]) for a in row["answers"]]
        also = [sentence(passages[key], i) for key, i in row.get("also", ())]
        texts = [w.sentence.text for w in ranked]
        if ranked:
            yield Asked(
                row["batch"],
                row["request"],
                row["q"],
                [_light(w) for w in ranked],
                texts,
                np.array([any(same(t, m) for m in must) for t in texts]),
                np.array([any(same(t, m) for m in must + also) for t in texts]),
                len(must),
                np.array([places[w.hit.passage_id] for w in ranked]),
            )


def reordered(a: Asked) -> Asked:
    """The request with its sentences in the order of the ordering model as it is now."""
    _, weights = coefficients("order")
    z = np.array([w.features for w in a.sentences]) @ np.array(weights)
    rank = np.argsort(-z)
    return replace(
        a,
        sentences=[replace(a.sentences[i], weight=float(np.exp(z[i]))) for i in rank],
        texts=[a.texts[i] for i in rank],
        must=a.must[rank],
        good=a.good[rank],
        places=a.places[rank],
    )


def reading(a: Asked, most: int) -> Asked:
    """The same if only so many hits had been read."""
    own = np.flatnonzero(a.places < most)
    return replace(
        a,
        sentences=reader_shares([a.sentences[i] for i in own]),
        texts=[a.texts[i] for i in own],
        must=a.must[own],
        good=a.good[own],
        places=a.places[own],
    )


def _light(candidate: Candidate) -> Candidate:
    return replace(candidate, hit=None, context_terms=frozenset())  # type: ignore[arg-type]


@dataclass(frozen=True)
class Models:
    inclusion: tuple[Floats, float]
    answerability: tuple[Floats, float]

    @classmethod
    def of(cls, part: Sequence[Asked]) -> Models:
        held = [a for a in part if a.answerable]
        values = np.concatenate([inclusion_features(a.sentences) for a in held])
        flags = np.concatenate([a.good for a in held])
        together = np.array([answerability_features(a.sentences) for a in part])
        return cls(
            fit_logistic(values, flags, STRENGTH),
            fit_logistic(together, np.array([a.answerable for a in part]), STRENGTH),
        )

    def included(self, a: Asked) -> Floats:
        z = inclusion_features(a.sentences) @ self.inclusion[0] + self.inclusion[1]
        return np.asarray(1 / (1 + np.exp(-z)))

    def likelihood(self, a: Asked) -> float:
        z = answerability_features(a.sentences) @ self.answerability[0] + self.answerability[1]
        return float(1 / (1 + np.exp(-z)))


def measure(data: Sequence[Asked]) -> None:
    """Five folds over the matters."""
    print(f"of {len(data)} requests:")
    matters = sorted({a.matter for a in data})
    random.Random(0).shuffle(matters)
    found = []
    for fold in (set(matters[i::5]) for i in range(5)):
        models = Models.of([a for a in data if a.matter not in fold])
        found += [(a, models.included(a), models.likelihood(a)) for a in data if a.matter in fold]
    held = [(a, p) for a, p, _ in found if a.answerable]
    _told("model", held)
    _told("reader", [(a, np.array([w.reader_score for w in a.sentences])) for a, _ in held])
    _told("order", [(a, np.array([w.weight for w in a.sentences])) for a, _ in held])
    area = roc_auc_score([a.answerable for a, _, _ in found], [q for _, _, q in found])
    print(f"area under the curve of answerability: {area:.3f}")
    for t in THRESHOLDS:
        chosen = [(a, np.argsort(-p)[: max(1, min(6, int((p >= t).sum())))]) for a, p in held]
        precision = np.mean([a.good[c].mean() for a, c in chosen])
        recall = np.mean([a.must[c].sum() / a.wanted for a, c in chosen])
        number = np.mean([len(c) for _, c in chosen])
        right, wrong = (
            np.mean([q < t for a, _, q in found if a.answerable == answerable])
            for answerable in (False, True)
        )
        print(
            f"from {t:.2f}: precision {precision:.3f}, recall {recall:.3f}, "
            f"sentences {number:.1f}; "
            f"silent rightly {right:.3f}, wrongly {wrong:.3f}"
        )


def _told(name: str, held: Sequence[tuple[Asked, Floats]]) -> None:
    """How well scores order the sentences of each request."""
    average = [average_precision_score(a.good, p) for a, p in held if a.good.any()]
    first = np.mean([a.good[int(np.argmax(p))] for a, p in held])
    five = np.mean([a.must[np.argsort(-p)[:5]].sum() / a.wanted for a, p in held])
    print(
        f"{name}: average precision {np.mean(average):.3f}, first {first:.3f}, "
        f"of what must be told in five {five:.3f}"
    )


def write(models: Models, out: Path) -> None:
    """Put the tables of both models into the file, in place of those that it has."""
    text = out.read_text(encoding="utf-8")
    for name, names, (weights, intercept) in (
        ("inclusion", INCLUSION_FEATURES, models.inclusion),
        ("broad answerability", ANSWERABILITY_FEATURES, models.answerability),
    ):
        text = re.sub(rf'\n\["{name}"\]\n(?:[^\[\n].*\n)*', "", text)
        text += "\n".join(table(name, names, weights, intercept)) + "\n"
    out.write_text(text, encoding="utf-8")


def main() -> None:
    args = options().parse_args()

    def read() -> list[Asked]:
        questions, passages = rows("broad-dev")
        own = [q for q in questions if passages[q["k"]]["source"] == "news"]
        with Archive.open(dossier_archive(args.archive)) as archive:
            return list(asked(archive, own[:: args.every], passages))

    every = cached(args.cache, read)
    for most in (8, 12, 16, MOST_READ):
        print(f"{most} hits read")
        measure([reordered(a) for a in (reading(a, most) for a in every) if a.sentences])
    data = [reordered(a) for a in (reading(a, READ_HITS) for a in every) if a.sentences]
    write(Models.of(data), args.out)


if __name__ == "__main__":
    main()
