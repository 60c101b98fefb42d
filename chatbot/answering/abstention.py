"""The message of an answer that abstains: what was searched, in which period, what is nearest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.language.phrases import attribution, long_date, phrases
from chatbot.understanding.notes import period_text
from chatbot.understanding.temporal_intent import without_dates
from chatbot.values import Query
from vectorstore import Archive, Hit, question_terms, terms

ASKING = re.compile(
    r"\bhow (?:much|many|long|big|large|far|old|often|high|soon|tall)\b"
    r"|^(?:please )?(?:compare|describe|explain|give|list|name|show|summari[sz]e|tell)\b"
    r"|\bhappen(?:s|ed)?\b"
    r"|(?:얼마|몇|무엇|누구|언제|어디|왜|어떻게)\S*",
    re.IGNORECASE,
)
"""The words that ask, which say nothing of what is looked for."""

NEAREST = 3
"""Articles that are named as the nearest."""


def abstention_message(archive: Archive, query: Query, hits: Sequence[Hit]) -> str:
    """The message that the archive does not hold the answer, and what was looked for."""
    texts = phrases(query.language)
    if not query.question:
        return str(texts["empty"])
    if not hits:
        return " ".join([texts["abstain"], *_no_hits(archive, query, texts)])
    words = _words(without_dates(query.question, query.today))
    parts = [texts["abstain"], texts["looked"].format(looked=_searched_subject(query, words))]
    if period := _period(query, texts):
        parts[-1] = parts[-1].rstrip(".") + period
    if absent := _unknown_words(archive, words):
        parts.append(texts["absent"].format(words=", ".join(absent)))
    nearest = {h.article.id: h.article for h in reversed(hits)}
    headlines = [
        f"{attribution(a.outlet, a.published, query.language)}{a.headline}"
        for a in list(nearest.values())[::-1][:NEAREST]
        if a.headline
    ]
    if headlines:
        parts.append(texts["nearest"].format(articles="; ".join(headlines)))
    return " ".join(parts)


OPENS = re.compile(
    r"^(?:(?:and|so|but|then|please)\b,? )*(?:who|what|which|when|where|why|how)?\b"
    r"(?: (?:much|many|long|often|far))?(?:['’]s\b)?"
    r"(?: ?\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)\b)?",
    re.IGNORECASE,
)
"""How an English question opens, before it says what is looked for."""


DANGLING = frozenset("in on at of from to since by during the and".split())
"""What is left at the end of a question whose time is taken out."""


def _searched_subject(query: Query, words: Sequence[str]) -> str:
    """What was looked for, in the question's own words; its time is told beside it."""
    rest = without_dates(query.question, query.today)
    if query.language == "ko" or not rest.isascii():
        return " ".join(words)
    looked = " ".join(OPENS.sub("", rest.strip()).split()).strip(" ?!.,")
    left = looked.split(" ")
    while len(left) > 1 and left[-1].lower() in DANGLING:
        left.pop()
    return " ".join(left) or " ".join(words)


def _words(question: str) -> list[str]:
    """The words of a question that say what it is about."""
    found = re.findall(r"[\w%$€£₩][\w'’.,%-]*(?<![.,])", ASKING.sub("", question))
    return [w for w in found if question_terms(w)]


def _period(query: Query, texts: dict[str, str]) -> str:
    """The period that was searched, in words; "" where there was none. One that the question
    names moves articles up and leaves none out."""
    f = query.filters
    if query.periods and not (f.since or f.until):
        return texts["about"].format(period=period_text(query.periods[0], query.language))
    first = long_date(f.since, query.language) if f.since else ""
    last = min((d for d in (f.until, f.as_of) if d), default=None)
    until = long_date(last, query.language) if last and last < query.today else ""
    if first and until:
        return texts["between"].format(first=first, last=until)
    if until:
        return texts["until"].format(last=until)
    return texts["since"].format(first=first) if first else "."


def _no_hits(archive: Archive, query: Query, texts: dict[str, str]) -> list[str]:
    """Where nothing was found at all: the period that was looked at, and the archive's own."""
    parts = []
    if query.periods:
        parts.append(texts["none_in"].format(period=period_text(query.periods[0], query.language)))
    newest, oldest = (archive.browse(limit=1, oldest=old) for old in (False, True))
    if newest and oldest and (last := newest[0].published) and (first := oldest[0].published):
        known = period_text((first.day, last.day), query.language)
        parts.append(texts["runs"].format(period=known))
    return parts


def _unknown_words(archive: Archive, words: Sequence[str]) -> list[str]:
    """Words of the question that stand in no article at all."""
    rarity = archive.rarity({t for w in words for t in question_terms(w)})
    latin = [w for w in words if w.isascii()]
    gone = [w for w in latin if (own := question_terms(w)) and all(rarity[t] >= 1 for t in own)]
    found = {t for w in gone for t in terms(w)}
    hits = archive.search(" ".join(gone), k=5) if gone else []
    found -= {t for h in hits for t in terms(h.text)}
    return [w for w in gone if set(terms(w)) & found]
