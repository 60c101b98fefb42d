"""Excerpts: how much of an article is quoted, so that a sentence can be understood on its own.

A sentence that refers back ("He said that") takes the one before it along; an open quotation
is closed within its paragraph; an item of a list is quoted under its lead-in; and the speaker
is named, if the article tells. Spans are character offsets in the article's body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatbot.answering.speech import (
    has_own_label,
    leaves_quotation_open,
    paragraph_span,
    speaker_of,
)
from chatbot.language.list_items import BOUNDARY, lead_of, list_under
from chatbot.language.phrases import language_of
from vectorstore import Span

CORRECTS = re.compile(
    r"(?:(?:But|However|In fact|Yet),? )?(?:(?:the|that|this|his|her|their) (?:\w+ ){0,2}?"
    r"(?:figure|number|claim|count|date|amount|total|report|statement|rate|quote)s?"
    r"|(?:that|this|it|both|neither)) (?:(?:is|was|are|were|has been|had been) )?(?:in fact )?"
    r"(?:not (?:true|right|correct|accurate|so)|wrong|false|incorrect|untrue|mistaken|misstated"
    r"|inaccurate|an error|a mistake|corrected|withdrawn|retracted|denied|disputed|overstated"
    r"|out of date|no longer (?:true|so|holds))\b"
    r"|(?:Correction|Editor.s note)\b"
    r"|(?:그러나 |하지만 )?(?:이는|그|이|해당)? ?"
    r"(?:수치|숫자|주장|보도|발언|금액|날짜)?[은는가이]? ?"
    r"(?:사실이? ?(?:이 )?아니|사실과 다르|틀렸|틀린|잘못)",
    re.IGNORECASE,
)
"""How a sentence begins that corrects or denies the one before it."""

LONG = {"en": 48, "ko": 30}
"""Words from which a sentence is cut to the clauses around its answer, by its language."""

LEFT = {"en": 20, "ko": 12}
"""Words that are left of such a sentence at least."""

JOINT = re.compile(
    r";\s+(?:(?:and|or)\s+)?(?=\S)"
    r"|,\s+(?=(?:and|while|which|where|who|whose|including|such as|as well as|in order to"
    r"|pursuant to|consistent with|with)\s)"
    r"|\s+[—–]\s+"
    r"|(?<=며|고|나),\s+"
)
"""Where a long sentence may be cut."""

QUALIFIES = re.compile(
    r"\b(?:not|no|never|nor|neither|except|unless|until|only|provided|however|although|though|but"
    r"|if|subject to|without|den(?:y|ies|ied)|rejects?|fail(?:s|ed)?|instead|rather|false(?:ly)?"
    r"|wrong(?:ly)?|alleged(?:ly)?)\b"
    r"|않|아니|없|못|다만|제외|경우|부인|거부",
    re.IGNORECASE,
)
"""What a part that is left out may not have: it could turn round, or limit, what is left."""

MOST_ADDED = 350
"""Characters that a quote may grow by on either side."""

OPENING = re.compile(
    r"[“\"]?(?:[-*•·–]|\(?(?:\d{1,3}|[ivx]{1,4}|[a-zA-Z])[.)])\s+(?=\S)"
    r"|[A-Z][A-Z0-9][A-Z0-9 ,.'’&/$%–-]{6,}:\s+(?=[A-Z“])"
    r"|(?:In the meantime|Meanwhile|Moreover|In addition|Additionally|Furthermore|Also|Finally"
    r"|Similarly|Likewise|Accordingly|Thus|Therefore), (?=\w)"
    r"|(?:And|So),? (?=[a-z])"
)
"""How a sentence may open with what is no part of what it says."""

CLOSING = re.compile(r"[;,] (?:and|or)\s*$")

LEAST_LEFT = 20
"""Characters that are left of a sentence at least."""

POINTS_BACK = re.compile(
    r"^[“\"'(]?(?:(?:And|But|So|Then|However|Yet|Instead|Still|Also|Meanwhile),? )?"
    r"(?:He|She|It|They|His|Her|Its|Their|These|Those|Such|Both|Neither|That|The (?:two|pair|latter"
    r"|former|move|measure|change|increase|step|figure|plan|list|date|rate)|"
    r"This (?!morning|week|month|year|afternoon))\b"
    r"|[,”\"’] (?:he|she|they) (?:said|added|told|wrote|argued|noted|continued|explained)\b"
    r"|^(?:그는|그녀는|이는|이에|이를|이날|또한?|이어|그러나|하지만|다만|그 |이 |이번|양국은"
    r"|양측은)",
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The spans to quote, in the article's order, and who speaks in them ("" if unknown)."""

    spans: tuple[Span, ...]
    speaker: str = ""


