"""Outlets that a question asks for: "according to Yonhap", "only Korean outlets".

The result is an `OutletConstraint`: the outlets and languages, and whether others are excluded.
Names and countries of outlets are data in `lexicon/outlets.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from chatbot.language.synonyms import lexicon_lines, names_pattern

ONLY = (
    r"\b(?:only|just|solely|exclusively|limit(?:ed)? to|restrict(?:ed)? to)"
    r"(?: (?:from|in|by|the|what|to|use|articles)){0,3} "
)
ONLY_KO = r" ?(?:기사|보도|언론|매체)?(?:만|에서만|으로만)(?:\b|[은을 ])"
SAID_BY = (
    r"\b(?:according to|reported by|reports? (?:by|from|in)|as reported (?:by|in)"
    r"|published (?:by|in)|coverage (?:by|in|from)|(?:articles?|stories|pieces?) (?:by|in|from|on))"
    r" (?:the )?"
)
SAYS = (
    r"(?:['’]s)? (?:report|said|says|wr[io]te|writes|article|coverage|story|stories|piece|claim"
    r"|suggest|say|describ|note|mention|publish)"
)
SAYS_KO = r"(?:에 따르면|가 보도|이 보도|의 보도|는 보도|은 보도| 보도| 기사|에서|가 전|이 전|만)"
OUTLETS = (
    r"(?:outlets?|media|press|newspapers?|papers?|sources?|news agenc(?:y|ies)|언론|매체|신문)"
)
COUNTRIES = {
    "kr": r"(?:south )?korean|seoul|한국|국내",
    "us": r"american|us|u\.s\.|미국",
    "jp": r"japanese|일본",
    "cn": r"chinese|중국",
    "gb": r"british|uk|영국",
}
LANGUAGES = {
    "ko": r"(?:in )?korean(?:-| )language|korean articles|in korean|한국어",
    "en": r"english(?:-| )language|english articles|in english|영어",
}


@dataclass(frozen=True, slots=True)
class OutletConstraint:
    """Outlets and languages that a question asks for; with `only` others are excluded."""

    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    only: bool = False


def outlet_constraint(question: str, have: Sequence[str]) -> OutletConstraint:
    """The outlets that a question asks for, among the archive's own names for them."""
    for code, pattern in LANGUAGES.items():
        if re.search(f"{ONLY}(?:{pattern})|(?:{pattern}) ?{ONLY_KO}", question, re.IGNORECASE):
            return OutletConstraint(languages=(code,), only=True)
    for country, pattern in COUNTRIES.items():
        named_so = f"(?:{pattern}) {OUTLETS}"
        if not re.search(rf"(?:\b|^){named_so}", question, re.IGNORECASE):
            continue
        only = re.search(f"{ONLY}{named_so}|{named_so}{ONLY_KO}", question, re.IGNORECASE)
        if chosen := tuple(o for o in have if _country(o) == country):
            return OutletConstraint(chosen, (), bool(only))
        return OutletConstraint(
            languages=("ko",) if country == "kr" and only else (), only=bool(only)
        )
    asked_outlets = {o: how for o in have if (how := _constraint_kind(o, question))}
    return OutletConstraint(tuple(asked_outlets), (), "only" in asked_outlets.values())


def without_outlets(text: str, outlets: Sequence[str]) -> str:
    """A request without the outlets whose reports it asks for, and without what they do: "What did
    Yonhap report about rice?" is about rice."""
    names = names_pattern([name for outlet in outlets for name in _group(outlet)]).pattern
    said = rf"(?:{SAID_BY})?(?:\bthe )?(?:{names})(?:{SAYS}\w*|{SAYS_KO})?"
    rest = " ".join(re.sub(said, " ", text, flags=re.IGNORECASE).split())
    return rest or text


def _constraint_kind(outlet: str, question: str) -> str:
    """ "only" or "said" if the question asks what an outlet reported, by any of its names."""
    for name in _group(outlet):
        if not (hit := names_pattern([name]).search(question)):
            continue
        left, right = question[: hit.start()], question[hit.end() :]
        if re.search(ONLY + "$", left, re.IGNORECASE) or re.match(ONLY_KO, right):
            return "only"
        said = re.match(SAYS, right, re.IGNORECASE) or re.match(SAYS_KO, right)
        if said or re.search(SAID_BY + "$", left, re.IGNORECASE):
            return "said"
    return ""


def _group(outlet: str) -> tuple[str, ...]:
    """All names of an outlet, its own first."""
    for names, _ in _table():
        if outlet.lower() in (n.lower() for n in names):
            return (outlet, *(n for n in names if n != outlet))
    return (outlet,)


def _country(outlet: str) -> str:
    own = {n.lower() for n in _group(outlet)}
    known = next((c for names, c in _table() if own & {n.lower() for n in names}), "")
    return known or ("kr" if re.search("[가-힣]", outlet) else "")


@cache
def _table() -> tuple[tuple[tuple[str, ...], str], ...]:
    rows = (line.partition("\t") for line in lexicon_lines("outlets.tsv"))
    return tuple(
        (tuple(n.strip() for n in names.split(";")), country) for names, _, country in rows
    )
