"""Polarity: whether a claim negates what it cites, or says the contrary of it.

A claim is compared with the cited sentence that it shares most words with. It fails if it is
negated and that sentence is not; if that sentence negates just what the claim says; or if it
has one word of a pair of antonyms ("raised", "lowered") and that sentence only the other. The
words are data in `lexicon/antonyms.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from chatbot.language.phrases import language_of
from chatbot.verification.evidence import Evidence
from vectorstore import question_terms, terms

SCOPE = 5
"""Content words after a negator, within its clause, that it denies."""

SHARE = 0.6
"""Share of what is denied that a claim must say to contradict it."""

NEGATOR = re.compile(r"\bwon't\b|n['’]t\b|\w+", re.IGNORECASE)
CLAUSE = re.compile(r"[,;:()—–]|\b(?:but|while|although|though|whereas)\b")
SENTENCE = re.compile(r"(?<=[.!?。”])\s+|\n")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("chatbot") / "lexicon" / "antonyms.toml").read_text("utf-8"))


def contradictions(claim_text: str, evidence: Evidence) -> Iterator[str]:
    """Why a claim contradicts what it cites; nothing if it does not."""
    sentences = [s for s in SENTENCE.split(evidence.text) if s.strip()]
    own = set(question_terms(claim_text))
    if not sentences or language_of(claim_text) != language_of(evidence.text):
        return
    nearest = max(sentences, key=lambda s: (len(own & set(terms(s))), -len(s)))
    if is_negated(claim_text) and not any(is_negated(s) for s in sentences):
        yield "the claim denies what the cited text does not deny"
    elif not is_negated(claim_text) and _denied(nearest, own):
        yield "the cited text denies what the claim says"
    for word, other in antonym_pairs(claim_text, nearest):
        yield f"the cited text says “{other}”, not “{word}”"


def is_negated(text: str) -> bool:
    """Whether a text has a negator."""
    return bool(negators(text))


def negators(text: str) -> list[int]:
    """The offsets at which the negators of a text end; "not only" and the like are none."""
    table = _words()
    plain = text.lower()
    for phrase in table["no_negation"]:
        plain = plain.replace(phrase, " " * len(phrase))
    if language_of(text) == "ko":
        return [m.end() for w in table["negators_ko"] for m in re.finditer(w, plain)]
    found = []
    for match in NEGATOR.finditer(plain):
        word = match.group()
        if word.endswith(("n't", "n’t")) or any(t in table["negators"] for t in terms(word)):
            found.append(match.end())
    return found


def _denied(sentence: str, own: set[str]) -> bool:
    """Whether what a sentence denies is what is said."""
    for end in negators(sentence):
        clause = CLAUSE.split(sentence[end:])[0]
        scope = question_terms(clause)[:SCOPE]
        if scope and len(own & set(scope)) >= SHARE * len(scope):
            return True
    return False


def antonym_pairs(claim_text: str, cited: str) -> Iterator[tuple[str, str]]:
    """Pairs of a word of the claim and its antonym in the cited text, which lacks the word."""
    for left, right in _words()["pairs"]:
        sides = (left.split(), right.split())
        for mine, theirs in (sides, sides[::-1]):
            said, other = _has(claim_text, mine), _has(cited, theirs)
            if said and other and not _has(claim_text, theirs) and not _has(cited, mine):
                yield said, other


def _has(text: str, stems: list[str]) -> str:
    """The first word of the text that has one of the stems, "" if none."""
    if not stems[0].isascii():
        return next((s for s in stems if s in text), "")
    wanted = {*stems}
    return next((word for word, own in _stems(text) if wanted & own), "")


@lru_cache(maxsize=64)
def _stems(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The words of a text with their stems; each text is asked for a hundred pairs."""
    words = re.findall(r"[A-Za-z]+", text)
    return tuple((word, frozenset(terms(word))) for word in words)