def excerpt(body: str, span: Span) -> Excerpt:
    """The excerpt of a body with which the sentence at `span` can be understood on its own.

    What a sentence introduces with a colon is part of its excerpt.
    """
    start, end = span
    if after := correction_after(body, end):
        return Excerpt((span, after))
    if lead := lead_of(body, start, end):
        return Excerpt((lead, span))
    if last := list_under(body, start, end):
        return Excerpt(((start, last),))
    first = paragraph_span(body, start)[0]
    start, end = _closed(body, start, end)
    text = body[start:end]
    speaker = (
        speaker_of(body, start, end)
        if leaves_quotation_open(text) or not has_own_label(text)
        else ""
    )
    if POINTS_BACK.search(text) and not speaker:
        if start > first and (before := _before(body, first, start)) is not None:
            return Excerpt(((before, end),))
        if start == first and (earlier := _last_of_previous(body, first)):
            return Excerpt((earlier, (start, end)))
    return Excerpt(((start, end),), speaker)


def trim(body: str, span: Span) -> Span:
    """A span without what says nothing at its ends.

    That is the mark of a list item, a heading in capitals, a word that only joins the sentence to
    the one before, and the "; and" of a list.
    """
    start, end = span
    while (m := OPENING.match(body, start, end)) and end - m.end() >= LEAST_LEFT:
        start = m.end()
    if m := CLOSING.search(body[start:end]):
        end = start + m.start()
    return start, end


def answer_clause(body: str, span: Span, answer: Span) -> Span:
    """The clauses of a long sentence that have its answer.

    What stands before or after is left out where the sentence may be cut without changing what the
    rest says. `span` and `answer` are offsets in the body; the result lies in the first and
    contains the second.
    """
    start, end = span
    language = language_of(body[start:end])
    if len(body[start:end].split()) < LONG[language] or not start <= answer[0] < answer[1] <= end:
        return span
    joints = [(m.start(), m.end()) for m in JOINT.finditer(body, start, end)]
    for first, _ in joints:
        if first >= answer[1] and _stays_whole(body, (start, first), (first, end)):
            end = first
            break
    for mark, last in reversed(joints):
        if last <= answer[0] and body[mark] == ";":
            if _stays_whole(body, (last, end), (start, mark)):
                start = last
            break
    return start, end


def _stays_whole(body: str, kept: Span, left_out: Span) -> bool:
    """Whether a sentence's part says the same without the other one."""
    rest, gone = body[slice(*kept)], body[slice(*left_out)]
    marks = (("“", "”"), ("(", ")"))
    return (
        len(rest.split()) >= LEFT[language_of(rest)]
        and all(rest.count(a) == rest.count(b) for a, b in marks)
        and rest.count('"') % 2 == 0
        and not QUALIFIES.search(gone)
    )


def correction_after(body: str, end: int) -> Span | None:
    """The sentence after one that ends there, if it corrects or denies that one; else None."""
    start = end + len(body[end:]) - len(body[end:].lstrip())
    if start >= len(body) or not CORRECTS.match(body, start):
        return None
    last = paragraph_span(body, start)[1]
    stop = BOUNDARY.search(body, start, last)
    return start, stop.start() if stop else last


def _closed(body: str, start: int, end: int) -> Span:
    """The span with its quotation closed, where that takes little more of its paragraph."""
    first, last = paragraph_span(body, start)
    text = body[start:end]
    if text.count("“") > text.count("”"):
        close = body.find("”", end, min(last, end + MOST_ADDED))
        if close >= 0:
            tail = BOUNDARY.search(body, close, last)
            whole = tail.start() if tail else last
            end = whole if whole - end <= MOST_ADDED else close + 1
    elif text.count("”") > text.count("“"):
        opened = body.rfind("“", max(first, start - MOST_ADDED), start)
        if opened >= 0:
            start = _sentence_start(body, first, opened)
    return start, end


def _sentence_start(body: str, first: int, at: int) -> int:
    breaks = [m.end() for m in BOUNDARY.finditer(body, first, at + 1)]
    return breaks[-1] if breaks else first


def _before(body: str, first: int, start: int) -> int | None:
    """Where the sentence before begins, if it is short enough to take along."""
    before = body[first:start].rstrip()
    at = _sentence_start(body, first, first + len(before) - 1)
    return at if 0 < start - at <= MOST_ADDED else None


def _last_of_previous(body: str, first: int) -> Span | None:
    """The last sentence of the paragraph before."""
    end = len(body[: max(0, first - 2)].rstrip())
    if end <= 0:
        return None
    start = _sentence_start(body, paragraph_span(body, end - 1)[0], end - 1)
    return (start, end) if 0 < end - start <= MOST_ADDED else None
