"""Attribution of speech: who says what stands at a span of an article.

Speakers are told by a label ("Reporter:") before their words, or by "said" after a quotation.
"""

from __future__ import annotations

import re

from vectorstore import Span

LABEL = re.compile(
    r"^(?P<who>(?:[A-Z][A-Z.'’-]+(?: |(?=:))){1,5}):|^(?P<named>[^“\"\n:.]{4,90}): ?[“\"]",
    re.MULTILINE,
)
"""A speaker before a colon: a transcript's capitals, or a list of what people say."""

AFTER = re.compile(
    r"[”\"],? (?:said|added|wrote|stated|according to) (?P<who>(?:[\w.’'-]+ ){0,5}[A-Z][\w’'-]+)"
    r"|[”\"],? (?P<who2>(?:[A-Z][\w.’'-]+ ){1,5})(?:said|added|wrote|stated)\b"
)

NO_SPEAKER = frozenset("On In At The For From By About Under After Before Watch Read".split())
"""Words that begin a heading rather than the name of someone who speaks."""

TURNS = 2
"""Times that a transcript names someone who speaks; a heading in capitals stands once."""

LABELS_BACK = 6_000
"""Characters before a quote in which a transcript's label is looked for."""


def paragraph_span(body: str, at: int) -> Span:
    """The span of the paragraph around an offset."""
    start = body.rfind("\n\n", 0, at)
    end = body.find("\n\n", at)
    return (0 if start < 0 else start + 2), (len(body) if end < 0 else end)


def speaker_of(body: str, start: int, end: int) -> str:
    """Who says what stands at a span; "" if that cannot be told.

    It is told by a label before it, or by "said" after its quotation.
    """
    first, last = paragraph_span(body, start)
    for label in reversed(list(LABEL.finditer(body, first, start + 1))):
        within = body[label.end() - 1 : start]
        if label.group("named") and within.count("“") > within.count("”"):
            return _name(label.group("named"))
    unclosed = leaves_quotation_open(body[start:end])
    if unclosed and (after := AFTER.search(body, max(start, end - 1), last)):
        return (after.group("who") or after.group("who2") or "").strip()
    back = [m for m in LABEL.finditer(body, max(0, start - LABELS_BACK), start) if m.group("who")]
    who = back[-1].group("who") if back else ""
    return who.strip() if who and body.count(f"{who}:") >= TURNS else ""


def _name(label: str) -> str:
    """A label, if it reads as who speaks: it begins with a capital, and ends with a name."""
    words = label.strip().split()
    titled = words[0][0].isupper() and words[-1][0].isupper() and words[0] not in NO_SPEAKER
    return label.strip() if titled else ""


def has_own_label(text: str) -> bool:
    """Whether a sentence begins with its own label."""
    return LABEL.match(text) is not None


def leaves_quotation_open(text: str) -> bool:
    """Whether a text opens a quotation that it does not close, or closes one it did not open."""
    return text.count("“") != text.count("”") or text.count('"') % 2 == 1
