"""Made-up sentences: the same number gives the same words, another one gives others."""

from __future__ import annotations

import random

SYLLABLES = "ba ke ri to mu sha len dor vik pas ol ti gra nem su".split()


def text(number: int, words: int = 26) -> str:
    """A paragraph of two sentences with a name and a figure in it."""
    chance = random.Random(number)
    made = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(words)]
    half = words // 2
    name, figure = made[2].title(), chance.randint(10, 999)
    first = " ".join([made[0].title(), "the", name, *made[3:half]])
    return f"{first} {figure} percent. {' '.join(made[half:]).capitalize()}."
