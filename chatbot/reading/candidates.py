"""Candidate sentences: a sentence of a hit with its features and scores.

`scoring` makes candidates of hits; the functions here order hits by them, and give the text
around one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.language.phrases import is_name_list, is_uninformative
from vectorstore import Hit, Sentence, Span, terms

FEATURES = (
    "sentence cosine",
    "sentence coverage",
    "passage coverage",
    "neighbour coverage",
    "headline coverage",
    "passage cosine",
    "fused score",
    "answer type",
    "rarest missing",
    "name coverage",
    "quantity coverage",
    "matched rarity",
    "passage cosine margin",
    "sentence cosine margin",
    "top by both",
    "editorial note",
    "length",
    "sentence name coverage",
    "period match",
    "reader score",
    "reader share",
    "passage reader score",
)
"""The sentence's cosine to the question; the share of the question's terms, by rarity, in the
sentence, in its passage and headline, in it and its neighbours, in the headline; the passage's
cosine; its fused score beside the best one's; whether the sentence has what is asked for; the
rarest term missing around it; the share of the question's names around it, and of its amounts
near it; how much of the question, by rarity, it has in all; how far its passage's cosine, and
its own, stand above the middle of those that were found; whether its passage is among the
first three both by meaning and by words; whether it is about the article itself; its length; the
share of the question's names in it and the headline; how well the article's day fits the periods
that are named; what the reader says of the sentence (log odds against that none of its passage
answers), its share among all sentences that were read, and the log odds that any of its passage
answers. An item of a list or a row of a table counts with what it stands under."""

COUNTED_FEATURES = FEATURES[: FEATURES.index("reader score")]
"""Those that are known before anything is read."""

SENTENCE_WORDS = 5
"""Words of a sentence that says something by itself."""

FIRST_SENTENCE_SHARE = 0.6
"""How near, beside the nearest sentence, the first one is to be."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit that may answer, with its scores.

    `weight` is comparable within one question: the ratio of two weights is their odds.
    `likelihood` (0 to 1) is comparable between questions. `features` are the values of FEATURES.
    """

    hit: Hit
    sentence: Sentence
    weight: float
    likelihood: float
    features: tuple[float, ...]
    terms: frozenset[str]
    """Of the sentence."""
    context_terms: frozenset[str]
    """Of the sentence, its neighbours, and the headline."""
    answer: Span | None = None
    """Where the reader finds the shortest answer, as offsets in the sentence."""

    @property
    def position(self) -> int:
        """Its place among the sentences of its hit."""
        return self.hit.sentences.index(self.sentence)

    @property
    def type_match(self) -> float:
        """How well the sentence has what is asked for, 0 to 1; see `type_matching.type_match`."""
        return self.features[FEATURES.index("answer type")]

    @property
    def reader_score(self) -> float:
        """The reader's log odds that the sentence answers."""
        return self.features[FEATURES.index("reader score")]

    @property
    def sentence_name_coverage(self) -> float:
        """The share of the question's names in the sentence and the headline."""
        return self.features[FEATURES.index("sentence name coverage")]

    @property
    def context_coverage(self) -> float:
        """The share of the question's terms in the sentence's passage and headline."""
        return self.features[FEATURES.index("passage coverage")]

    @property
    def name_coverage(self) -> float:
        """The share of the question's names around the sentence; 1 if it has none."""
        return self.features[FEATURES.index("name coverage")]


def rerank(hits: Sequence[Hit], ranked: Sequence[Candidate]) -> tuple[Hit, ...]:
    """The hits in the order of their best candidate; hits that were not read come last."""
    best: dict[str, int] = {}
    for place, candidate in enumerate(ranked):
        best.setdefault(candidate.hit.passage_id, place)
    return tuple(sorted(hits, key=lambda hit: best.get(hit.passage_id, len(ranked))))


def leading_sentences(hits: Sequence[Hit]) -> list[Candidate]:
    """One sentence of each hit, in the hits' order.

    It is the first one, or the one nearest to the query where that is much nearer.
    """
    found = []
    for hit in hits:
        said = [
            s
            for s in hit.sentences
            if len(s.text.split()) >= SENTENCE_WORDS
            and not (is_name_list(s.text) or is_uninformative(s.text))
        ]
        if said:
            best = max(said, key=lambda s: s.score)
            best = said[0] if said[0].score >= FIRST_SENTENCE_SHARE * best.score else best
            own = frozenset(terms(best.text))
            found.append(Candidate(hit, best, 1.0, 1.0, (1.0,) * len(FEATURES), own, own))
    return found


def neighbours(hit: Hit, i: int) -> str:
    """The text of a sentence of a hit together with the one before and the one after it."""
    around = hit.sentences[max(0, i - 1) : i + 2]
    return hit.article.body[around[0].start : around[-1].end]


def with_context(candidate: Candidate) -> str:
    """The headline, and the candidate with the sentences before and after it."""
    return f"{candidate.hit.article.headline}\n{neighbours(candidate.hit, candidate.position)}"
