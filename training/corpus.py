"""The questions, and the passages that they are about."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from vectorstore.models.embedder import Text
from vectorstore.models.reader import Page
from vectorstore.values import Span

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: its text and the spans of its sentences, of which document and outlet it is."""

    key: str
    document: str
    headline: str
    day: str
    outlet: str
    text: str
    sentences: tuple[Span, ...]
    source: str

    @property
    def page(self) -> Page:
        """As the reader reads it."""
        about = ", ".join(part for part in (self.outlet, spoken(self.day)) if part)
        return Page(self.text, self.sentences, self.headline, about)

    @property
    def embedded(self) -> Text:
        """As the embedding model reads it."""
        return Text(self.text, self.sentences, self.headline)

    def without(self, sentences: set[int]) -> Passage:
        """The passage without some of its sentences."""
        text, spans = "", []
        for i, (a, b) in enumerate(self.sentences):
            if i not in sentences:
                gap = self.text[self.sentences[i - 1][1] : a] if i and text else ""
                spans.append((len(text) + len(gap), len(text) + len(gap) + b - a))
                text += gap + self.text[a:b]
        return Passage(
            self.key,
            self.document,
            self.headline,
            self.day,
            self.outlet,
            text,
            tuple(spans),
            self.source,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the passage `key`: in `answers` a passage, a sentence and the span of the
    answer in the passage for each of its parts; none where the passage only seems to answer."""

    text: str
    kind: str
    key: str
    batch: str
    split: str
    answers: tuple[tuple[str, int, Span], ...]
    also: tuple[tuple[str, int], ...] = ()
    """Passages and sentences that answer too, and need not be said: neither right nor wrong."""
    beside: tuple[str, ...] = ()
    """Passages of the same matter that the question was written beside."""


def spoken(day: str) -> str:
    """A day as a reader is told it: 3 March 2025."""
    try:
        told = date.fromisoformat(day[:10])
    except ValueError:
        return day
    return f"{told.day} {told:%B %Y}"


@cache
def passages() -> dict[str, Passage]:
    """All passages by key."""
    return {
        r["k"]: Passage(
            r["k"],
            r["document"],
            r["headline"],
            r["date"],
            r["outlet"],
            r["text"],
            tuple((a, b) for a, b in r["sentences"]),
            r["source"],
        )
        for r in _rows("passages")
        if r["sentences"]
    }


@cache
def questions(split: str) -> tuple[Question, ...]:
    """The questions of "train", "dev" (for the last small models) or "test" (for figures)."""
    return tuple(
        Question(
            r["q"],
            r["kind"],
            r["k"],
            r["batch"],
            r["split"],
            tuple((a["passage"], a["sentence"], (a["start"], a["end"])) for a in r["answers"]),
            tuple((key, i) for key, i in r.get("also", ())),
            tuple(r.get("beside", ())),
        )
        for r in _rows("questions")
        if r["split"] == split
    )


def articles() -> Iterator[dict[str, Any]]:
    """The news texts that were written for this, whole."""
    return _rows("articles")


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
