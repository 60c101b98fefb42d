"""What a question asks for, found in a sentence.

`fit` says how well a sentence has it, 0 to 1; `best_offer` gives the one amount or date that
answers, if that can be told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.reading.answer_spans import NAME, OFFERS, OTHER_UNIT, Offer, offers, pattern
from chatbot.values import Kind, Query
from vectorstore import Span, question_terms, terms

SURE = 0.9
"""The fit from which an offer may stand in bold before its sentence."""
CLEARLY = 1.25
"""How much nearer to the question's words the one of several offers must be."""

OLD = re.compile(
    r"\b(?:from|instead of|rather than|compared (?:with|to)|as against)"
    r" (?:the |an? |about |some |approximately |around |roughly |nearly |over |up to )*$",
    re.IGNORECASE,
)
"""What stands before an amount or a date that no longer holds."""

BEFORE = re.compile(
    r"\b(?:before|prior|previous(?:ly)?|earlier|former(?:ly)?|used to|until|originally|at first"
    r"|initially|old)\b|이전|전에|전의|원래|당초|기존",
    re.IGNORECASE,
)
"""A question about what was before."""

CORRECTS = re.compile(r"\b(?:al)?though\b|\bin fact\b|\bactually\b|\bcontrary to\b", re.IGNORECASE)
"""What stands between an amount that was claimed and the one that is true."""

FEW = re.compile(r"\b(?:which|what|who|name|list) (?:the )?(?P<n>two|three|four)\b", re.IGNORECASE)
"""A list of so few is told in a sentence with as many names."""


def fit(query: Query, text: str) -> float:
    """How well a sentence has what the question asks for; 0.5 where that cannot be told."""
    kinds = [k for k in query.kinds if k != "how" or query.kind == "how"]
    scores = [_fit(kind, query, text) for kind in kinds]
    told = [s for s in scores if s is not None]
    return sum(told) / len(told) if told else 0.5


def offered(query: Query, texts: Sequence[str]) -> bool:
    """Whether sentences have between them something of each kind that is asked for: an
    amount, a date, a person, a place."""
    kinds = [k for k in query.kinds if k in OFFERS]
    return all(
        any(o.fit > OTHER_UNIT for text in texts for o in offers(k, query.question, text))
        for k in kinds
    )


def best_offer(query: Query, text: str, answer: Span | None = None) -> Offer | None:
    """The amount or date of a sentence that answers, None where several could.

    `answer` is where the reader finds the answer in the text: of several that fit, the one
    that stands there.
    """
    question = query.question
    for kind in query.kinds:
        if kind in ("how much", "when"):
            least = OTHER_UNIT + 0.01 if kind == "when" else SURE
            found = [o for o in offers(kind, question, text) if o.fit >= least]
            found = _of_the_time(question, text, found) if found else []
            there = [o for o in found if answer and o.start < answer[1] and answer[0] < o.end]
            several = len({o.text.lower() for o in found}) > 1
            if several and len({o.text.lower() for o in there}) == 1:
                return there[0] if there[0].fit >= SURE else None
            best = _nearest(question, text, found) if found else None
            return best if best and best.fit >= SURE else None
    return None


def _of_the_time(question: str, text: str, found: list[Offer]) -> list[Offer]:
    """Where a sentence says what was before ("down from 27.5%"), that is left out; where the
    question asks for it, the rest is."""
    old = [o for o in found if OLD.search(text[: o.start])]
    new = [o for o in found if o not in old]
    return (old if BEFORE.search(question) else new) if old and new else found


def _nearest(question: str, text: str, found: list[Offer]) -> Offer | None:
    """The offer that stands clearly nearer than others to the question's words; none where the
    sentence corrects one of them by another."""
    if len({o.text.lower() for o in found}) == 1:
        return found[0]
    asked = set(question_terms(question))
    places = [m.start() for m in re.finditer(r"\w+", text) if asked & set(terms(m.group()))]
    if not places:  # the question is in another language than the sentence
        return None
    scored = sorted(
        (
            (sum(1 / (1 + min(abs(p - o.start), abs(p - o.end)) / 10) for p in places), o)
            for o in found
        ),
        key=lambda pair: -pair[0],
    )
    best = scored[0][1]
    between = (text[min(best.end, o.end) : max(best.start, o.start)] for _, o in scored[1:])
    if any(CORRECTS.search(words) for words in between):
        return None
    return best if scored[0][0] >= CLEARLY * scored[1][0] else None


def _fit(kind: Kind, query: Query, text: str) -> float | None:
    if kind in OFFERS:
        return max((o.fit for o in offers(kind, query.question, text)), default=0.0)
    if kind == "list" and (few := FEW.search(query.question)):
        wanted = 2 if few["n"] == "two" else 3
        return 1.0 if len(list(NAME.finditer(text))) >= wanted else 0.3
    if kind in ("why", "how", "list"):
        return 1.0 if pattern(kind, "has").search(text) else 0.3
    return None
