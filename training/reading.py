"""The reader, trained: which sentence of a passage answers, whether any does, and with which words.

A question is shown its passage and hard negatives. In each passage the right sentence, or "none",
is told from the rest; over all of them the right sentence is told from all others. Where several
sentences answer, each is to be as likely as the others. A broad request is shown several passages
of the matter that it asks about, some of which answer in part. By program come
further passages in which nothing answers: the right one without the sentence that answers, and
with a name or a year of the question exchanged for another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.corpus import Passage, Question
from training.steps import chunks, descend, fresh, rows, states
from vectorstore.models.batches import ROWS
from vectorstore.models.encoder import Encoder
from vectorstore.models.reader import places, tokens
from vectorstore.models.reading import Head

NEGATIVES = 2
"""Hard negatives that a question is shown in a round, at most."""

CUT, SWAPPED = 0.15, 0.2
"""How often a question is also shown its passage without the sentence that answers; and how often
a question with a name or a year is asked with another one instead."""

WIDE, BESIDE = 3, 2
"""Passages that answer a broad request in part, and others of its matter, that it is shown in a
round, at most."""

OVERALL, ENDS = 0.5, 0.3
"""What the loss over all of a question's sentences, and that over answers' spans, count beside the
loss in each passage."""

_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w.’'-]+)(?: [A-Z][\w.’'-]+)*")
_YEAR = re.compile(r"\b20[12]\d\b")


@dataclass(frozen=True)
class Shown:
    """A question with one passage: the sentences that answer, those that do too and need not be
    told, and the answer's span where it is one."""

    asked: str
    passage: Passage
    sentences: tuple[int, ...] = ()
    span: tuple[int, int] | None = None
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """A question with all that it is shown."""

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
            made.append(_wide(q, others, passages, chooser))
            continue
        shown = [_right(q, passages)] if q.answers else [Shown(q.text, own)]
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


def _wide(
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


def _right(q: Question, passages: dict[str, Passage]) -> Shown:
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


def train(
    rounds: Sequence[Sequence[Case]],
    *,
    device: str = "cpu",
    size: int = 8,
    rate: float = 1e-4,
    seed: int = 1,
    seconds: float = 0.0,
    start: dict[str, Tensor] | None = None,
    note: Callable[[int, int, float], None] = lambda *_: None,
) -> tuple[Encoder, Head]:
    """The encoder and the head after the rounds; `start` are layers, and it may be a head's
    weights ("head.…"), to start from."""
    chooser = random.Random(seed)
    torch.manual_seed(seed)
    network, tokenizer, padding = fresh(device)
    if start:
        network.load_state_dict(start, strict=False)
    head = Head(network.shape.width)
    head.load_state_dict(
        {k[5:]: v for k, v in (start or {}).items() if k[:5] == "head."} or head.state_dict()
    )
    head.to(device)

    def loss(batch: list[Case]) -> Tensor:
        flat = [(c, s) for c, case in enumerate(batch) for s in case.shown]
        encoded = [tokens(tokenizer, s.asked, [s.passage.page])[0] for _, s in flat]
        read = []
        for alike in _groups([len(e.ids) for e in encoded]):
            ids, mask = rows([encoded[row] for row in alike], padding)
            for row, found in zip(alike, states(network, ids, mask, device), strict=False):
                read.append(_read(head, found, encoded[row], flat[row][1], flat[row][0]))
        own = torch.stack([r.own for r in read]).mean()
        ends = [r.ends for r in read if r.ends is not None]
        total = own + ENDS * (torch.stack(ends).mean() if ends else own * 0)
        overall = _overall(read, len(batch))
        return total + OVERALL * overall if overall is not None else total

    batches = [b for cases_ in rounds for b in chunks(cases_, size, chooser)]
    descend([network, head], batches, loss, rate=rate, note=note, seconds=seconds)
    return network, head


def _groups(lengths: Sequence[int]) -> list[list[int]]:
    """Rows of like length together, as many as are padded to the same width: over all rows of a
    batch at once a third of the work is padding."""
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    return [order[i : i + ROWS] for i in range(0, len(order), ROWS)]


@dataclass(frozen=True)
class _Scored:
    case: int
    scores: Tensor
    right: tuple[int, ...]
    also: tuple[int, ...]
    own: Tensor
    ends: Tensor | None


def _read(head: Head, states: Tensor, encoding: Any, shown: Shown, case: int) -> _Scored:
    page = shown.passage.page
    asked, own = places(encoding, page)
    scores, ends = head(states, asked, own)
    dead = torch.tensor([not tokens for tokens in own], device=scores.device)
    scores = scores.masked_fill(dead, -1e4)
    right = tuple(i for i in shown.sentences if own[i])
    also = tuple(i for i in shown.also if own[i])
    whole = torch.cat([scores.new_zeros(1), scores])
    if right and also:
        whole = without(whole, [i + 1 for i in also])
    logs = whole.log_softmax(0)
    wanted = [i + 1 for i in right or also] or [0]
    loss = -logs[wanted].mean()
    return _Scored(case, scores, right, also, loss, _ends(ends, own, encoding, shown, right))


def without(scores: Tensor, places: Sequence[int]) -> Tensor:
    """The scores with some of them so low that they count for nothing."""
    lost = torch.zeros_like(scores, dtype=torch.bool)
    lost[list(places)] = True
    return scores.masked_fill(lost, -1e4)


def _ends(
    ends: Sequence[tuple[Tensor, Tensor]],
    own: Sequence[Sequence[int]],
    encoding: Any,
    shown: Shown,
    right: tuple[int, ...],
) -> Tensor | None:
    if shown.span is None or len(right) != 1:
        return None
    lead = shown.passage.page.framed[1]
    (sentence,) = right
    offsets = np.array([encoding.offsets[t] for t in own[sentence]]) - lead
    inside = np.flatnonzero((offsets[:, 1] > shown.span[0]) & (offsets[:, 0] < shown.span[1]))
    if not len(inside):
        return None
    starts, stops = ends[sentence]
    made: Tensor = -(starts.log_softmax(0)[inside[0]] + stops.log_softmax(0)[inside[-1]]) / 2
    return made


def _overall(read: Sequence[_Scored], cases: int) -> Tensor | None:
    losses = []
    for case in range(cases):
        own = [r for r in read if r.case == case]
        if len(own) < 2 or not any(r.right for r in own):
            continue
        logs = torch.cat([without(r.scores, r.also) for r in own]).log_softmax(0)
        firsts = np.cumsum([0, *(len(r.scores) for r in own)])
        right = [int(at) + i for at, r in zip(firsts, own, strict=False) for i in r.right]
        losses.append(-logs[right].mean())
    return torch.stack(losses).mean() if losses else None
