"""Entity aliases: other names of the same country, body or place.

The groups are data in `lexicon/aliases.toml`. `verification` uses them to accept a claim's
"Seoul" for a source's "South Korea"; `reading` uses them to find a question's names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from vectorstore import terms

Terms = frozenset[str]

SHARED_PREFIX = 4
"""Letters in common by which a country's and its people's name are the same."""


@cache
def alias_patterns() -> tuple[tuple[re.Pattern[str], ...], ...]:
    """For each group of aliases the patterns of its names, the longest first."""
    return tuple(
        tuple(_pattern(name) for name in sorted(group, key=len, reverse=True)) for group in _names()
    )


@cache
def _terms() -> tuple[tuple[Terms, ...], ...]:
    """The terms of the names in each group."""
    return tuple(
        tuple(dict.fromkeys(frozenset(own) for name in group if (own := terms(name))))
        for group in _names()
    )


@cache
def _names() -> tuple[tuple[str, ...], ...]:
    table = tomllib.loads((files("chatbot") / "lexicon" / "aliases.toml").read_text("utf-8"))
    return tuple(tuple(group) for group in table["groups"])


def alias_terms(text: str) -> list[tuple[Terms, tuple[Terms, ...]]]:
    """For each thing that a text names: the terms of its name there, and of its aliases.

    A name within a longer one does not count: "North Korea" does not name Korea.
    """
    have = frozenset(terms(text))
    named_aliases = [(name, group) for group in _terms() for name in group if name <= have]
    return [
        (own, tuple(n for n in group if n != own))
        for own, group in named_aliases
        if not any(own < longer for longer, _ in named_aliases)
    ]


def shares_prefix(word: str, others: Iterable[str]) -> bool:
    """Whether a word begins as one of the others does, as "Korea" and "Korean" do.

    All words are in small letters; SHARED_PREFIX letters must be the same.
    """
    start = word[:SHARED_PREFIX]
    return len(word) > SHARED_PREFIX and any(o[:SHARED_PREFIX] == start for o in others)


def _pattern(name: str) -> re.Pattern[str]:
    if not name.isascii():
        return re.compile(re.escape(name))
    north = r"(?<!North )" if name.startswith("Korea") else ""
    return re.compile(rf"(?<![\w]){north}{re.escape(name)}(?!\w)")
