"""The two sides of a comparison, each as a question of its own."""

from __future__ import annotations

import re

NAME = r"(?:the |an? )?[A-Z][\w’'.&-]*(?:(?: of| de)? [A-Z][\w’'&-]*){0,3}"
BOTH = re.compile(
    rf"\b(?:between |both |either )?(?P<a>{NAME})"
    rf"(?:,? (?:and|or|vs\.?|versus|against|with|to) |\s*/\s*)(?P<b>{NAME})"
)
"""Two names side by side."""

COMPARES = re.compile(
    r"\b(?:please |can you )*(?:compare|contrast|comparison|compared?|differences?|differ"
    r"|(?:what(?:'s| is| are) )?the (?:main |biggest )?differences?|similarit(?:y|ies)"
    r"|set side by side|side by side)\b(?: (?:of|in|between|with|to|from))?",
    re.IGNORECASE,
)
COMPARES_KO = re.compile(
    r"(?:비교|차이|다른 ?점|공통점|어떻게 ?(?:다르|달라)|뭐가 ?(?:다르|달라)|누가 더|어느 쪽이)\S*"
    r"(?:\s?(?:뭐야|뭔가|무엇\S*|해 ?줘\S*|해 ?주\S*|알려\S*|뭐\S*))?"
)
BOTH_KO = re.compile(
    r"(?P<a>[\w·]+?)(?:이랑|랑|와|과|하고| vs\.? | 대 )\s?"
    r"(?P<b>[\w·]+?)(?=(?:의|은|는|을|를|이|가)?(?:\s|$))(?:의|은|는|을|를|이|가)?"
)


def sides_of(question: str, language: str) -> tuple[str, ...]:
    """The two sides that a question compares; () where they cannot be told.

    "Compare the tariffs on Korean and Japanese cars" is of "the tariffs on Korean cars" and of
    "the tariffs on Japanese cars".
    """
    text = question.strip().rstrip("?!. ")
    both, compares = (BOTH_KO, COMPARES_KO) if language == "ko" else (BOTH, COMPARES)
    rest = compares.sub(" ", text) if language == "ko" else text
    found = [m for m in both.finditer(rest) if m["a"].lower() not in OPENERS]
    if not found:
        return ()
    m = found[-1]
    made = (f"{rest[: m.start()]}{m[side]}{rest[m.end() :]}" for side in "ab")
    return tuple(" ".join(compares.sub(" ", one).split()).strip(" ,:;?") for one in made)


OPENERS = frozenset("compare contrast how what which who when where why is are do does did".split())
"""Words that a question may open with and that are no names."""
