"""Answer spans: the parts of a sentence that could be what a question asks for.

They are amounts, dates, persons and places, found by patterns in `lexicon/answer_spans.toml`,
each with how well it matches the answer type of the question (0 to 1).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from chatbot.language.dates import WEEKDAY, dates
from chatbot.language.quantities import Quantity, quantities
from chatbot.reading.office_holders import holders, requested_office
from chatbot.values import Kind
from vectorstore import question_terms, terms

CURRENCIES = frozenset({"dollar", "won", "euro", "pound", "yen", "yuan"})
TIME_UNITS = frozenset({"year", "month", "week", "day", "hour", "minute"})
OTHER_UNIT_MATCH = 0.35
"""How well a number fits where another unit was asked for."""

NAME = re.compile(
    r"(?:[A-Z][\w'’.-]{0,60}[a-z.]|[A-Z]{2,60})(?: (?:[A-Z][\w'’.-]*|de|van|von|al))+"
)
ASKS_DAY = re.compile(r"\b(?:what|which) (?:\w+ )?(?:day|date)\b|며칠|무슨 ?요일", re.IGNORECASE)
"""A question that a month does not answer."""
COUNTED_MODEL = re.compile(r"\b[Hh]ow many (?:[\w’'-]+ ){0,2}?(?P<name>[A-Z]{1,4}-?\d+)")
"""Things that are counted by a name that nothing else has: "how many F-35s"."""
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
OF_YEAR = re.compile(r"(?: \w+){0,2} (?:in|for|during) (?P<year>(?:19|20)\d\d)\b")
"""The year that an amount before it is of."""
NUMBER_LABEL = re.compile(
    r"(?:\b[A-Z]{1,5}-"
    r"|\b(?:order|proclamation|resolution|section|sec\.|article|annex|chapter|title|part|page"
    r"|paragraph|(?:sub)?heading|(?:sub)?division|note|no\.|number|act of|line|phase|route|§+) ?"
    r"|제 ?)$",
    re.IGNORECASE,
)
"""What stands before a number that is a name: "F-35", "Section 232", "제301조"."""
CAPITAL = re.compile(r"(?<=[a-z,;’”] )[A-Z][\w'’-]+")
PLACE = re.compile(
    r"\b(?:in|at|to|from|near|of|outside|across|into|for) (?:the )?"
    r"(?P<place>[A-Z][\w'’-]+(?:,? [A-Z][\w'’.-]+)*)"
    r"|(?<![가-힣])[가-힣]{2,}(?:에서|시|도|국)\b"
)
HANGUL_NAME = re.compile(
    r"[가-힣]{2,4} ?(?:대통령|장관|총리|대표|의원|위원장|회장|차관|대사|실장|총재)"
)
CLAUSE = re.compile(
    r"[;:—–]\s|,? (?=(?:but|although|though|while|whereas) )"
    r"|, (?=and (?:the|a|an|he|she|it|they|his|her|its|their|[A-Z])\b)"
)
"""Where a clause of a sentence ends."""
MEASURE = re.compile(
    r"[ -](?:(?:total|gross|net) )?(?:(?:square|cubic) )?(?:acres?|hectares?|miles?|feet|foot|ft"
    r"|met(?:er|re)s?|km|kilomet\w+|inch\w*|yards?|tons?|tonnes?|barrels?|gallons?|lit(?:er|re)s?"
    r"|megawatts?|gigawatts?|MW|GW|seats?|people|employees|workers|beds?)\b"
    r"|㎡|제곱|평|헥타르|에이커",
    re.IGNORECASE,
)
"""What an amount that tells a size counts."""
CLAUSE_WORDS = 5
"""Words that a clause has at least that says something by itself."""


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """A part of a sentence that could answer: text, offsets there, type match from 0 to 1."""

    text: str
    start: int
    end: int
    type_match: float


@cache
def span_patterns() -> dict[str, Any]:
    """The patterns of `lexicon/answer_spans.toml`, by section and name."""
    return tomllib.loads((files("chatbot") / "lexicon" / "answer_spans.toml").read_text("utf-8"))


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """A compiled pattern of `span_patterns`."""
    return re.compile(span_patterns()[section][name], re.IGNORECASE)


def answer_spans(kind: Kind, question: str, text: str) -> list[AnswerSpan]:
    """The answer spans of a sentence for an answer type, the best match first.

    The list is empty for types that have no spans, such as "why".
    """
    find = SPAN_FINDERS.get(kind)
    return sorted(find(question, text), key=lambda o: -o.type_match) if find else []


@lru_cache(maxsize=256)
def requested_units(question: str) -> tuple[str, ...]:
    """The units that a question asks for: of `quantities`, "money", "span", "size", "count"."""
    return tuple(
        name for name in span_patterns()["units"] if pattern("units", name).search(question)
    )


def _amount_spans(question: str, text: str) -> Iterator[AnswerSpan]:
    if (model := COUNTED_MODEL.search(question)) and model["name"] not in text:
        return
    known = quantities(question)
    wanted = requested_units(question)
    years = YEAR.findall(question)
    for q in _joined(quantities(text), text):
        if not q.unit and _names_something(text, q):
            continue
        if any(q.agrees(k) and q.unit == k.unit for k in known):
            continue
        good = _unit_fit(q.unit, wanted, text[q.end : q.end + 40], question)
        if years and (own := OF_YEAR.match(text, q.end)) and own["year"] not in years:
            good = min(good, OTHER_UNIT_MATCH)
        yield AnswerSpan(q.text, q.start, q.end, good)


def _names_something(text: str, q: Quantity) -> bool:
    """Whether a bare number is the number of a thing, or of an item: "(2)"."""
    item = text[max(0, q.start - 1) : q.end + 1]
    return bool(NUMBER_LABEL.search(text[max(0, q.start - 30) : q.start])) or item == f"({q.text})"


def _joined(found: list[Quantity], text: str) -> list[Quantity]:
    """Spans of time in two units as one: "two hours and 20 minutes"."""
    joined: list[Quantity] = []
    for q in found:
        last = joined[-1] if joined else None
        if last and q.unit in TIME_UNITS and last.unit in TIME_UNITS and q.unit != last.unit:
            between = text[last.end : q.start]
            if re.fullmatch(r",? ?(?:and )?", between):
                joined[-1] = replace(last, text=text[last.start : q.end], end=q.end)
                continue
        joined.append(q)
    return joined


def _unit_fit(unit: str, wanted: Sequence[str], following: str, question: str) -> float:
    if unit == "ordinal" and "번째" not in question:
        return 0.2
    if not wanted:
        return 0.8
    if (
        unit in wanted
        or ("money" in wanted and unit in CURRENCIES)
        or ("span" in wanted and unit in TIME_UNITS)
    ):
        return 1.0
    if "size" in wanted and not unit and MEASURE.match(following):
        return 1.0
    if "count" in wanted and unit in ("", "times", "ordinal"):
        own = re.split(r"[,;:.()]", following, maxsplit=1)[0]
        counted = set(terms(" ".join(own.split()[:4]))) & set(terms(question))
        return 1.0 if counted else 0.7
    return OTHER_UNIT_MATCH


def _date_spans(question: str, text: str) -> Iterator[AnswerSpan]:
    known = dates(question)
    asked_terms = set(question_terms(question))
    for d in dates(text):
        known_already = any(d.agrees(k) for k in known)
        if not known_already:
            whole = 1.0 if d.day or ("year" in question and d.year) else 0.7
            if not d.day and ASKS_DAY.search(question):
                whole = OTHER_UNIT_MATCH
            if whole > OTHER_UNIT_MATCH and in_other_clause(asked_terms, text, d.start, d.end):
                whole = OTHER_UNIT_MATCH
            yield AnswerSpan(d.text, d.start, d.end, whole)
    for m in WEEKDAY.finditer(text):
        if m.group().lower() not in question.lower():
            yield AnswerSpan(
                m.group(), *m.span(), 0.9 if "weekday" in question or "요일" in question else 0.6
            )


def in_other_clause(asked_terms: Set[str], text: str, start: int, end: int) -> bool:
    """Whether a sentence speaks of what is asked in another clause than that of a span.

    A clause of few words ("In July, …") counts together with those beside it.
    """
    marks = [0, *(m.end() for m in CLAUSE.finditer(text)), len(text)]
    own = max(i for i, mark in enumerate(marks[:-1]) if mark <= start)
    first, last = own, own + 1
    while (
        last - first < len(marks) - 1
        and len(text[marks[first] : marks[last]].split()) < CLAUSE_WORDS
    ):
        first, last = max(0, first - 1), min(len(marks) - 1, last + 1)
    near = text[marks[first] : max(end, marks[last])]
    return not asked_terms & set(terms(near)) and bool(asked_terms & set(terms(text)))


def _name_spans(question: str, text: str) -> Iterator[AnswerSpan]:
    if office := requested_office(question):
        for holder, good in holders(office, text):
            yield AnswerSpan(text[holder.start : holder.end], holder.start, holder.end, good)
        return
    asked_terms = set(terms(question))
    for shape, good in ((NAME, 1.0), (HANGUL_NAME, 1.0), (CAPITAL, 0.6)):
        for m in shape.finditer(text):
            if not set(terms(m.group())) & asked_terms:
                yield AnswerSpan(m.group(), *m.span(), good)


def _place_spans(question: str, text: str) -> Iterator[AnswerSpan]:
    asked_terms = set(terms(question))
    for m in PLACE.finditer(text):
        name = m.group("place") or m.group()
        if not set(terms(name)) & asked_terms:
            yield AnswerSpan(name, m.start(), m.end(), 1.0)
    for m in CAPITAL.finditer(text):
        if not set(terms(m.group())) & asked_terms:
            yield AnswerSpan(m.group(), *m.span(), 0.5)


SPAN_FINDERS: dict[str, Callable[[str, str], Iterator[AnswerSpan]]] = {
    "how much": _amount_spans,
    "when": _date_spans,
    "who": _name_spans,
    "where": _place_spans,
}
