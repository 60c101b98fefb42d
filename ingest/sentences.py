"""Sentences: where they end, in English, Korean, and scripts with full-width stops.

Rules and two data files, no model: the same text has the same sentences anywhere. A sentence
never crosses a line break of a body, so a paragraph or a table row ends one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from vectorstore import Span

_LINE = re.compile(r"[^\n]+")
_CLOSERS = r"[\"'”’»)\]」』）]"
_STOP = re.compile(
    rf"(?<![.!?…])[.!?…]++{_CLOSERS}*(?:\[\d{{1,3}}\])*(?:(?<=[a-z”\"]\.)\d{{1,3}})?(?:\s+|$)"
    rf"|[。！？]+{_CLOSERS}*\s*"
)
_TOKEN = re.compile(r"[^\s(\[“‘\"'—–/]*$")
_WORD = re.compile(r"\w")
_LONGEST_TOKEN = 40
_LONGEST_HEAD = 20
_ENUMERATOR = re.compile(
    r"(?:(?:Section|Sec|SECTION|SEC|Article|ARTICLE|Art|Annex|ANNEX|Chapter|Part|Title|§+)\.? ?)?"
    r"(?:\(?\d{1,3}[A-Za-z]?\)?|\(?[A-Za-z]\)?|\(?[ivxlcIVXLC]{1,6}\)?)\."
)
_LABEL = re.compile(r"(?:Section|Sec|SECTION|SEC|Article|ARTICLE|Art|Annex|ANNEX|Chapter|Part)\.")
_NEXT_WORD = re.compile(r"[\"“‘'(\[]*([^\W\d_]+)")
_ROMAN = re.compile(r"[IVXLC]+")
_KOREAN_DATE = re.compile(r"\d{4}\. ?\d{1,2}\. ?\d{1,2}$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
_OPENERS = "\"'“‘(["


@cache
def _abbreviations() -> dict[str, str]:
    table = files("ingest").joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines() if row and not row.startswith("#"))
    return {row[0]: row[1] for row in rows}


@cache
def _starters() -> frozenset[str]:
    listed = files("ingest").joinpath("starters.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(word for row in listed if not row.startswith("#") for word in row.split())


def sentences(body: str) -> Iterator[Span]:
    """The sentences of a body in order; every character that is no space is in exactly one."""
    for line in _LINE.finditer(body):
        yield from _of_line(body, line.start(), line.end())


def _of_line(body: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of a line; what holds no letter or digit goes with its neighbour."""
    last: Span | None = None
    for here, there in _cut(body, start, end):
        if last and not _WORD.search(body, here, there):
            last = last[0], there
            continue
        if last and _WORD.search(body, *last):
            yield last
            last = None
        last = (last[0] if last else here), there
    if last:
        yield last


def _cut(body: str, start: int, end: int) -> Iterator[Span]:
    line_end = end
    for stop in _STOP.finditer(body, start, line_end):
        if stop.end() < line_end and _ends(body, start, stop, line_end):
            yield from _trimmed(body, start, stop.end())
            start = stop.end()
    yield from _trimmed(body, start, line_end)


def _trimmed(body: str, start: int, end: int) -> Iterator[Span]:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends(body: str, start: int, stop: re.Match[str], line_end: int) -> bool:
    """Whether a sentence that began at `start` ends at this stop."""
    mark, after = stop.group(), body[stop.end()]
    if mark[0] in "。！？":
        return True
    if after.islower():
        return False
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = body[max(start, stop.start() - _LONGEST_TOKEN) : stop.start()]
    head = body[start : min(stop.start() + 1, start + 2 * _LONGEST_HEAD)].lstrip()
    if _numbers(head, after) or _KOREAN_DATE.search(before):
        return False
    found = _TOKEN.search(before)
    return _ends_after(found.group() if found else "", body, stop.end(), line_end)


def _numbers(head: str, after: str) -> bool:
    """Whether what a line begins with only numbers what follows: `2.`, `(a).`, `Sec. 2.`"""
    if len(head) > _LONGEST_HEAD:
        return False
    return bool(_ENUMERATOR.fullmatch(head) or (_LABEL.fullmatch(head) and after.isdigit()))


def _ends_after(token: str, body: str, here: int, line_end: int) -> bool:
    """Whether a full stop after this token ends a sentence, by what comes next."""
    after = body[here]
    known = _abbreviations()
    kind = known.get(token) or (known.get(token.capitalize()) if token.isupper() else None)
    if kind == "title":
        return False
    if token.isdigit() and after.isdigit():
        return False  # 2025. 7. 31.
    word = _NEXT_WORD.match(body, here, min(line_end, here + _LONGEST_TOKEN))
    if kind == "number":
        roman = word is not None and _ROMAN.fullmatch(word[1])
        return not (after.isdigit() or after in _OPENERS or roman)
    if kind == "may" or (token.isascii() and _INITIALS.fullmatch(token)):
        return word is not None and word[1] in _starters()
    return True
