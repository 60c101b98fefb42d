"""Articles by templates: the same seed gives the same text, different seeds different ones."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

FILES = {"en": "english.toml", "ko": "korean.toml"}
SENTENCES = {"en": (7, 8), "ko": (8, 10)}
"""Fewest and most sentences of an article: 110 to 200 English words."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """What a reader reads of an article."""

    headline: str
    byline: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)


@cache
def material(language: str) -> dict[str, Any]:
    """The sentence patterns and what fills them."""
    return tomllib.loads((Path(__file__).parent / FILES[language]).read_text(encoding="utf-8"))


class Filler:
    """Fills patterns; within one article no filling comes twice while others are left."""

    def __init__(self, language: str, seed: str) -> None:
        self.chance = random.Random(f"{language}:{seed}")
        self.lists = material(language)
        self._drawn: dict[str, Iterator[str]] = {}

    def draw(self, name: str) -> str:
        if name == "n":
            return str(self.chance.randint(3, 980))
        taken = self._drawn.setdefault(name, iter(()))
        value = next(taken, None)
        if value is None:
            self._drawn[name] = iter(self.chance.sample(self.lists[name], len(self.lists[name])))
            value = next(self._drawn[name])
        return value

    def fill(self, pattern: str) -> str:
        """The pattern with its slots filled, as a sentence."""
        filled = _SLOT.sub(lambda slot: self.draw(slot[1]), pattern)
        return re.sub(r"^\W*\w", lambda start: start[0].upper(), filled)


def compose(language: str, seed: str) -> Text:
    """An article of three or four paragraphs."""
    filler = Filler(language, seed)
    chance = filler.chance
    count = chance.randint(*SENTENCES[language])
    patterns = chance.sample(filler.lists["patterns"], min(count, len(filler.lists["patterns"])))
    sentences = [filler.fill(pattern) for pattern in patterns]
    parts = 4 if count > 9 else 3
    cuts = [round(i * len(sentences) / parts) for i in range(parts + 1)]
    paragraphs = tuple(" ".join(sentences[a:b]) for a, b in pairwise(cuts) if a < b)
    return Text(filler.fill(filler.draw("headlines")), filler.draw("bylines"), paragraphs)


def corrected(text: Text, language: str, seed: str) -> Text:
    """The text with one number changed and a note that says so."""
    filler = Filler(language, f"correction {seed}")
    first, *rest = text.paragraphs
    changed = re.sub(r"\d+", lambda n: str(int(n[0]) + 7), first, count=1)
    note = filler.fill(filler.draw("corrections"))
    return replace(text, paragraphs=(changed, *rest, note))


def extended(text: Text, language: str, seed: str) -> Text:
    """The text with a sentence more at its end, as wires update a story in the evening."""
    filler = Filler(language, f"addition {seed}")
    more = filler.fill(filler.draw("additions"))
    return replace(text, paragraphs=(*text.paragraphs, more))


def near_copy(text: Text, outlet: str, seed: str) -> Text:
    """The text as another outlet runs it: an own headline, a dateline, one word changed, a
    credit at the end, and at every other outlet without the last sentence."""
    chance = random.Random(f"copy {seed}")
    first, *middle, end = text.paragraphs
    where = chance.choice(("SEOUL", "WASHINGTON", "BUSAN", "SEJONG"))
    if chance.random() < 0.5 and ". " in end:
        end = end[: end.rindex(". ") + 1]
    middle[0] = middle[0].replace(" and ", " as well as ", 1)
    credit = f"This report was first carried by {outlet}."
    headline = f"{text.headline}, wire reports"
    return Text(headline, text.byline, (f"{where} - {first}", *middle, end, credit))
