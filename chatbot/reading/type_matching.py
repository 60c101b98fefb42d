"""Answer type matching: whether a sentence has what a question asks for.

`type_match` says how well, from 0 to 1; `best_answer_span` gives the one amount or date that
answers, if it can be told among several.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chatbot.language.quantities import Quantity, missing_quantities
from chatbot.reading.answer_spans import (
    CURRENCIES,
    NAME,
    OTHER_UNIT_MATCH,
    SPAN_FINDERS,
    AnswerSpan,
    answer_spans,
    pattern,
)
from chatbot.values import Kind, Query
from vectorstore import Span, question_terms, terms

LEAD_THRESHOLD = 0.9
"""The type match from which an answer span may stand in bold before its sentence."""
CLEAR_MARGIN = 1.25
"""How much nearer to the question's words than others an answer span must be."""

FORMER_VALUE = re.compile(
    r"\b(?:from|instead of|rather than|compared (?:with|to)|as against)"
    r" (?:the |an? |about |some |approximately |around |roughly |nearly |over |up to )*$",
    re.IGNORECASE,
)
"""What stands before an amount or a date that no longer holds."""

ASKS_BEFORE = re.compile(
    r"\b(?:before|prior|previous(?:ly)?|earlier|former(?:ly)?|used to|until|originally|at first"
    r"|initially|old)\b|이전|전에|전의|원래|당초|기존",
    re.IGNORECASE,
)
"""A question about what was before."""

CORRECTS = re.compile(r"\b(?:al)?though\b|\bin fact\b|\bactually\b|\bcontrary to\b", re.IGNORECASE)
"""What stands between an amount that was claimed and the one that is true."""

COUNTER_KO = re.compile(r" ?(?:명|대|번|개국|개|곳|건|척|차례|가지|마리)(?!령|물|설|학|통|표|째)")
"""What stands behind a number in Korean and says what is counted, where it begins no other word."""

SHORT_LIST = re.compile(
    r"\b(?:which|what|who|name|list) (?:the )?(?P<n>two|three|four)\b", re.IGNORECASE
)
"""A list of so few is told in a sentence with as many names."""


def type_match(query: Query, text: str) -> float:
    """How well a sentence has what the query asks for, 0 to 1; 0.5 if that cannot be told."""
    kinds = [k for k in query.kinds if k != "how" or query.kind == "how"]
    scores = [_kind_match(kind, query, text) for kind in kinds]
    known = [s for s in scores if s is not None]
    return sum(known) / len(known) if known else 0.5


def has_answer_types(query: Query, texts: Sequence[str]) -> bool:
    """Whether sentences together have a span of each answer type that is asked for.

    Only amounts, dates, persons and places can be told; other types count as present.
    """
    kinds = [k for k in query.kinds if k in SPAN_FINDERS]
    return all(
        any(
            o.type_match > OTHER_UNIT_MATCH
            for text in texts
            for o in answer_spans(k, query.question, text)
        )
        for k in kinds
    )


def best_answer_span(query: Query, text: str, answer: Span | None = None) -> AnswerSpan | None:
    """The amount or date of a sentence that answers; None where several could.

    `answer` is the span that the reader model finds: of several that match, the one there is
    taken, unless another stands clearly nearer to the question's words. A sentence without the rate
    or the sum that the question names ("When did the 25% tariff begin?") does not say when it was.
    """
    question = query.question
    for kind in query.kinds:
        if kind == "when" and next(missing_quantities(question, text, skip=_is_bare), None):
            return None
        if kind in ("how much", "when"):
            least = OTHER_UNIT_MATCH + 0.01 if kind == "when" else LEAD_THRESHOLD
            found = [o for o in answer_spans(kind, question, text) if o.type_match >= least]
            found = _of_asked_time(question, text, found) if found else []
            there = [o for o in found if answer and o.start < answer[1] and answer[0] < o.end]
            several = len({o.text.lower() for o in found}) > 1
            best = _nearest_span(question, text, found) if found else None
            if several and len({o.text.lower() for o in there}) == 1:
                if best and best.text.lower() != there[0].text.lower():
                    return None
                best = there[0]
            return _counted(best, text) if best and best.type_match >= LEAD_THRESHOLD else None
    return None


def _is_bare(quantity: Quantity) -> bool:
    """Whether a number is neither a rate nor a sum of money."""
    return quantity.unit not in {"%", *CURRENCIES}


def _counted(span: AnswerSpan, text: str) -> AnswerSpan:
    """A Korean number with the word that says what is counted: "네 명"."""
    if not (counter := COUNTER_KO.match(text, span.end)):
        return span
    return replace(span, text=text[span.start : counter.end()], end=counter.end())


def _of_asked_time(question: str, text: str, found: list[AnswerSpan]) -> list[AnswerSpan]:
    """Where a sentence says what was before ("down from 27.5%"), that is left out; where the
    question asks for it, the rest is."""
    old = [o for o in found if FORMER_VALUE.search(text[: o.start])]
    new = [o for o in found if o not in old]
    return (old if ASKS_BEFORE.search(question) else new) if old and new else found


def _nearest_span(question: str, text: str, found: list[AnswerSpan]) -> AnswerSpan | None:
    """The answer span that stands clearly nearer than others to the question's words.

    None where the sentence corrects one of them by another.
    """
    if len({o.text.lower() for o in found}) == 1:
        return found[0]
    asked_terms = set(question_terms(question))
    places = [m.start() for m in re.finditer(r"\w+", text) if asked_terms & set(terms(m.group()))]
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
    return best if scored[0][0] >= CLEAR_MARGIN * scored[1][0] else None


def _kind_match(kind: Kind, query: Query, text: str) -> float | None:
    if kind in SPAN_FINDERS:
        return max((o.type_match for o in answer_spans(kind, query.question, text)), default=0.0)
    if kind == "list" and (few := SHORT_LIST.search(query.question)):
        wanted = 2 if few["n"] == "two" else 3
        return 1.0 if len(list(NAME.finditer(text))) >= wanted else 0.3
    if kind in ("why", "how", "list"):
        return 1.0 if pattern(kind, "has").search(text) else 0.3
    return None
