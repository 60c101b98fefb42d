"""Passages: runs of whole sentences that fit the embedding model's window.

The model reads 256 tokens, and its wordpieces cannot be counted here without it, so lengths
are costs: an estimate of tokens from counts of characters of each kind. A heading stays with
what it heads, paragraphs are kept whole where they fit, and rows of a table stay together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sentences import sentences
from vectorstore import Passage, Span

TARGET = 170.0
LONGEST = 230.0
"""Tokens of a passage: about 130 and 175 English words. The window of 256 also takes the
model's own two marks, and the estimate's error."""

SHORTEST = 40.0
"""A last passage shorter than this joins the one before, if that fits."""

_EARLY = 0.55
"""A passage may end at a paragraph when it is this full of TARGET."""

_WORD = re.compile(r"[^\W\d_가-힣\u3040-\u30ff\u4e00-\u9fff]+")
_DIGIT = re.compile(r"\d")
_HANGUL = re.compile("[가-힣]")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_SIGN = re.compile(r"[^\w\s]")
_PER_WORD, _PER_DIGIT, _PER_HANGUL, _PER_IDEOGRAPH, _PER_SIGN = 1.15, 0.5, 2.5, 1.0, 1.0
_PIECE = re.compile(r"\S{1,60}\s*")
_SEPARATORS = (";", ":", ",", "—", "–", "|")
_HEADING_END = re.compile(r"[^.!?,;”\"…。]$")
_HEADING_LENGTH = 120


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence with its cost, and whether it starts a paragraph or is like a heading."""

    start: int
    end: int
    cost: float
    opens: bool
    heading: bool


def cost(text: str) -> float:
    """About how many tokens the embedding model makes of a text."""
    return (
        _PER_WORD * len(_WORD.findall(text))
        + _PER_DIGIT * len(_DIGIT.findall(text))
        + _PER_SIGN * len(_SIGN.findall(text))
        + (0.0 if text.isascii() else _PER_HANGUL * len(_HANGUL.findall(text)))
        + (0.0 if text.isascii() else _PER_IDEOGRAPH * len(_IDEOGRAPH.findall(text)))
    )


def cut(body: str) -> tuple[Passage, ...]:
    """The passages of a body: whole sentences in order, of which none is left out or doubled.

    Sentences that alone are over LONGEST are cut at `;`, `:`, `,`, or between words. Linear.
    """
    groups = list(_groups(list(_pieces(body))))
    tail = [_cost(group) for group in groups[-2:]]
    if len(tail) == 2 and tail[1] < SHORTEST and sum(tail) <= LONGEST:
        groups[-2:] = [groups[-2] + groups[-1]]
    return tuple(
        Passage(group[0].start, group[-1].end, tuple((p.start, p.end) for p in group))
        for group in groups
    )


def _cost(group: list[_Piece]) -> float:
    return sum(piece.cost for piece in group)


def _pieces(body: str) -> Iterator[_Piece]:
    """The sentences, cut where they are too long."""
    before = 0
    for start, end in sentences(body):
        opens = start == 0 or "\n\n" in body[before:start]
        alone = opens and body.startswith("\n\n", end)
        whole = body[start:end]
        size = cost(whole)
        heading = alone and len(whole) <= _HEADING_LENGTH and bool(_HEADING_END.search(whole))
        spans = [(start, end)] if size <= LONGEST else _shorter(body, start, end)
        for here, there in spans:
            part = size if len(spans) == 1 else cost(body[here:there])
            yield _Piece(here, there, part, opens and here == start, heading)
        before = end


def _shorter(body: str, start: int, end: int) -> list[Span]:
    """A sentence cut into spans of at most LONGEST, at the best separator in each."""
    spans: list[Span] = []
    pieces = [(m.start(), m.end(), cost(m.group())) for m in _PIECE.finditer(body, start, end)]
    first = 0
    while first < len(pieces):
        last, total = first, 0.0
        while last < len(pieces) and (total + pieces[last][2] <= LONGEST or last == first):
            total += pieces[last][2]
            last += 1
        if last < len(pieces):
            last = _best_cut(body, pieces, first, last)
        spans.append((pieces[first][0], _rstrip(body, pieces[last - 1][1])))
        first = last
    return spans


def _best_cut(body: str, pieces: list[tuple[int, int, float]], first: int, last: int) -> int:
    """Where to cut between two pieces: after the last of the best separators past the middle."""
    for separator in _SEPARATORS:
        for cut_at in range(last, first + (last - first) // 3, -1):
            if body.startswith(separator, _rstrip(body, pieces[cut_at - 1][1]) - 1):
                return cut_at
    return last


def _rstrip(body: str, end: int) -> int:
    while body[end - 1].isspace():
        end -= 1
    return end


def _groups(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces in groups of about TARGET and at most LONGEST, from front to back."""
    ahead = _paragraph_costs(pieces)
    group: list[_Piece] = []
    size = 0.0
    for here, piece in enumerate(pieces):
        if group and _breaks(size, piece, ahead[here]):
            kept = _headings(group)
            yield group[: len(group) - kept]
            group = group[len(group) - kept :]
            size = _cost(group)
        group.append(piece)
        size += piece.cost
    if group:
        yield group


def _breaks(size: float, piece: _Piece, paragraph: float) -> bool:
    """Whether a passage of this size ends before this piece."""
    if size + piece.cost > LONGEST or size >= TARGET:
        return True
    if piece.opens and size >= _EARLY * TARGET:
        return size + paragraph > TARGET * 1.1
    return size >= _EARLY * TARGET and size + piece.cost > TARGET * 1.15


def _headings(group: list[_Piece]) -> int:
    """1 if the group's last piece is a heading that goes with what follows, else 0."""
    if len(group) < 2 or not group[-1].heading or group[-2].heading:
        return 0
    return 1


def _paragraph_costs(pieces: list[_Piece]) -> list[float]:
    """For each piece that opens a paragraph, the cost of that paragraph; else its own."""
    costs = [piece.cost for piece in pieces]
    total = 0.0
    for here in range(len(pieces) - 1, -1, -1):
        total += pieces[here].cost
        if pieces[here].opens:
            costs[here], total = total, 0.0
    return costs
