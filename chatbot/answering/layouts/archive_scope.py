"""What a question about the archive is confined to: outlets, a language, a period, a topic."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.language.phrases import phrases
from chatbot.understanding.generic_terms import without_generic_terms
from chatbot.understanding.notes import period_text
from chatbot.understanding.temporal_intent import periods, without_dates
from chatbot.values import Query
from vectorstore import Archive, Filters, question_terms

ABOUT = re.compile(
    r"\b(?:about|on|mention(?:s|ing|ed)?|regarding|concerning|covering)\s+(.+)", re.IGNORECASE
)
ABOUT_KO = re.compile(r"^(\S.*?)(?:에 ?(?:대한|관한|대해)|관련|을 다룬|를 다룬|(?:이|가) 언급)")
"""How such a question names what articles are about; in Korean all that stands before."""

LANGUAGES = {
    "ko": r"\bkorean[- ](?:language|articles?|texts?|pieces?)\b|\bin korean\b|한국어|한글",
    "en": r"\benglish\b|영어|영문",
}
"""How it names a language that articles are in."""

FROM = re.compile(r"\bfrom\b(?!.*\b(?:to|until|till|through)\b)", re.IGNORECASE)
"""In "articles from September" no beginning of a period."""

HERE = frozenset("here this archive file record collection".split())
"""Words behind "on" or "about" that mean the archive itself."""


def limits_of(archive: Archive, query: Query) -> tuple[Filters, str]:
    """The outlets and the period that a question about the archive is confined to, and in words."""
    texts = phrases(query.language)["requests"]
    filters, in_words = query.filters, ""
    outlets = outlets_named(archive, query)
    if outlets and not filters.outlets:
        filters = replace(filters, outlets=tuple(outlets))
        in_words += texts["from_outlets"].format(outlets=", ".join(outlets))
    for code, pattern in LANGUAGES.items():
        if re.search(pattern, query.question, re.IGNORECASE) and not filters.languages:
            filters = replace(filters, languages=(code,))
            in_words += texts["in_language"].format(language=texts["language_" + code])
    if named_periods := periods(FROM.sub("in", query.question), query.today) or query.periods:
        first, last = named_periods[0][0], named_periods[-1][1]
        filters = replace(filters, since=filters.since or first, until=filters.until or last)
        in_words += texts["in_period"].format(period=period_text((first, last), query.language))
    return filters, in_words


def outlets_named(archive: Archive, query: Query) -> tuple[str, ...]:
    """The outlets that a question names, in full or as it says of a country's press."""
    question = query.question.lower()
    return tuple(n for n in archive.outlets() if n and n.lower() in question) or query.outlets


def topic_of(archive: Archive, query: Query) -> str:
    """The words of a question about the archive that name what articles tell of; "" if none do."""
    asked = without_dates(query.question, query.today).strip()
    found = [m for m in (ABOUT.search(asked), ABOUT_KO.search(asked)) if m]
    first = min(found, key=lambda match: match.start(), default=None)
    rest = without_generic_terms(first[1]) if first else ""
    for outlet in archive.outlets():
        rest = re.sub(re.escape(outlet), " ", rest, flags=re.IGNORECASE)
    words = [
        w for w in re.findall(r"[\w'’-]+", rest) if question_terms(w) and w.lower() not in HERE
    ]
    return " ".join(w for w in words if len(w) > 1)
