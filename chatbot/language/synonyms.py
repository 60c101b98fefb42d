"""Query expansion from lists: synonyms, groups of names, capitals that stand for countries.

The lists are data in `lexicon/`. An abbreviation that they lack is looked up in the archive's
own texts, where it is spelled out: "Export-Import Bank (EXIM)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from vectorstore import Archive, Filters, Wording, terms

MOST_SYNONYMS = 24
"""Synonyms of a question that are searched."""

SYNONYM_WEIGHT, CAPITAL_WEIGHT = 0.35, 0.5
"""Weights of synonyms, and of the question with countries for their capitals, against 1 for
the question's own words; of 0, 0.1, 0.2, 0.35 and 0.5 best on eval/gold."""

ABBREVIATION = re.compile(r"\b[A-Z][A-Z&-]{1,6}\b")
ABBREVIATION_HITS = 5
"""Passages in which the long form of an abbreviation is looked for."""


def lexicon_lines(name: str) -> list[str]:
    """The lines of a list in `lexicon/`, without comments and empty lines."""
    text = (files("chatbot") / "lexicon" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def synonyms(question: str) -> tuple[str, ...]:
    """Synonyms of the question's words and phrases, those of the longest phrases first."""
    have = terms(question)
    found: list[str] = []
    for length in (3, 2, 1):
        for at in range(len(have) - length + 1):
            found += _thesaurus().get(tuple(have[at : at + length]), ())
    own = set(have)
    return tuple(w for w in dict.fromkeys(found) if not own & set(terms(w)))[:MOST_SYNONYMS]


def synonym_terms(question: str) -> dict[str, tuple[frozenset[str], ...]]:
    """For each term of a question, the terms of each of its synonyms."""
    found = {}
    for term in dict.fromkeys(terms(question)):
        if words := _thesaurus().get((term,), ()):
            found[term] = tuple(dict.fromkeys(frozenset(terms(word)) for word in words))
    return found


def expansions(text: str) -> tuple[Wording, ...]:
    """What is searched beside a text: its synonyms, and the countries for its capitals."""
    found = lexical_wording(synonyms(text), SYNONYM_WEIGHT)
    return (
        (*found, Wording(seated, CAPITAL_WEIGHT)) if (seated := resolve_capitals(text)) else found
    )


def lexical_wording(words: Sequence[str], weight: float) -> tuple[Wording, ...]:
    """Words as a wording for the lexical index alone; () if there are no words."""
    joined = " ".join(words)
    return (Wording(joined, weight, meaning=False),) if joined else ()


def name_groups(question: str) -> tuple[tuple[str, ...], ...]:
    """The groups of names of which the question has one."""
    return tuple(group for group, pattern in _name_table() if pattern.search(question))


def resolve_capitals(question: str) -> str:
    """The question with each capital replaced by its country; "" if it has no capital."""
    text = question
    for seat, country in _capitals().items():
        text = re.sub(rf"\b{seat}(?:['’]s)?\b", country, text)
    return text if text != question else ""


def expand_abbreviations(
    question: str, archive: Archive, filters: Filters
) -> tuple[tuple[str, ...], ...]:
    """Abbreviations of the question with the long forms that the archive's texts give them.

    At most two are looked up, each with one search.
    """
    known = {name for group, _ in _name_table() for name in group}
    found: list[tuple[str, ...]] = []
    for short in dict.fromkeys(ABBREVIATION.findall(question)):
        if short in known or len(found) == 2:
            continue
        for hit in archive.search(f"({short})", k=ABBREVIATION_HITS, filters=filters):
            if long := _long_form(short, hit.text):
                found.append((short, long))
                break
    return tuple(found)


def _long_form(short: str, text: str) -> str:
    """The words before "(SHORT)" whose initials it is made of; "" if there are none."""
    letters = re.sub(r"[^A-Z]", "", short)
    for match in re.finditer(rf"\(“?\"?{re.escape(short)}”?\"?\)", text):
        words = re.findall(r"[\w&'’-]+", text[max(0, match.start() - 120) : match.start()])
        for count in range(len(letters) - 1, min(len(words), len(letters) + 4) + 1):
            chosen = words[len(words) - count :]
            initials = "".join(
                p[0].upper() for w in chosen for p in w.split("-") if p[:1].isupper()
            )
            if count and initials == letters and chosen[0][:1].isupper():
                return " ".join(chosen)
    return ""


@cache
def _thesaurus() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for line in lexicon_lines("thesaurus.tsv"):
        group = [w.strip() for w in line.split(";")]
        for word in group:
            found.setdefault(tuple(terms(word)), []).extend(w for w in group if w != word)
    return {key: tuple(dict.fromkeys(words)) for key, words in found.items()}


@cache
def _name_table() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    groups = [tuple(n.strip() for n in line.split(";")) for line in lexicon_lines("names.tsv")]
    return tuple((group, names_pattern(group)) for group in groups)


def names_pattern(group: Sequence[str]) -> re.Pattern[str]:
    """A pattern that matches any of several names; short abbreviations only in capitals."""
    parts = []
    for name in group:
        strict = name.isupper() and len(name) <= 5
        text = re.escape(name)
        edge = r"(?<![A-Za-z])%s(?![A-Za-z])" if name.isascii() else "%s"
        parts.append(edge % (text if strict else f"(?i:{text})"))
    return re.compile("|".join(parts))


@cache
def _capitals() -> dict[str, str]:
    pairs = (line.partition("\t") for line in lexicon_lines("capitals.tsv"))
    return {seat: country.split(";")[0].strip() for seat, _, country in pairs}
