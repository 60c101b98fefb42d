"""Conversational query rewriting by rules: a follow-up becomes a standalone question.

Words are carried over from the last question that stood on its own and from what followed it.
A name in "and Japan?" takes the place of the name of the same class before it, and a date the
place of a date; a turn with a topic of its own carries nothing over.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from chatbot.language.phrases import language_of
from chatbot.language.temporal_expressions import ReferenceTime, temporal_expressions
from chatbot.language.temporal_patterns import any_of
from chatbot.understanding.turns import Turn
from vectorstore import terms
from vectorstore.index.analyzer import STOP_WORDS

ABBREVIATED = 3
"""Letters up to which a name that is typed small is an abbreviation ("eu")."""

WORD = re.compile(r"[\w$%][\w$%.’'&-]*")
SHORT = 3
"""A turn of this many words of its own leans on the others unless it asks in full."""

MOST_CARRIED = 12
"""Words that are carried over at most."""

MOST_ANSWERED = 8
"""Words of the last answer that are carried over at most."""

THINGS = "the|a|an|of|its|their|his|her|that|this|these|those|some|any"

PARTICLES = re.compile(r"(?<![은는이가도요])(?<!의 경우)(?:[은는이가도요]|의 경우|에 대해서는)++$")
"""Particles at the end of a bare turn. No two of them make a third, and they are looked for from
the first on, so that any row of them is read once."""

ASKS = re.compile(r"^(?:who|what|when|where|why|how|which|whose)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StandaloneQuestion:
    """A turn as it can be searched on its own.

    `text` is the turn with the words that were carried over (`carried`) from `earlier_question`;
    `replaced` are the words whose place a name or date took. `cited` is the number of a citation
    that is asked about.
    """

    text: str
    carried: tuple[str, ...] = ()
    earlier_question: str = ""
    replaced: tuple[str, ...] = ()
    cited: int | None = None
    earlier_questions: tuple[str, ...] = field(default=(), repr=False)
    """The earlier questions that count for this one, the latest first."""


def standalone_question(
    question: str, turns: Sequence[Turn], *, now: bool = False
) -> StandaloneQuestion:
    """Rewrite a turn as a standalone question, in the light of the turns before it.

    `now` says that the turn asks about the present: then no dates are carried over.
    """
    cited = _citation_number(question) if turns else None
    if not turns or not (cited or depends_on_context(question)):
        return StandaloneQuestion(question)
    chain = _question_chain(turns)
    base = chain[-1]
    if replaced := _replaced(question, chain):
        text, old = replaced
        new = {*terms(question)}
        carried = tuple(w for w in topic_words(text) if not new & {*terms(w)})
        return StandaloneQuestion(text, carried, base, old, cited, tuple(chain))
    own = {*terms(question)}
    dated = not _has_time(question, now)
    words = topic_words(base, dated=dated)
    for turn in chain[:-1]:
        words += capitalized_names(turn)
    if len(chain) > 1:
        words += [w for w in topic_words(chain[0], dated=dated) if _named_thing(w, chain[0])]
    if _table(question)["person"].search(question) and turns[-1].answer:
        words += capitalized_names(turns[-1].answer)[:3]
    if not topic_words(question):  # "When did it say that?" means what was answered
        words += topic_words(turns[-1].answer, dated=dated)[:MOST_ANSWERED]
    carried = tuple(w for w in dict.fromkeys(words) if not own & {*terms(w)})[:MOST_CARRIED]
    return StandaloneQuestion(
        " ".join([question, *carried]), carried, base, (), cited, tuple(chain)
    )


def depends_on_context(question: str) -> bool:
    """Whether a question can only be understood with the turns before it."""
    table = _table(question)
    own = topic_words(question)
    if any(table[k].search(question) for k in ("opening", "pronoun", "more")):
        return True
    if not capitalized_names(question) and (
        table["definite"].search(question) or (table["said"].search(question) and len(own) <= 4)
    ):
        return True
    if language_of(question) == "ko":
        return len(own) <= 1
    return len(own) <= 1 or (len(question.split()) <= SHORT and not ASKS.search(question))


def topic_words(text: str, *, dated: bool = True) -> list[str]:
    """The words of a text that tell its topic; without its dates if `dated` is false."""
    if not dated:
        for expression in reversed(temporal_expressions(text, _CLOCK)):
            text = text[: expression.start] + " " + text[expression.end :]
    dropped = _dropped()
    kept = []
    for match in WORD.finditer(text):
        word = re.sub(r"['’]s$", "", match.group().rstrip(".,-'’"))
        if word and word.lower() not in dropped and (len(word) > 1 or not word.isascii()):
            kept.append(word)
    return list(dict.fromkeys(kept))


def capitalized_names(text: str) -> list[str]:
    """Words and runs of words that are capitalised within their sentence."""
    found_ = re.findall(r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", text)
    return list(dict.fromkeys(n for n in found_ if n.lower() not in _dropped()))


def _named_thing(word: str, text: str) -> bool:
    """Whether a word of a text is part of a thing that it names: "the deal", "its car duty"."""
    return bool(re.search(rf"\b(?:{THINGS}) (?:[\w-]+ )?{re.escape(word)}\b", text, re.IGNORECASE))


def _question_chain(turns: Sequence[Turn]) -> list[str]:
    """The earlier questions, back to the last one that stood on its own; the latest first."""
    chain: list[str] = []
    for turn in reversed(turns):
        chain.append(turn.question)
        if not depends_on_context(turn.question):
            break
    return chain


def _replaced(question: str, chain: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The base question with the name or date of a bare turn in the place of its like."""
    table = _table(question)
    opening = table["opening"].match(question)
    bare = question[opening.end() :] if opening else question
    bare = bare.strip(" ?!.,")
    korean = language_of(bare) == "ko"
    if korean:
        bare = PARTICLES.sub("", bare)
    if not bare or len(bare.split()) > 5 or ASKS.search(bare) or table["pronoun"].search(bare):
        bare = re.sub(r"^the (.*) one$", r"\1", bare)
        if not bare or len(bare.split()) > 5 or ASKS.search(bare):
            return None
    return _substituted(bare, chain[-1])


