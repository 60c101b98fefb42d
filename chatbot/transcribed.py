"""A Korean question with the foreign names in it as the archive spells them.

What the glossary has is left to it. Of the rest, a word is taken for a name where it fits one
of the archive's words far better than any other and is long enough to tell, or where two words
fit two that stand side by side in an article ("에픽 퓨리" as Epic Fury). A word that is spelled
as only foreign ones are, or as a Korean's name, and that no article has, is left unread: what
else the question says is not enough to answer it then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise, product

from chatbot.hangul import RUN, forms, is_common, is_foreign, is_korean_name, may_be_foreign, stem
from chatbot.korean import PARTICLES, pieces
from chatbot.loanwords import hangul_keys, likely, sounds
from vectorstore import Archive

SURE, CLEAR = 0.3, 0.1
"""What a word may cost that is taken for a name by itself, and how much more the next must."""

ALONE = 0.5
"""How much more the next must cost than a word of two syllables and two consonants."""

LONG, LONG_RUN = 3, 5
"""Consonants from which a word that fits tells enough by itself, and two written together."""

TOGETHER = 0.75
"""What two words that stand side by side in an article may cost together."""

TRIED, PAIRS = 6, 20
"""Words of the archive that are tried for each of two side by side, and pairs of them."""

MOST = 8
"""Words of a question that are read."""

Read = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Token:
    """A word of a question: where it stands, what of it may be a name (the forms, without and
    with what may be particles), and what it was read as."""

    start: int
    end: int
    forms: tuple[str, ...]
    rest: str = ""
    read: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A question as read: its text, the names in it as typed and as read, and those unread."""

    text: str
    read: Read = ()
    unread: tuple[str, ...] = ()


def transcribed(question: str, archive: Archive, known: Collection[str] = ()) -> Transcribed:
    """Read the foreign names of a Korean question; `known` are words that are read already."""
    tokens = [t for m in RUN.finditer(question) if (t := _token(m, known))][:MOST]
    for chain in _chains(question, tokens):
        _together(chain, archive)
    for token in tokens:
        if not token.read:
            token.read = _alone(token, archive)
    text = question
    for token in reversed([t for t in tokens if t.read]):
        latin = " ".join(_cased(word) for _, word in token.read)
        text = f"{text[: token.start]}{latin} {token.rest}{text[token.end :]}"
    read = [pair for chain in _chains(question, tokens) for pair in _pairs(chain)]
    return Transcribed(text, tuple(dict.fromkeys(read)), _unread(tokens, archive))


def _pairs(chain: Sequence[Token]) -> Iterable[tuple[str, str]]:
    """What was read, as typed and as read; words side by side together."""
    for has, own in groupby(chain, key=lambda t: bool(t.read)):
        if has:
            parts = [["".join(h for h, _ in t.read), *(_cased(w) for _, w in t.read)] for t in own]
            yield " ".join(p[0] for p in parts), " ".join(w for p in parts for w in p[1:])


def _token(match: re.Match[str], known: Collection[str]) -> Token | None:
    """A word of the question that may be a name, or begin with one; None for others."""
    word = match.group()
    if word.startswith(tuple(known)) or is_common(word):
        return None
    found = pieces(word)
    head = word[: found[0][0]] if found else word
    if found and len(head) < 2:
        return None
    whole = (head,) if found else forms(word)
    able = tuple(f for f in whole if may_be_foreign(f))
    return Token(match.start(), match.end(), able, word[len(head) :]) if able else None


def _chains(question: str, tokens: Sequence[Token]) -> Iterable[list[Token]]:
    """The words that stand side by side."""
    chain = tokens[:1]
    for before, token in pairwise(tokens):
        if question[before.end : token.start] != " " or before.rest:
            yield list(chain)
            chain = []
        chain = [*chain, token]
    yield list(chain)


