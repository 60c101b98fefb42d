"""The parts of a printed document, each an article that knows its page.

An archive's citation is of an article, so a page is one. A sentence that runs over a page's
end belongs to the page on which it begins, as readers look for it there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ingest import fields, text
from ingest.dates import parse
from ingest.fields import Named, Place
from ingest.readers.file import File
from ingest.values import Problem

RECURS = 0.5
"""A running head stands on so large a share of the pages, and on two at least."""

_EDGE = 2
"""Paragraphs at a page's head and foot that may be running heads."""

_HEAD_LENGTH = 120
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_RUNS_OVER = 40
"""Characters of the shortest paragraph that is taken to run over the end of its page."""

_FIRST_SENTENCE = re.compile(r".*?[.!?。](?=[\"'”’»)\]」』]*(?:\s|$))[\"'”’»)\]」』]*", re.DOTALL)
_DATES = (
    re.compile(r"(?<!\d)(?:19|20)\d\d([-_. ]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"\b\d{1,2} [A-Z][a-z]{2,8} (?:19|20)\d\d\b"),
    re.compile(r"\b[A-Z][a-z]{2,8} \d{1,2}, (?:19|20)\d\d\b"),
    re.compile(r"(?:19|20)\d\d년 ?\d{1,2}월 ?\d{1,2}일"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A page, or a chapter's share of one: `name` is where it begins in the document
    (`a.xhtml#p4`; "" where it is a page), `label` its printed page or ""."""

    number: int
    name: str
    headline: str
    label: str
    paragraphs: tuple[str, ...]


def without_heads(parts: Sequence[Part]) -> list[Part]:
    """The pages without what recurs at their heads and feet: titles, page numbers."""
    seen: Counter[str] = Counter()
    for part in parts:
        seen.update({_shape(p) for p in _edges(part.paragraphs)})
    least = max(2, RECURS * len(parts))
    heads = {shape for shape, count in seen.items() if count >= least}
    return [replace(part, paragraphs=_inner(part, heads)) for part in parts]


def _edges(paragraphs: Sequence[str]) -> Sequence[str]:
    few = len(paragraphs) <= 2 * _EDGE
    return paragraphs if few else [*paragraphs[:_EDGE], *paragraphs[-_EDGE:]]


def _shape(paragraph: str) -> str:
    """A paragraph with its numbers made alike; a long one or a sentence is no running head."""
    if len(paragraph) > _HEAD_LENGTH or text.ends_sentence(paragraph):
        return ""
    return _DIGITS.sub("0", paragraph)


def _inner(part: Part, heads: set[str]) -> tuple[str, ...]:
    def kept(at: int, paragraph: str) -> bool:
        edge = at < _EDGE or at >= len(part.paragraphs) - _EDGE
        shape = _shape(paragraph)
        return not edge or not ((shape and shape in heads) or paragraph == part.label)

    return tuple(p for at, p in enumerate(part.paragraphs) if kept(at, p))


def carried(parts: Sequence[Part]) -> list[Part]:
    """The parts with each sentence that runs over a page's end on the page where it begins."""
    whole = list(parts)
    for at in range(len(whole) - 1):
        here, after = whole[at : at + 2]
        if not here.paragraphs or not after.paragraphs or not here.label:
            continue
        last, first = here.paragraphs[-1], after.paragraphs[0]
        if not _runs_over(last, first):
            continue
        found = _FIRST_SENTENCE.match(first)
        rest = found[0] if found else first
        left = first[len(rest) :].strip()
        joined = f"{last[:-1]}{rest}" if last.endswith("-") else f"{last} {rest}"
        whole[at] = replace(here, paragraphs=(*here.paragraphs[:-1], joined))
        remain = (left, *after.paragraphs[1:]) if left else after.paragraphs[1:]
        whole[at + 1] = replace(after, paragraphs=tuple(remain))
    return whole


def _runs_over(last: str, first: str) -> bool:
    if text.ends_sentence(last) or len(last) < _RUNS_OVER:
        return False
    return first[:1].islower() or "가" <= first[:1] <= "힣"


def name_of(file: File) -> str:
    """What a file is called, as it is shown."""
    return PurePosixPath(file.shown).name


def date_in(*named: tuple[str, str]) -> list[Named]:
    """The first date that is written out in one of these texts, each with what it is.

    >>> date_in(("file name", "gazette-2026-03-12.pdf"))
    [('file name', '2026-03-12')]
    """
    for what, written in named:
        for pattern in _DATES:
            if found := pattern.search(written):
                value = re.sub(r"(?<=\d)[_. ](?=\d)", "-", found[0])
                if parse(value):
                    return [(what, value)]
    return []


def drafts(
    file: File, parts: Sequence[Part], roles: dict[str, list[Named]]
) -> Iterator[fields.Draft | Problem]:
    """An article of each part; `roles` are the document's own and hold for all of them."""
    for part in parts:
        place = _place(file, part)
        headline = part.headline or file.title
        own = {**roles, "headline": [("heading", headline)]}
        body = text.body_of(part.paragraphs)
        yield from fields.article(
            own, body, place, headline=headline, now=file.now, reading=file.reading
        )


def _place(file: File, part: Part) -> Place:
    """Its key is the place in the document; its path has the printed page, as RFC 8118 does."""
    page = re.sub(r"[^\w.-]", "", part.label)[:20]
    inside = part.name or f"page={part.number}"
    shown = f"{file.shown}, page {part.label}" if part.label else f"{file.shown}, {part.name}"
    key = f"{file.uri}#{inside}" + (f"#page={page}" if part.name and page else "")
    path = f"{file.relative}#page={page}" if page else f"{file.relative}#{inside}"
    return Place(shown, None, key, f"{key}#{part.number}", file.source, path)


def undated(file: File) -> Problem:
    """The note that a document says no date of publication."""
    reason = "does not say when it was published: put the date into its name (2026-03-12)"
    return Problem(file.shown, None, reason, fatal=False)
