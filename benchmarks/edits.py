"""Edits that wire copy goes through: how another outlet prints an article."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

SPELLINGS = dict(
    pair.split("/")
    for pair in "labor/labour center/centre defense/defence program/programme color/colour "
    "organization/organisation organizations/organisations recognize/recognise honor/honour "
    "favor/favour authorize/authorise neighbor/neighbour percent/per~cent".split()
)
WORDINGS = dict(
    pair.split("/")
    for pair in "said/stated announced/declared also/additionally will/would large/big "
    "many/numerous help/aid began/started ensure/make~sure provide/supply more~than/over "
    "because/since however/but including/among~them across/throughout".split()
)
LEFT = "Reporting by the staff of the Harbour Courier; editing by the night desk."
PLEA = "Support our journalism. Subscribe to the Harbour Courier from two crowns a week."

Edit = Callable[[list[str], list[str], random.Random], list[str]]
"""From the paragraphs of an article, and those of another one, to those that are printed."""


def _cut(share: float) -> Edit:
    return lambda own, _, __: own[: max(2, round(len(own) * share))]


def _framed(own: list[str], _: list[str], __: random.Random) -> list[str]:
    return ["By Jon Quill", f"BUSAN (Courier) — {own[0]}", *own[1:], PLEA, LEFT]


def _swapped(words: dict[str, str], chance: random.Random, share: float) -> Callable[[str], str]:
    known = re.compile(r"\b(" + "|".join(w.replace("~", " ") for w in words) + r")\b")

    def swap(paragraph: str) -> str:
        return known.sub(
            lambda m: (
                words[m[0].replace(" ", "~")].replace("~", " ") if chance.random() < share else m[0]
            ),
            paragraph,
        )

    return swap


def _respelled(own: list[str], _: list[str], chance: random.Random) -> list[str]:
    return list(map(_swapped(SPELLINGS, chance, 1), own))


def _reworded(own: list[str], _: list[str], chance: random.Random) -> list[str]:
    swap = _swapped(WORDINGS, chance, 0.7)
    kept = (" ".join(s for s in re.split(r"(?<=[.!?]) ", p) if chance.random() > 0.08) for p in own)
    return [swap(paragraph) for paragraph in kept if paragraph]


def _merged(own: list[str], other: list[str], _: random.Random) -> list[str]:
    return [*own[: max(2, len(own) * 3 // 4)], *other[:2]]


def _all(own: list[str], other: list[str], chance: random.Random) -> list[str]:
    text = _cut(0.6)(own, other, chance)
    return _framed(_reworded(_respelled(text, other, chance), other, chance), other, chance)


EDITS: dict[str, Edit] = {
    "cut to 3/4": _cut(0.75),
    "cut to 1/2": _cut(0.5),
    "cut to 1/3": _cut(0.34),
    "byline, dateline, plea": _framed,
    "respelled": _respelled,
    "reworded": _reworded,
    "merged with another": _merged,
    "all of these": _all,
}
