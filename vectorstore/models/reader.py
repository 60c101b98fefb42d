"""The reader: a small model that reads a question together with a passage.

For each sentence of the passage it says how likely that sentence answers the question, and with
which words. One forward pass reads a whole passage with its headline, outlet and date, so each
sentence is read with its neighbours. What a passage's sentences get is a softmax over them and
"none of these", whose logit is fixed at 0 (as in Devlin et al. 2018 for SQuAD 2.0): so scores
are log odds that can be compared between passages. Trained by training/reader.py.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.models.batches import padded
from vectorstore.models.states import threads
from vectorstore.models.tokens import Tokens
from vectorstore.values import Span

Floats = npt.NDArray[np.float32]

LONGEST = 384
"""Tokens of question and passage together that are read."""

LONG = 30
"""Tokens of an answer at most."""

UNREAD = -12.0
"""Log odds of a sentence that stands behind what is read."""

KEPT = 200
"""Pages of which is kept what was said of them, about 2 kB each with their texts."""

BUSY_CALLERS = 3
"""Questions that are being read, or wait for that, from which the reader is busy."""

BATCH_TOKENS = 2_500
"""Padded tokens of one forward pass."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is read: a passage with its sentences' spans, and what it stands under."""

    text: str
    sentences: tuple[Span, ...]
    headline: str = ""
    about: str = ""
    """Outlet and date, as words."""

    @property
    def framed(self) -> tuple[str, int]:
        """The text behind headline and so on, and where it starts there."""
        lead = " | ".join(part for part in (self.about, self.headline) if part)
        lead = f"passage: {lead}\n"
        return lead + self.text, len(lead)


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader says of a passage: for each sentence the log odds that it answers, against
    that none of the passage does, float32[n]; and its likeliest answer's span in the passage."""

    scores: Floats
    spans: tuple[Span, ...]

    @property
    def likelihood(self) -> float:
        """How likely any of its sentences answers, 0 to 1."""
        top = max(0.0, float(self.scores.max(initial=0.0)))
        none = np.exp(-top)
        any_ = np.exp(self.scores - top).sum()
        return float(any_ / (any_ + none))


def tokens(tokenizer: Tokens, question: str, pages: Sequence[Page]) -> list[Any]:
    """Question and page as a pair each: ids, offsets, and which of the two a token is of."""
    return tokenizer([(f"query: {question}", page.framed[0]) for page in pages], LONGEST)


def places(encoding: Any, page: Page) -> tuple[list[int], list[list[int]]]:
    """Where the question's tokens stand, and those of each sentence of the page."""
    lead = page.framed[1]
    parts, offsets = encoding.sequence_ids, encoding.offsets
    asked = [i for i, part in enumerate(parts) if part == 0]
    own: list[list[int]] = [[] for _ in page.sentences]
    sentence = 0
    for i, part in enumerate(parts):
        if part != 1 or offsets[i][1] <= offsets[i][0]:
            continue
        start = offsets[i][0] - lead
        while sentence < len(own) and start >= page.sentences[sentence][1]:
            sentence += 1
        if sentence < len(own) and start + 1 > page.sentences[sentence][0]:
            own[sentence].append(i)
    return asked, own


class Reader:
    """Reads pages for a question; loaded when first used. It keeps what it said last, as a
    question that is answered in two ways, or asked again, has the same pages."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._callers = 0
        self._kept: dict[tuple[str, Page], Read] = {}

    @property
    def busy(self) -> bool:
        """Whether so many questions are being read, or wait for that, that each should have little
        read."""
        return self._callers >= BUSY_CALLERS

    def read(self, question: str, pages: Sequence[Page]) -> list[Read]:
        """What it says of each page, in their order."""
        with self._counted(), self._lock:
            kept = {page: read for page in pages if (read := self._kept.get((question, page)))}
            new = [page for page in dict.fromkeys(pages) if page not in kept]
            kept |= zip(new, self._read(question, new), strict=True)
            self._kept |= {(question, page): kept[page] for page in new}
            for oldest in list(self._kept)[: max(0, len(self._kept) - KEPT)]:
                del self._kept[oldest]
        return [kept[page] for page in pages]

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Counts a caller until its pages are read."""
        with self._counting:
            self._callers += 1
        try:
            yield
        finally:
            with self._counting:
                self._callers -= 1

    def _read(self, question: str, pages: Sequence[Page]) -> list[Read]:
        if not pages:
            return []
        threads(os.cpu_count() or 1)
        found: dict[int, Read] = {}
        encodings = tokens(self._loaded.tokenizer, question, pages)
        for batch in _batches([len(e.ids) for e in encodings]):
            made = self._pass([encodings[i] for i in batch], [pages[i] for i in batch])
            found |= zip(batch, made, strict=True)
        return [found[i] for i in range(len(pages))]

    def warm(self) -> None:
        """Load the model and read once, so that the first question need not wait."""
        self.read("Who?", [Page("They did.", ((0, 9),))])

    def _pass(self, encodings: Sequence[Any], pages: Sequence[Page]) -> Iterator[Read]:
        import torch

        loaded = self._loaded
        ids, mask = padded([e.ids for e in encodings], loaded.padding)
        with torch.inference_mode():
            with loaded.numbers():
                states = loaded.network(ids, mask).float()
            found = [places(e, page) for e, page in zip(encodings, pages, strict=True)]
            means = [_means(states[i], own) for i, (_, own) in enumerate(found)]
            sizes = [len(own) for _, own in found]
            asked = torch.stack([states[i, own].mean(0) for i, (own, _) in enumerate(found)])
            each = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
            scores = loaded.head.scores(torch.cat(means), asked[each], states[each, 0])
            ends = loaded.head.ends(states).numpy()
        for row, own_scores in enumerate(scores.split(sizes)):
            own, page, encoding = found[row][1], pages[row], encodings[row]
            spans = tuple(_span(ends[row], o, encoding, page, i) for i, o in enumerate(own))
            unread = [not tokens for tokens in own]
            yield Read(np.where(unread, UNREAD, own_scores.numpy()).astype(np.float32), spans)

    @cached_property
    def _loaded(self) -> Any:
        from vectorstore.models.memory import tune_runtime
        from vectorstore.models.reader_network import load

        tune_runtime()
        return load()


def _means(states: Any, own: Sequence[Sequence[int]]) -> Any:
    """The means of the states of each sentence's tokens; the first state for one without any."""
    import torch

    weights = torch.zeros(len(own), len(states))
    for i, tokens in enumerate(own):
        weights[i, list(tokens) or [0]] = 1 / max(1, len(tokens))
    return weights @ states


def _span(ends: Floats, own: Sequence[int], encoding: Any, page: Page, i: int) -> Span:
    """The likeliest span of a sentence, in the passage; the sentence where nothing was read."""
    if not own:
        return page.sentences[i]
    n = len(own)
    together = ends[own, 0][:, None] + ends[own, 1][None, :]
    allowed = np.triu(np.ones((n, n), dtype=bool)) & ~np.triu(np.ones((n, n), dtype=bool), LONG)
    best = int(np.where(allowed, together, -np.inf).argmax())
    lead = page.framed[1]
    first, last = own[best // n], own[best % n]
    a, b = page.sentences[i]
    start, end = encoding.offsets[first][0] - lead, encoding.offsets[last][1] - lead
    while start < end and page.text[start].isspace():
        start += 1
    return max(a, start), min(b, end)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions of texts of like length, so many that they pad to BATCH_TOKENS at most."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * lengths[i] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
