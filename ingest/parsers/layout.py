"""Lines of a printed page to paragraphs: where they begin, and what joins over line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest import text

HEADING = 1.25
"""A heading's letters are so many times as high as most of the page's."""

HEADING_LENGTH = 150
"""Characters of the longest heading."""

_GAP = 1.4
"""Paragraphs are so many times as far apart as lines."""

_NEAR = 8
"""Lines before and after one that tell how wide its column is."""

_BULLET = re.compile(r"[•▪■◦‣·○●–—-] |\(?\d{1,2}[.)] ")
_BULLET_MARK = re.compile(r"^[•▪■◦‣·○●] ")
_MARK = re.compile(r"\s*(?:[•▪■◦‣·○●–—-]|\(?\d{1,2}[.)])\s*")
_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})[-\xad\x02\ufffe]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HANGUL = re.compile("[가-힣]+")
_LAST_HANGUL = re.compile("[가-힣]{1,20}$")
_LAST_MARK = re.compile(r"[\xad\x02\ufffe]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print, and the box it fills in points, from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Page:
    """The paragraphs of a page in the order of its text, and its largest heading or ""."""

    paragraphs: list[str]
    heading: str


def page(pieces: Sequence[Line]) -> Page:
    """The page of these pieces of lines, in the order in which they were set."""
    lines = list(_whole(pieces))
    if not lines:
        return Page([], "")
    usual = _usual(lines)
    leading = _leading(lines)
    words = {w.lower() for line in lines for w in _WORD.findall(line.text)}
    groups: list[list[Line]] = [[lines[0]]]
    for at, (before, here) in enumerate(pairwise(lines), start=1):
        edge = at in {1, len(lines) - 1}  # where running heads stand, a little smaller
        if (edge and not 0.92 < here.height / max(before.height, 0.1) < 1.09) or _begins(
            before, here, _right(lines, at - 1), leading
        ):
            groups.append([here])
        else:
            groups[-1].append(here)
    joined = [(_joined(group, words), group[0].height) for group in groups]
    parts = [(part, height) for part, height in joined if part]
    return Page([part for part, _ in parts], _heading(parts, usual))


def _whole(pieces: Sequence[Line]) -> Iterator[Line]:
    """The pieces with those put together that stand side by side on one line."""
    open_: Line | None = None
    for piece in pieces:
        if not piece.text.strip():
            continue
        if open_ and _beside(open_, piece):
            gap = "" if open_.text.endswith(" ") or piece.left - open_.right < 0.5 else " "
            open_ = Line(
                open_.text + gap + piece.text,
                open_.left,
                min(open_.bottom, piece.bottom),
                piece.right,
                max(open_.top, piece.top),
            )
            continue
        if open_:
            yield open_
        open_ = piece
    if open_:
        yield open_


def _beside(one: Line, other: Line) -> bool:
    """Whether a piece goes on with a line: a comma's box is far lower than a word's."""
    taller, lower = (one, other) if one.height > other.height else (other, one)
    middle = (lower.top + lower.bottom) / 2
    if not taller.bottom - 0.2 * taller.height < middle < taller.top:
        return False
    widest = 4.0 if _MARK.fullmatch(one.text) else 1.2
    return -0.3 * taller.height < other.left - one.right < widest * taller.height


def _usual(lines: Sequence[Line]) -> float:
    """The height of most of the page's letters."""
    heights = sorted((line.height, len(line.text)) for line in lines)
    half, seen = sum(size for _, size in heights) / 2, 0
    for height, size in heights:
        seen += size
        if seen >= half:
            return height
    return heights[-1][0]


def _leading(lines: Sequence[Line]) -> float:
    """The distance of one line from the next, as it is most of the time."""
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if a.bottom > b.bottom]
    return median(steps) if steps else lines[0].height * 1.2


def _right(lines: Sequence[Line], at: int) -> float:
    """Where the column of a line ends: at the end of its widest neighbour."""
    here = lines[at]
    near = lines[max(0, at - _NEAR) : at + _NEAR + 1]
    return max(line.right for line in near if abs(line.left - here.left) < 3 * here.height)


def _begins(before: Line, here: Line, right: float, leading: float) -> bool:
    """Whether a line begins a paragraph after the one before it."""
    ended = text.ends_sentence(before.text.rstrip())
    ratio = here.height / max(before.height, 0.1)
    if not 0.8 < ratio < HEADING:
        return ended or not here.text[:1].islower() or not 0.6 < ratio < 1.6
    step = before.bottom - here.bottom
    if step < 0 or step > 3 * leading or here.left > before.right or here.right < before.left:
        return ended or not _goes_on(before.text, here.text)
    if step > _GAP * max(leading, before.height) or _BULLET.match(here.text):
        return True
    indented = 0.6 * here.height < here.left - before.left < 6 * here.height
    short = before.right < right - 2 * here.height
    return ended and (indented or short)


def _goes_on(before: str, here: str) -> bool:
    """Whether a sentence may run on from the foot of one column to the head of another."""
    return here[:1].islower() or bool(_HYPHEN.search(before)) or text.language_of(here) == "ko"


def _joined(group: Sequence[Line], words: set[str]) -> str:
    """A paragraph's lines as one; a word that was parted at a line's end is whole again.

    Whether its hyphen is its own is told by the other words of the page.
    """
    whole = ""
    for line in group:
        here = text.line(_LAST_MARK.sub("-", line.text.rstrip()))
        if not whole:
            whole = here
        elif (parted := _HYPHEN.search(whole)) and here[:1].islower():
            rest = _WORD.match(here)
            kept = rest is not None and f"{parted[1]}-{rest[0]}".lower() in words
            whole = whole[:-1] + ("-" if kept else "") + here
        elif here:
            whole += ("" if parted or _one_word(whole, here, words) else " ") + here
    return _BULLET_MARK.sub("", whole)


def _one_word(before: str, here: str, words: set[str]) -> bool:
    """Whether a line's end parts a Korean word, which needs no hyphen: the page has it whole."""
    last, first = _LAST_HANGUL.search(before), _HANGUL.match(here)
    return last is not None and first is not None and last[0] + first[0] in words


def _heading(parts: Sequence[tuple[str, float]], usual: float) -> str:
    large = [
        (height, part)
        for part, height in parts
        if height >= HEADING * usual
        and 3 <= len(part) <= HEADING_LENGTH
        and any(c.isalpha() for c in part)
    ]
    return max(large, key=lambda one: one[0])[1] if large else ""
