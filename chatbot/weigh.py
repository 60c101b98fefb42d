"""How likely a sentence is to answer a question, from what can be counted.

Two linear models over the features of `FEATURES`, fitted by benchmarks/support.py: one says
which of a question's sentences answers best, the other how likely any answers at all, fitted
on questions that one sentence answers and on questions that none does. Their coefficients
are data, in lexicon/weights.toml, with the figures that they reached.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from math import exp, log
from statistics import median

from chatbot.asked import fit
from chatbot.listed import CELL, lead_of
from chatbot.periods import spoken
from chatbot.quantities import quantities
from chatbot.values import Query
from chatbot.verify_names import also_named, equals
from chatbot.wording import ASIDE
from vectorstore import Archive, Hit, Sentence, question_terms, terms
from vectorstore.query import AFTER, FADE

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
    "named",
    "period",
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
    """A sentence of a hit: how it stands against the others, and how likely it answers.

    `weight` is comparable within one question, the ratio of two being their odds;
    `likelihood` (0 to 1) between questions.
    """

    hit: Hit
    sentence: Sentence
    weight: float
    likelihood: float
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
        timeless = [_timeless(text, query.today) for text in texts]
        rarity = archive.rarity({t for text in timeless for t in question_terms(text)})
        carried = frozenset(question_terms(" ".join(query.carried)))
        self.wordings = [w for text in timeless if (w := _weights(text, rarity, carried))]
        self.named = [n for text in timeless if (n := _named(text))]
        self.amounts = quantities(query.text)
        self.equals = equals(" ".join(timeless))

    def share(self, present: Iterable[str], but: Set[str] = frozenset()) -> float:
        """The share of the question's terms that are present, by their rarity, at best.

        The terms in `but` are not counted; another name of the same thing counts as its own.
        """
        have = self._with_equals(present)
        rest = ({t: r for t, r in w.items() if t not in but} for w in self.wordings)
        return max((_share(w, have) for w in rest), default=0.0)

    def mass(self, present: Iterable[str]) -> float:
        """The rarities of the question's terms that are present, added up, at best."""
        have = self._with_equals(present)
        return max((sum(r for t, r in w.items() if t in have) for w in self.wordings), default=0.0)

    def _with_equals(self, present: Iterable[str]) -> set[str]:
        """Terms, and the question's own for what is named otherwise among them."""
        have = set(present)
        for own, others in self.equals:
            if not own <= have and any(other <= have for other in others):
                have |= own
        return have

    def names_row(self, present: Set[str]) -> bool:
        """Whether a row of a table is about something that the question names."""
        have = self._with_equals(present)
        named = {t for own in self.named for name in own for t in question_terms(name)}
        named = named or {t for w in self.wordings for t in w}
        return bool(named & have)

    def numbers(self, text: str) -> float:
        """The share of the question's amounts that a text has; 1 if it has none."""
        if not self.amounts:
            return 1.0
        held = quantities(text)
        return sum(any(a.agrees(h) for h in held) for a in self.amounts) / len(self.amounts)

    def rarest_missing(self, present: Iterable[str]) -> float:
        """The rarity of the rarest term that is not there, 0 if none is missing."""
        have = self._with_equals(present)
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
    leads = [_led(hit, s) for s in hit.sentences]
    period = during(scale.query, hit)
    for i, sentence in enumerate(hit.sentences):
        near = headline.union(*own[max(0, i - 1) : i + 2], leads[i].terms)
        said = own[i] | leads[i].terms
        text = f"{leads[i].text}\n{sentence.text}" if leads[i].text else sentence.text
        meaning = max(sentence.score, leads[i].score)
        values = (
            meaning,
            scale.share(said),
            shares[0],
            scale.share(near),
            shares[1],
            hit.dense,
            hit.score / crowd.best,
            fit(scale.query, sentence.text),
            shares[2],
            named,
            scale.numbers(neighbours(hit, i)),
            log(1 + scale.mass(said)),
            hit.dense - crowd.dense,
            meaning - crowd.sentence,
            float(hit.passage_id in crowd.both),
            float(bool(ASIDE.search(sentence.text))),
            log(1 + len(own[i])),
            scale.names(f"{text}\n{article.headline}"),
            period,
        )
        weight, likelihood = exp(_sum("order", values)), 1 / (1 + exp(-_sum("likelihood", values)))
        if CELL in sentence.text and leads[i].text and not scale.names_row(own[i]):
            weight, likelihood = weight * OTHER_ROW, likelihood * OTHER_ROW
        yield Weighed(hit, sentence, weight, likelihood, values, own[i], near)


@dataclass(frozen=True, slots=True)
class Led:
    """What a sentence stands under, if it is an item: its text and terms, and the cosine of
    both together to the question; empty for other sentences."""

    text: str = ""
    terms: frozenset[str] = frozenset()
    score: float = 0.0


OTHER_ROW = 0.01
"""What a row of a table counts that is about something else than what the question names."""

TOGETHER = 1.6
"""By what the sum of two cosines is divided for that of both texts together: the length of the
sum of two unit vectors that are as near to each other as an item and its lead usually are."""


def _led(hit: Hit, sentence: Sentence) -> Led:
    body = hit.article.body
    span = lead_of(body, sentence.start, sentence.end)
    if span is None:
        return Led()
    text = body[span[0] : span[1]]
    above = [s.score for s in hit.sentences if s.start < span[1] and span[0] < s.end]
    score = (max(above) + sentence.score) / TOGETHER if above else hit.dense
    return Led(text, frozenset(terms(text)), score)


@cache
def coefficients(model: str) -> tuple[float, tuple[float, ...]]:
    """The intercept of the model "order" or "likelihood", and a coefficient for each feature."""
    table = tomllib.loads((files("chatbot") / "lexicon" / "weights.toml").read_text("utf-8"))
    own = table[model]
    return float(own.get("intercept", 0.0)), tuple(float(own[f]) for f in FEATURES)


def _sum(model: str, values: Sequence[float]) -> float:
    intercept, weights = coefficients(model)
    z = intercept + sum(w * v for w, v in zip(weights, values, strict=True))
    return max(-30.0, min(30.0, z))


def neighbours(hit: Hit, i: int) -> str:
    """A sentence of a hit with the one before and the one behind it."""
    around = hit.sentences[max(0, i - 1) : i + 2]
    return hit.article.body[around[0].start : around[-1].end]


def _timeless(text: str, today: date) -> str:
    """A question without what it says of time, which its periods hold."""
    for one in spoken(text, today):
        text = text.replace(one.words, " ", 1)
    return text


def during(query: Query, hit: Hit) -> float:
    """How well a hit's day fits the question's periods: 1 in one or shortly after, where it
    names one; less with the days after, and far less before, when nothing was known yet."""
    published = hit.article.published
    if not query.periods or published is None:
        return 1.0
    return max(_near(published.day, period) for period in query.periods)


def _near(day: date, period: tuple[date, date]) -> float:
    if day < period[0]:
        return 0.5 * exp(-(period[0] - day).days / 14)
    return exp(-max(0, (day - period[1]).days - AFTER) / FADE)


CARRIED = 0.4
"""What a term counts that a question has from an earlier turn, against its own words."""


def _weights(text: str, rarity: Mapping[str, float], carried: Set[str]) -> dict[str, float]:
    return {
        t: rarity.get(t, 1.0) * (CARRIED if t in carried else 1.0) for t in question_terms(text)
    }


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