def _substituted(bare: str, base: str) -> tuple[str, tuple[str, ...]] | None:
    """The base with what is of the same kind as the bare words replaced by them."""
    plain = re.sub(
        r"^(?:the|for|in|on|to|with|from|of|about|at|by) ", "", bare, flags=re.IGNORECASE
    )
    if dates := temporal_expressions(f"in {plain}", _CLOCK):
        covered = sum(d.end - d.start for d in dates) >= len(plain) - 4
        if covered and (old := temporal_expressions(base, _CLOCK)):
            text = base[: old[0].start] + plain + base[old[0].end :]
            return text, (base[old[0].start : old[0].end],)
    for kind in _classes():
        if kind.fullmatch(plain) and (hits := list(kind.finditer(base))):
            one = hits[-1] if len(hits) == 1 else _salient_entity(hits)
            if plain.islower() and one.group()[0].isupper():
                plain = plain.upper() if len(plain) <= ABBREVIATED else plain.title()
            return base[: one.start()] + plain + base[one.end() :], (one.group(),)
    return None


def _salient_entity(hits: Sequence[re.Match[str]]) -> re.Match[str]:
    """Of several of a kind the last that is not American: whose side is asked about."""
    own = [h for h in hits if h.group().lower() not in _OURS]
    return (own or hits)[-1]


def _citation_number(question: str) -> int | None:
    match = _table(question)["citation"].search(question)
    return int(match[1]) if match else None


def _has_time(question: str, now: bool) -> bool:
    return now or bool(temporal_expressions(question, _CLOCK))


def _table(text: str) -> dict[str, re.Pattern[str]]:
    return _tables()[language_of(text)]


@cache
def _data() -> dict[str, Any]:
    path = files("chatbot") / "lexicon" / "conversation.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _tables() -> dict[str, dict[str, re.Pattern[str]]]:
    return {
        language: {k: re.compile(v, re.IGNORECASE) for k, v in _data()[language].items()}
        for language in ("en", "ko")
    }


@cache
def _dropped() -> frozenset[str]:
    return frozenset(_data()["never"]["words"].lower().split()) | STOP_WORDS


@cache
def _classes() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(rf"(?<![A-Za-z])(?:{any_of(v.split('|'))})(?![A-Za-z])", re.IGNORECASE)
        for v in _data()["classes"].values()
    )


_CLOCK = ReferenceTime(date(2000, 1, 1))
"""For finding dates only by their words; their values are not used."""

_OURS = {"us", "u.s.", "united states", "america", "american", "washington", "미국"}
