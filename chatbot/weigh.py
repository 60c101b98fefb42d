"""How likely a sentence is to answer a question, from what can be counted.

A logistic model over the features of `FEATURES`, fitted by benchmarks/support.py on questions
that one sentence answers and on questions that none does; its coefficients are data, in
lexicon/weights.toml, with the figures that they reached.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from statistics import median

from chatbot.asked import fit
from chatbot.quantities import quantities
from chatbot.values import Query
from chatbot.verify_names import also_named
from chatbot.wording import ASIDE
from vectorstore import Archive, Hit, Sentence, question_terms, terms

FEATURES = (
    "meaning",
    "words",
    "around",
    "near",
    "headline",
    "passage",
    "place",
    "kind",
    "missing",
    "names",
    "numbers",
    "mass",
    "lead",
    "stands out",
    "both",
    "aside",
    "length",
)
"""The sentence's cosine to the question; the share of the question's terms, by rarity, in the
sentence, in its passage and headline, in it and its neighbours, in the headline; the passage's
cosine; its fused score beside the best one's; whether the sentence has what is asked for; the
rarest term missing around it; the share of the question's names around it, and of its amounts
near it; how much of the question, by rarity, it has in all; how far its passage's cosine, and
its own, stand above the middle of those that were found; whether its passage is among the
first three both by meaning and by words; whether it is about the article itself; its length."""


NAMES = re.compile(r"[A-Z][\w'’&.-]*(?<![.'’])(?: (?:of |the )?[A-Z][\w'’&.-]*(?<![.'’]))*")

READ = 10
"""Hits whose sentences are weighed."""

FIRST = 3
"""Hits that count as the first by meaning, or by words."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit, and how likely it is to answer (0 to 1)."""

    hit: Hit
    sentence: Sentence
    weight: float
    features: tuple[float, ...]
    terms: frozenset[str]
    """Of the sentence."""
    near: frozenset[str]
    """Of the sentence, its neighbours, and the headline."""


class Scale:
    """What a query is weighed by: its terms with their rarity, in each of its wordings."""

    def __init__(self, archive: Archive, query: Query) -> None:
        self.query = query
        texts = dict.fromkeys(query.readings)
        rarity = archive.rarity({t for text in texts for t in question_terms(text)})
        self.wordings = [w for text in texts if (w := _weights(text, rarity))]
        self.named = [n for text in texts if (n := _named(text))]
        self.amounts = quantities(query.text)

    def share(self, present: Iterable[str], but: Set[str] = frozenset()) -> float:
        """The share of the question's terms that are present, by their rarity, at best.

        The terms in `but` are not counted.
        """
        have = set(present)
        rest = ({t: r for t, r in w.items() if t not in but} for w in self.wordings)
        return max((_share(w, have) for w in rest), default=0.0)

    def mass(self, present: Iterable[str]) -> float:
        """The rarities of the question's terms that are present, added up, at best."""
        have = set(present)
        return max((sum(r for t, r in w.items() if t in have) for w in self.wordings), default=0.0)

    def numbers(self, text: str) -> float:
        """The share of the question's amounts that a text has; 1 if it has none."""
        if not self.amounts:
            return 1.0
        held = quantities(text)
        return sum(any(a.agrees(h) for h in held) for a in self.amounts) / len(self.amounts)

    def rarest_missing(self, present: Iterable[str]) -> float:
        """The rarity of the rarest term that is not there, 0 if none is missing."""
        have = set(present)
        return min(
            (max((r for t, r in w.items() if t not in have), default=0.0) for w in self.wordings),
            default=0.0,
        )

    def names(self, text: str) -> float:
        """The share of the question's names that a text has, in this or another form (see
        aliases.toml); 1 if the question has none."""
        have = frozenset(terms(text))
        return max((_present(n, have, text) / len(n) for n in self.named), default=1.0)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a hit is set beside: the best score, the middle cosines, the ids that are first
    both by meaning and by words."""

    best: float
    dense: float
    sentence: float
    both: frozenset[str]

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> Crowd:
        nearest = sorted(hits, key=lambda h: -h.dense)[:FIRST]
        worded = sorted(hits, key=lambda h: -(h.lexical or 0.0))[:FIRST]
        return cls(
            max((h.score for h in hits), default=1.0) or 1.0,
            median([h.dense for h in hits] or [0.0]),
            median([max((s.score for s in h.sentences), default=0.0) for h in hits] or [0.0]),
            frozenset(h.passage_id for h in nearest) & frozenset(h.passage_id for h in worded),
        )


def weigh(scale: Scale, hits: Sequence[Hit]) -> list[Weighed]:
    """The sentences of the hits, the likeliest to answer first."""
    crowd = Crowd.of(hits)
    found = [w for hit in hits[:READ] for w in _weighed(scale, hit, crowd)]
    return sorted(found, key=lambda w: -w.weight)


def _weighed(scale: Scale, hit: Hit, crowd: Crowd) -> Iterator[Weighed]:
    headline = frozenset(terms(hit.article.headline))
    own = [frozenset(terms(s.text)) for s in hit.sentences]
    around = headline.union(*own) if own else headline
    shares = scale.share(around), scale.share(headline), scale.rarest_missing(around)
    article = hit.article
    named = scale.names("\n".join((hit.text, article.headline, article.outlet, article.byline)))
    for i, sentence in enumerate(hit.sentences):
        near = headline.union(*own[max(0, i - 1) : i + 2])
        values = (
            sentence.score,
            scale.share(own[i]),
            shares[0],
            scale.share(near),
            shares[1],
            hit.dense,
            hit.score / crowd.best,
            fit(scale.query, sentence.text),
            shares[2],
            named,
            scale.numbers(neighbours(hit, i)),
            log(1 + scale.mass(own[i])),
            hit.dense - crowd.dense,
            sentence.score - crowd.sentence,
            float(hit.passage_id in crowd.both),
            float(bool(ASIDE.search(sentence.text))),
            log(1 + len(own[i])),
        )
        yield Weighed(hit, sentence, probability(values), values, own[i], near)


@cache
def coefficients() -> tuple[float, tuple[float, ...]]:
    """The model's intercept, and a coefficient for each of FEATURES."""
    table = tomllib.loads((files("chatbot") / "lexicon" / "weights.toml").read_text("utf-8"))
    return float(table["intercept"]), tuple(float(table["coefficients"][f]) for f in FEATURES)


def probability(values: Sequence[float]) -> float:
    intercept, weights = coefficients()
    z = intercept + sum(w * v for w, v in zip(weights, values, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, z))))


def neighbours(hit: Hit, i: int) -> str:
    """A sentence of a hit with the one before and the one behind it."""
    around = hit.sentences[max(0, i - 1) : i + 2]
    return hit.article.body[around[0].start : around[-1].end]


def _weights(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    return {t: rarity.get(t, 1.0) for t in question_terms(text)}


def _share(weights: Mapping[str, float], present: set[str]) -> float:
    total = sum(weights.values())
    return sum(r for t, r in weights.items() if t in present) / total if total else 0.0


def _named(text: str) -> tuple[str, ...]:
    """A question's names, each a run of words with capitals; its first word is no name."""
    first, _, rest = text.partition(" ")
    return tuple(m.group() for m in NAMES.finditer(rest)) if first else ()


def _present(names: Sequence[str], have: frozenset[str], text: str) -> float:
    """How many of the names a text has; of a name of several words, the share of its words."""
    found = 0.0
    for name in names:
        own = question_terms(name)
        share = sum(t in have for t in own) / len(own) if own else 1.0
        found += 1.0 if share < 1 and also_named(name, text) else share
    return found
