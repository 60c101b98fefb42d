"""Decomposition of a request to compare into its two sides, each a question of its own."""

from __future__ import annotations

import re

from chatbot.understanding.decomposition import content_words

NAME = r"(?:the |an? )?[A-Z][\w’'.&-]*(?:(?: of| de)? [A-Z][\w’'&-]*){0,3}"
BOTH = re.compile(
    rf"\b(?:between |both |either )?(?P<a>{NAME})"
    rf"(?:,? (?:and|or|vs\.?|versus|against|with|to) |\s*/\s*)(?P<b>{NAME})"
)
"""Two names side by side."""

BETWEEN = re.compile(
    r"[,;:]? (?:vs\.?|versus|than|as opposed to|against|compare[sd]? (?:to|with)"
    r"|differ(?:s|ed)? from) "
)
JOINED = re.compile(r",? (?:and|or|with|to|from) ")
"""What stands between two sides: always, and where the question says that it compares."""

COMPARES = re.compile(
    r"(?:^|\b)(?:please |can you |what(?:['’]s| is| are| were) |how (?:do|does|did|is|are) |show )*"
    r"(?:the (?:main |biggest )?)?(?:compar(?:e[ds]?|ing|ison)|contrast|differences?|differ"
    r"|similarit(?:y|ies)|side by side)\b(?: (?:of|in|between|with|to|from))?"
    r"|[,;]? (?:which|who|what) (?:was|is|were|are) (?:the )?(?:worse|better|higher|lower|larger"
    r"|bigger|more|smaller|cheaper|stronger)\b.*$|\bplease\b",
    re.IGNORECASE,
)
COMPARES_KO = re.compile(
    r"(?:비교|차이|다른 ?점|공통점|어떻게 ?(?:다르|달라)|뭐가 ?(?:다르|달라)|누가 더|어느 쪽이)\S*"
    r"(?:\s?(?:뭐야|뭔가|무엇\S*|해 ?줘\S*|해 ?주\S*|알려\S*|뭐\S*))?"
)
JOINED_KO = re.compile(r"(?:이랑|랑|와|과|하고|대비|보다)\s+| vs\.? | 대 ")
PARTICLE_KO = re.compile(r"(?:의|은|는|을|를|이|가)$")

OPENERS = frozenset("compare contrast how what which who when where why is are do does did".split())
"""Words that a question may open with and that are no names."""

OTHERS = frozenset(("others", "the others", "the rest", "each other", "one another", "before"))
"""What is no side that can be searched."""

FEW = 3
"""Words of a side that are too few to be searched without those of the other."""


def comparison_sides(question: str, language: str) -> tuple[str, ...]:
    """The two sides that a question compares, each a question; () where they cannot be told.

    "Compare the tariffs on Korean and Japanese cars" has the sides "the tariffs on Korean cars" and
    "the tariffs on Japanese cars".
    """
    text = question.strip().rstrip("?!. ")
    return _korean(text) if language == "ko" else _named(text) or _joined(text)


def _named(text: str) -> tuple[str, ...]:
    """Two names side by side, each with all that stands around both."""
    found = [m for m in BOTH.finditer(text) if m["a"].lower() not in OPENERS]
    if not found:
        return ()
    m = found[-1]
    return tuple(_plain(f"{text[: m.start()]}{m[side]}{text[m.end() :]}") for side in "ab")


def _joined(text: str) -> tuple[str, ...]:
    """What stands before and behind the word that joins two sides; a short one with the small
    words of the other."""
    rest = _plain(text)
    parts = BETWEEN.split(text, maxsplit=1)
    if len(parts) < 2 and rest != text:
        parts = JOINED.split(rest, maxsplit=1)
    one, two = map(_plain, parts) if len(parts) == 2 else ("", "")
    if not content_words(one) or not content_words(two) or two.lower() in OTHERS:
        return ()
    if len(content_words(one)) == 1:
        one = " ".join([one, *two.split()[1:]])
    if len(content_words(two)) <= FEW:
        have = {w.lower() for w in content_words(two)}
        more = [w for w in content_words(one) if w.islower() and w not in have]
        two = " ".join([two, *more]) if len(more) < len(content_words(one)) else two
    return one, two


def _plain(text: str) -> str:
    return " ".join(COMPARES.sub(" ", text).split()).strip(" ,:;?")


def _korean(text: str) -> tuple[str, ...]:
    rest = " ".join(COMPARES_KO.sub(" ", text).split())
    parts = JOINED_KO.split(rest, maxsplit=1)
    if len(parts) < 2 or not all(p.strip() for p in parts):
        return ()
    one, two = (p.strip() for p in parts)
    first, *tail = two.split()
    if len(one.split()) == 1 and tail:
        one = " ".join([one, *tail])
    return one, " ".join([PARTICLE_KO.sub("", first) if tail else first, *tail])
