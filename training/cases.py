"""Training cases of the reader: a question with the passages that it is shown in a round.

These are its own passage and hard negatives. A broad request is shown several passages of the
matter that it asks about, some of which answer in part. By program come further passages in which
nothing answers: the right one without the sentence that answers, and with a name or a year of the
question exchanged for another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from training.corpus import Passage, Question

NEGATIVES = 2
"""Hard negatives that a question is shown in a round, at most."""

CUT, SWAPPED = 0.15, 0.2
"""How often a question is also shown its passage without the sentence that answers; and how often
a question with a name or a year is asked with another one instead."""

WIDE, BESIDE = 3, 2
"""Passages that answer a broad request in part, and others of its matter, that it is shown in a
round, at most."""

_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w.’'-]+)(?: [A-Z][\w.’'-]+)*")
_YEAR = re.compile(r"\b20[12]\d\b")


@dataclass(frozen=True)
class Shown:
    """A question with one passage: the sentences that answer, those that do too and need not be
    told, and the answer's span where it is one."""

    question: str
    passage: Passage
    sentences: tuple[int, ...] = ()
    span: tuple[int, int] | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """A question with all passages that it is shown."""

    shown: tuple[Shown, ...]


def cases(
    questions: Sequence[Question],
    negatives: Sequence[list[str]],
    passages: dict[str, Passage],
    chooser: random.Random,
) -> list[Case]:
    """A round: each question with its passage and some others, drawn anew."""
    names = sorted({m.group() for q in questions for m in _NAME.finditer(q.text)})
    made = []
    for q, others in zip(questions, negatives, strict=True):
        own = passages[q.key]
        if q.beside:
            made.append(_broad_case(q, others, passages, chooser))
            continue
        shown = [_answered(q, passages)] if q.answers else [Shown(q.text, own)]
        few = chooser.sample(others, min(chooser.randint(1, NEGATIVES), len(others)))
        shown += [Shown(q.text, passages[k]) for k in few]
        made.append(Case(tuple(shown)))
        if not q.answers:
            continue
        right = {i for key, i, _ in q.answers if key == own.key}
        if chooser.random() < CUT and right and len(own.sentences) - len(right) >= 2:
            made.append(Case((Shown(q.text, own.without(right)),)))
        elif chooser.random() < SWAPPED and (other := swapped(q.text, own, names, chooser)):
            made.append(Case((Shown(other, own),)))
    return made


def _broad_case(
    q: Question, others: list[str], passages: dict[str, Passage], chooser: random.Random
) -> Case:
    """A broad request with some of the passages that answer it in part, some of the same matter
    that do not, and, of invented matters, of which no other passage tells, one near to it."""
    right = [k for k in q.beside if any(k == key for key, _, _ in q.answers)]
    rest = [k for k in q.beside if k not in right]
    shown = chooser.sample(right, min(WIDE, len(right)))
    shown += chooser.sample(rest, min(BESIDE + (not right), len(rest)))
    invented = passages[q.key].source == "news"
    foreign = [k for k in others if k not in q.beside] if invented else []
    shown += chooser.sample(foreign, min(1, len(foreign)))

    def one(key: str) -> Shown:
        told = tuple(dict.fromkeys(i for k, i, _ in q.answers if k == key))
        also = tuple(i for k, i in q.also if k == key and i not in told)
        return Shown(q.text, passages[key], told, None, also)

    return Case(tuple(one(k) for k in shown))


def _answered(q: Question, passages: dict[str, Passage]) -> Shown:
    """A question with the passage that answers it; with the answer's span if one sentence does."""
    key, _, span = q.answers[0]
    right = tuple(dict.fromkeys(i for k, i, _ in q.answers if k == key))
    return Shown(q.text, passages[key], right, span if len(right) == 1 else None)


def swapped(text: str, passage: Passage, names: Sequence[str], chooser: random.Random) -> str:
    """A question with a year, or a name that its passage has, exchanged for one that it has not;
    "" where there is none."""
    whole = f"{passage.headline} {passage.text} {passage.day}"
    years = list(_YEAR.finditer(text))
    if years and chooser.random() < 0.5:
        m = chooser.choice(years)
        other = str(int(m.group()) + chooser.choice((-3, -2, -1, 1, 2)))
        return "" if other in whole else text[: m.start()] + other + text[m.end() :]
    met = [m for m in _NAME.finditer(text) if m.group() in whole]
    if not met:
        return ""
    m = chooser.choice(met)
    words = len(m.group().split())
    like = [n for n in names if len(n.split()) == words and n not in whole]
    return text[: m.start()] + chooser.choice(like) + text[m.end() :] if like else ""
