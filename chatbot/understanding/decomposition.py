"""Query decomposition: a question of several parts as questions that are searched one by one.

Each part is completed with what it shares with the others, such as the subject of a
comparison or the name that a pronoun stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.language.periods import TimeMention
from chatbot.language.phrases import long_date, phrases
from chatbot.values import Kind

MOST_PARTS = 3
"""Parts of a question that are searched; each costs a search."""

WH = (
    r"(?:(?:in|on|by|at|from|for|to|of|with|under) )?"
    r"(?:what|who|whom|whose|when|where|which|why|how)\b"
)
CLAUSE = re.compile(
    rf"[,;]? (?:and|but|or)(?: then| also)? (?={WH})|[?;] +(?=\w)|[,;] +(?={WH})",
    re.IGNORECASE,
)
CLAUSE_KO = re.compile(r"(?<=[고며]), |[?;] +(?=\w)|(?<=는),? 그리고 ")
OPENS = re.compile(
    rf"(?:(?:and|but|so|then|also) )?(?:{WH}|(?:is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|should|name|list|give|tell|compare|show|explain|describe)\b)",
    re.IGNORECASE,
)
NAME = r"(?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,3}"
COMPARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?P<lead>.*?)\b(?:differences?|contrast|comparison|similarit\w+|gap)\b.*? between"
        r" (?P<a>.+?) and (?P<b>.+)$",
        r"^(?P<lead>.+?)\b(?:chang|differ|var|mov|shift|ris|rose|fall|fell|grow|grew|evolv|go|went)"
        r"\w* (?:between|from) (?P<a>.+?) (?:and|to) (?P<b>.+)$",
        r"^(?P<lead>)compare (?P<a>.+?) (?:with|to|and|against|versus) (?P<b>.+)$",
        r"^(?P<lead>)(?:and )?(?:how (?:does|do|did|has|have|is|are) )?(?P<a>.+?)"
        r" (?:compared?s?|differ\w*|stack up|measure up)(?: (?:with|to|from|against)) (?P<b>.+)$",
        r"^(?P<lead>)(?P<a>.+?) (?:versus|vs\.?|as opposed to) (?P<b>.+)$",
        r"^(?P<lead>(?:which|who|what)\b.+?)[,:] (?P<a>.+?),? or (?P<b>.+)$",
        r"^(?P<lead>.+?) before and after (?P<a>)(?P<b>.+)$",
    )
)
COMPARED_KO = re.compile(
    r"^(?P<a>\S.*?)(?:와|과|하고|랑) (?P<b>\S+?)(?:의|을|를|은|는|이|가) "
    r"(?P<tail>.*?(?:차이|비교|다른|달라|바뀌|변).*)$"
)
REPEATED = re.compile(
    r"^(?P<lead>.+?) (?P<prep>to|for|in|from|on|by|with|at) (?P<a>[^,]+?),? (?:and|or) (?P=prep)"
    r" (?P<b>.+)$"
)
SIDE_BY_SIDE = re.compile(
    rf"^(?P<lead>.+?\b)(?:both )?(?P<a>{NAME}) and (?P<b>{NAME})(?P<tail>.*)$"
)
EACH = re.compile(r"\b(?:both|each|respectively|either|compare)\b", re.IGNORECASE)
EMPTY = frozenset(
    "how did does do has have is are was were the a an of what which who whom whose when where why"
    " in on at to for from by with and or it its they them their this that these those he she his"
    " her be been will would much many there name list give compare difference differences"
    " between".split()
)
WORD = re.compile(r"[\w$%][\w$%.,'’-]*")
WH_SIDE = re.compile(rf"{WH}", re.IGNORECASE)
LEANS = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|his|him|she|her|one|each)\b",
    re.IGNORECASE,
)


def subquestions(
    question: str, kinds: Sequence[Kind], mentions: Sequence[TimeMention], language: str
) -> tuple[str, ...]:
    """The subquestions of a question, each a text to search; () for a plain question.

    Each is completed with what it shares with the others: the subject of a comparison, and what
    a pronoun stands for. Words such as "that month" become the days that they mean.
    """
    plain = resolve_time_references(question, mentions, language).strip().rstrip("?!. ")
    split = CLAUSE_KO if language == "ko" else CLAUSE
    clauses = [c.strip(" ?,;.") for c in split.split(plain)]
    clauses = [c for c in clauses if len(content_words(c)) >= 2]
    if language != "ko" and not all(OPENS.match(c) for c in clauses):
        clauses = [plain]
    whole = [
        _resolve_references(c, clauses[:at], mentions) for at, c in enumerate(clauses[:MOST_PARTS])
    ]
    parts = [p for c in whole for p in (_comparison_pair(c, kinds, language) or (c,))]
    return tuple(parts[:MOST_PARTS]) if len(parts) > 1 else ()


def original_wording(part: str, question: str) -> str:
    """A subquestion without the words that were added to it, if the rest says enough."""
    words = part.split()
    while words and " ".join(words) not in question:
        words.pop()
    own = " ".join(words)
    return own if len(content_words(own)) >= 2 else part


def resolve_time_references(text: str, mentions: Sequence[TimeMention], language: str) -> str:
    """A text in which "that month" and "a year later" are replaced by dates."""
    for spoken in sorted(mentions, key=lambda s: -s.start):
        if re.search(
            r"\b(?:that|same|later|earlier|following|previous|preceding)\b",
            spoken.words,
            re.IGNORECASE,
        ):
            start, end = spoken.period
            when = long_date(start, language)
            if (end - start).days > 3:
                when = f"{start.day}–{end.day} {phrases('en')['months'][end.month - 1]} {end.year}"
            if (end - start).days > 20:
                when = f"{phrases('en')['months'][end.month - 1]} {end.year}"
            text = text.replace(spoken.words, when, 1)
    return text


def content_words(text: str) -> list[str]:
    """The content words of a text."""
    return [w for w in WORD.findall(text) if w.lower().rstrip(".,") not in EMPTY]


def _comparison_pair(clause: str, kinds: Sequence[Kind], language: str) -> tuple[str, str] | None:
    """The two sides of a comparison, or two names side by side, each with what they share."""
    if language == "ko":
        match = COMPARED_KO.match(clause) if "compare" in kinds else None
        return match and (f"{match['a']} {match['tail']}", f"{match['b']} {match['tail']}")
    if match := next((m for p in COMPARED if (m := p.match(clause))), None):
        if not match["a"]:
            return f"{match['lead']} before {match['b']}", f"{match['lead']} after {match['b']}"
        if match["lead"] or "compare" in kinds or len(match["a"].split()) <= 8:
            return _with_shared_words(match["lead"], match["a"], match["b"], "")
    if match := REPEATED.match(clause):
        return _with_shared_words(f"{match['lead']} {match['prep']}", match["a"], match["b"], "")
    both = {"list", "compare"} & set(kinds) or EACH.search(clause)
    if both and (match := SIDE_BY_SIDE.match(clause)):
        return _with_shared_words(match["lead"], match["a"], match["b"], match["tail"])
    return None


def _with_shared_words(lead: str, one: str, two: str, tail: str) -> tuple[str, str]:
    """Both sides with the lead; a side that is a bare name takes the other's common words."""
    common = [[w for w in content_words(side) if w[0].islower()] for side in (one, two)]
    if not tail and not content_words(lead):
        one += "" if common[0] else " " + " ".join(common[1])
        two += "" if common[1] else " " + " ".join(common[0])
    if not tail and WH_SIDE.match(two):
        two += " " + " ".join(common[0])
    lead = " ".join(content_words(lead))
    return f"{lead} {one}{tail}".strip(), f"{lead} {two}{tail}".strip()


def _resolve_references(part: str, before: Sequence[str], mentions: Sequence[TimeMention]) -> str:
    """A part with the words of the first one that it leans on, without that one's dates."""
    if not before or not (LEANS.search(part) or len(content_words(part)) <= 3):
        return part
    topic = before[0]
    if any(s.words in part for s in mentions):
        for spoken in mentions:
            topic = topic.replace(spoken.words, " ")
    have = {w.lower() for w in content_words(part)}
    return " ".join([part, *(w for w in content_words(topic) if w.lower() not in have)])
