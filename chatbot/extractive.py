"""The extractive answerer: picks, orders and quotes the sentences that answer.

No model writes anything. A claim is an exact sentence behind its outlet and date. If no
sentence comes close enough to the question, the answerer abstains.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatbot.values import Answer, Citation, Claim, Query
from chatbot.when import asks_for_now
from chatbot.wording import attribution, phrases
from vectorstore import Archive, Hit, Sentence, question_terms, terms

READ = 10
"""Hits whose sentences are weighed."""

MOST_CLAIMS = 3
"""Sentences in an answer."""

NEAR_BEST = 0.8
"""A further sentence must weigh this much of the best one's weight."""

ALIKE = 0.6
"""Share of common terms from which two sentences say the same."""

ASIDE = re.compile(
    r"^(?:correction|clarification|editor'?s note)\b|\bearlier version of this"
    r"|^this article is part of|정정|바로잡|^이 기사는",
    re.IGNORECASE,
)
ASIDE_WEIGHT = 0.5
"""What is left of the weight of a sentence about the article itself: a correction repeats
what was wrong."""

ENOUGH = 0.42
"""The support below which the archive does not hold the answer; see docs/measurements.md."""

MEANING, WORDS, PASSAGE, KIND = 0.35, 0.25, 0.3, 0.1
"""What a sentence's weight is made of: its cosine to the question, the share of the
question's terms (by rarity) in it and its passage, its passage's score, and whether it has
what the question asks for."""

ASKED_FOR = (
    (
        re.compile(r"^(?:who|whose|whom)\b|누가|누구", re.IGNORECASE),
        re.compile(r"[A-Z][a-z]+ [A-Z]|[가-힣]{2,4}"),
    ),
    (
        re.compile(
            r"\bhow (?:much|many|big|large|long|far|high|old|steep)|\b(?:rate|share|percent|amount"
            r"|worth|cost)\b|얼마|몇",
            re.IGNORECASE,
        ),
        re.compile(r"\d"),
    ),
    (
        re.compile(r"\bwhen\b|what (?:date|day|month|year)|언제|며칠", re.IGNORECASE),
        re.compile(
            r"\d{4}|\b(?:January|February|March|April|May|June|July|August|September|October"
            r"|November|December|\w+day)\b|\d+[년월일]"
        ),
    ),
)
"""What a question asks for, and what a sentence that answers it has."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit, and how well it fits the question (0 to about 1)."""

    hit: Hit
    sentence: Sentence
    weight: float
    support: float


class Extractive:
    """Answers from exact sentences of the hits; holds nothing between questions."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yields a claim at a time, none if the support is not enough."""
        for weighed in self.choose(query, hits):
            yield Answer(claims=(quote(weighed.hit, weighed.sentence, query.language),))

    def choose(self, query: Query, hits: Sequence[Hit]) -> list[Weighed]:
        """The sentences of the answer in order, none if the support is not enough.

        The best comes first, but where the question asks for now the newest.
        """
        ranked = sorted(self._weigh(query, hits[:READ]), key=lambda w: -w.weight)
        if not ranked or max(w.support for w in ranked[:MOST_CLAIMS]) < ENOUGH:
            return []
        chosen: list[Weighed] = []
        for weighed in ranked:
            if len(chosen) == MOST_CLAIMS or weighed.weight < NEAR_BEST * ranked[0].weight:
                break
            if all(_overlap(weighed, other) < ALIKE for other in chosen):
                chosen.append(weighed)
        if asks_for_now(query.question):
            chosen.sort(key=lambda w: _published(w.hit), reverse=True)
        return chosen

    def abstain(self, query: Query, hits: Sequence[Hit]) -> Answer:
        """Says that the archive does not hold the answer, and what was looked for."""
        said = phrases(query.language)
        words = [w for w in re.findall(r"[\w'’-]+", query.question) if question_terms(w)]
        text = said["abstain_nearest"].format(looked=" ".join(words)) if hits else said["abstain"]
        return Answer(abstained=True, message=text if query.question else said["empty"])

    def _weigh(self, query: Query, hits: Sequence[Hit]) -> Iterator[Weighed]:
        asked = [self._archive.rarity(question_terms(text)) for text in query.readings]
        wanted = [has for asks, has in ASKED_FOR if asks.search(query.question)]
        best = max((h.score for h in hits), default=1.0) or 1.0
        for hit in hits:
            around = set(terms(hit.text)) | set(terms(hit.article.headline))
            for sentence in hit.sentences:
                own = _share(asked, set(terms(sentence.text)))
                words = 0.6 * own + 0.4 * _share(asked, around)
                kind = sum(bool(w.search(sentence.text)) for w in wanted) / max(1, len(wanted))
                weight = (
                    MEANING * sentence.score
                    + WORDS * words
                    + PASSAGE * hit.score / best
                    + KIND * (kind if wanted else 0.5)
                )
                if ASIDE.search(sentence.text):
                    weight *= ASIDE_WEIGHT
                support = 0.5 * sentence.score + 0.5 * _share(asked, around)
                yield Weighed(hit, sentence, weight, support)


def quote(hit: Hit, sentence: Sentence, language: str) -> Claim:
    """A sentence as a claim: attribution, and the exact quote, not yet numbered."""
    article, said = hit.article, phrases(language)
    lead = attribution(article.outlet, article.published, language)
    citation = Citation(
        number=0,
        article=article,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
    )
    return Claim(text=f"{lead}{said['open']}{sentence.text}{said['close']}", citations=(citation,))


def _published(hit: Hit) -> float:
    published = hit.article.published
    return published.instant.timestamp() if published else float("-inf")


def _share(asked: Sequence[Mapping[str, float]], present: Iterable[str]) -> float:
    """The share of the question's terms that are present, by rarity; in its best language."""
    have = set(present)
    shares = (
        sum(weight for term, weight in rarity.items() if term in have) / sum(rarity.values())
        for rarity in asked
        if sum(rarity.values())
    )
    return max(shares, default=0.0)


def _overlap(one: Weighed, other: Weighed) -> float:
    a, b = set(terms(one.sentence.text)), set(terms(other.sentence.text))
    return len(a & b) / max(1, min(len(a), len(b)))