def _together(chain: Sequence[Token], archive: Archive, most: float = TOGETHER) -> None:
    """Read words side by side as two that an article has side by side."""
    for one, two in pairwise(chain):
        if not one.read and not _may_be_names(one.forms[0], two.forms[-1]):
            continue
        first = one.read or [(one.forms[0], w) for w, _ in _likely(one.forms[0], archive)]
        costs = dict(_likely(one.forms[0], archive))
        options = [
            (costs.get(a, 0.0) + cost, a, form, b)
            for (_, a), form in product(first[:TRIED], two.forms)
            for b, cost in _likely(form, archive)[:TRIED]
        ]
        options = sorted(o for o in options if o[0] <= most)
        held = {*archive.have_phrase(f"{a} {b}" for _, a, _, b in options[:PAIRS])}
        for _, a, form, b in options:
            if f"{a} {b}" in held:
                one.read, two.read = [(one.forms[0], a)], [(form, b)]
                break


def _may_be_names(one: str, two: str) -> bool:
    """Whether two words may be a name together: both are longer than one syllable, or one is
    long, or spelled as only foreign ones are."""
    return min(len(one), len(two)) > 1 or max(len(one), len(two)) > 2 or is_foreign(one + two)


def _alone(token: Token, archive: Archive) -> list[tuple[str, str]]:
    """Read a word as the one that it fits far better than any other, or as two side by side."""
    fits = [
        (near[0][1] - 0.05 * len(form), form, near[0][0])
        for form in token.forms
        if (near := _likely(form, archive)) and _tells(form, near)
    ]
    if fits:
        _, form, word = min(fits)
        return [(form, word)]
    for form in token.forms:
        for at in range(2, len(form) - 1):
            if _consonants(form[:at]) + _consonants(form[at:]) < LONG_RUN:
                continue
            halves = Token(0, 0, (form[:at],)), Token(0, 0, (form[at:],))
            _together(halves, archive, CLEAR)
            if halves[0].read:
                return halves[0].read + halves[1].read
    return []


def _consonants(form: str) -> int:
    return max(map(len, hangul_keys(sounds(form))))


def _tells(form: str, near: Sequence[tuple[str, float]]) -> bool:
    """Whether a word fits well enough, and no other does, to be taken for a name by itself."""
    consonants = _consonants(form)
    best, cost = near[0]
    others = [c for w, c in near[1:] if not w.startswith(best) and not best.startswith(w)]
    clear = min(others, default=1.0) - cost
    if len(form) < 2 or consonants < LONG - is_foreign(form):
        return False
    if len(form) < 3 and consonants < LONG:
        return cost <= CLEAR and clear >= ALONE and form[-1] not in PARTICLES
    if not is_foreign(form):
        return len(form) > 2 and form[-1] not in PARTICLES and cost <= CLEAR and clear >= CLEAR
    return cost <= SURE and clear >= (CLEAR if cost <= CLEAR else 2 * CLEAR)


def _likely(form: str, archive: Archive) -> tuple[tuple[str, float], ...]:
    return likely(form, archive.words(), archive.vocabulary())


def _unread(tokens: Sequence[Token], archive: Archive) -> tuple[str, ...]:
    """Names that were not read and that no article has in Hangul either."""
    found = []
    for at, token in enumerate(tokens):
        name = min((f for f in token.forms if len(f) > 1), key=len, default="")
        if token.read or not name:
            continue
        if any(t.read for t in tokens[max(0, at - 1) : at + 2]):  # half a name, or a title
            like = len(name) > 2 and (is_foreign(name) or _fits(name, archive))
        else:
            like = is_foreign(stem(name)) or (stem(name) == name and is_korean_name(token.forms))
        if like:
            found.append(name)
    held = {*archive.have_phrase(found)}
    return tuple(name for name in dict.fromkeys(found) if name not in held)


def _fits(form: str, archive: Archive) -> bool:
    return any(cost <= CLEAR for _, cost in _likely(form, archive))


def _cased(word: str) -> str:
    return word.capitalize()
