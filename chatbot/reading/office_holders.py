"""Office holders: for "who is the trade minister", the name that stands beside that office.

"Trade Minister Yeo Han-koo" and "Howard Lutnick, the Secretary of Commerce" name a holder; a
deputy or a former one counts only if the question asks for one. The nouns are data in
`lexicon/offices.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from chatbot.language.aliases import shares_prefix
from vectorstore import question_terms, terms

ASKS_HOLDER = re.compile(
    r"\bwho(?:['’]s| is| was| are| were| became| serves? as| served as)\b"
    r"(?: (?:currently|now|then|today))? (?P<whom>[^,;?.]+)[?.]?$",
    re.IGNORECASE,
)
DONE = re.compile(r"\b(?:\w+ed|to be|put|chosen|behind|sworn)\b", re.IGNORECASE)
"""What is done to somebody, who need not hold the office: "nominated to be ambassador"."""

OWNER = re.compile(r"\b[\w.-]{1,80}['’]s?\b")
"""Whose office it is: said once in an article, and not beside every name."""

CAPITAL = r"[A-Z](?:[\w'’-]*[\w]|\.)"
NAME = re.compile(rf"{CAPITAL}(?: (?:{CAPITAL}|de|van|von|al|bin))*(?:,? [JS]r\.)?")
JOINS = re.compile(r",? (?:of|for|to|the|and|in|on)(?= )")
WORD = re.compile(r" [\w'’-]+")
NAMED_BEFORE = re.compile(
    rf"(?P<name>{CAPITAL}(?: {CAPITAL})+)(?:, (?:who is |who was )?| (?:is|was|became|as) )"
    r"(?:the |a |its |their |his |her )?(?P<title>(?:[\w'’.-]+ ){0,4})$"
)
BEFORE = re.compile(r"(?:[\w'’.-]+ ){0,5}$")
AHEAD = 400
"""Characters before an office's noun in which its title and a name are looked for."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A name beside an office: its offsets in the sentence, and the words of the title."""

    start: int
    end: int
    title: str


@cache
def _nouns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An office's noun, and the words that make a deputy or a former holder of it."""
    path = files("chatbot") / "lexicon" / "offices.toml"
    office = tomllib.loads(path.read_text("utf-8"))
    return re.compile(office["noun"], re.IGNORECASE), re.compile(office["lesser"], re.IGNORECASE)


@lru_cache(maxsize=256)
def requested_office(question: str) -> str:
    """The office whose holder a question asks for; "" if it asks for none."""
    found = ASKS_HOLDER.search(question)
    whom = found["whom"] if found else ""
    return whom if _nouns()[0].search(whom) and not DONE.search(whom) else ""


def holders(office: str, text: str) -> Iterator[tuple[Holder, float]]:
    """The names that stand beside an office's noun in a sentence.

    Each has a match from 0 to 1: how far its title is the office that is asked for.
    """
    lesser = _nouns()[1]
    owner = {t for m in OWNER.findall(office) for t in terms(m)}
    wanted = set(question_terms(office)) - owner
    for holder in _holders_near(text, wanted):
        if any(m not in office.lower() for m in lesser.findall(holder.title.lower())):
            continue
        missing = _missing(wanted, terms(holder.title))
        score = 1.0 - len(missing) / max(1, len(wanted))
        # "The president of South Korea" is just "President Lee" where the country is told
        if missing and not missing & _office_terms(office) and not _missing(missing, terms(text)):
            score = 0.9
        yield holder, score


def _missing(wanted: Set[str], have: Sequence[str]) -> set[str]:
    """The terms that are not there, nor as the name of a people."""
    return {t for t in wanted if t not in have and not shares_prefix(t, have)}


def _office_terms(office: str) -> set[str]:
    """The terms of the office's noun and of what stands before it: "trade minister"."""
    noun = _nouns()[0].search(office)
    return set(question_terms(OWNER.sub(" ", office[: noun.end()]))) if noun else set()


def _holders_near(text: str, wanted: Set[str]) -> Iterator[Holder]:
    """The names beside each office's noun, behind it or before."""
    for noun in _nouns()[0].finditer(text):
        at, joined = noun.end(), False
        while True:  # the rest of the title: "of Health and Human Services"
            joins = JOINS.match(text, at)
            word = joins or WORD.match(text, at)
            if not word or not (joins or set(terms(word.group())) & wanted):
                break
            at, joined = word.end(), bool(joins)
        begun = max(0, noun.start() - AHEAD)
        ahead = BEFORE.search(text, begun, noun.start())
        before = (ahead.group() if ahead else "").rpartition(" and ")[2]
        name = NAME.match(text, at + 1) if text[at : at + 1] == " " and not joined else None
        if name and not text[noun.start() : name.end()].isupper():
            yield Holder(*name.span(), before + text[noun.start() : at])
        elif name := NAMED_BEFORE.search(text, begun, noun.start()):
            yield Holder(*name.span("name"), name["title"] + text[noun.start() : at])
