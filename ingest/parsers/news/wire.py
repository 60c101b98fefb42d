"""Wire text: IPTC 7901 and ANPA 1312, whose messages stand between control characters.

A message is a header after SOH (7901) or SYN SYN SOH (1312), a text between STX and ETX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest import text
from ingest.parsers.news.item import NewsItem, dateline_in

_MESSAGE = re.compile(
    r"\x01(?P<head>[^\x01\x02\x03]{1,1000})\x02(?P<text>[^\x02\x03\x04]*)(?:\x03|\x04|\Z)"
)
_HEAD = re.compile(r"[\s\x16]*\x01[^\x01\x02\x03]{1,1000}\x02", re.DOTALL)
_7901 = re.compile(
    r"(?P<source>[A-Z]{2,3})(?P<number>\d{3,4}) (?P<priority>\d) (?P<category>[A-Z]{3})\b"
)
_BYLINE = re.compile(r"(?:by|von|par|por|di)\s+\S.{2,80}", re.IGNORECASE)
_ENDS = re.compile(r"(?m)^\s*(?:-30-|-0-|###?|MORE|ENDS?)\s*$")


def begins(head: bytes) -> bool:
    """Whether a document that begins so is wire text."""
    return _HEAD.match(head[:2_000].decode("latin-1")) is not None


def items(source: str) -> Iterator[NewsItem]:
    """The messages of a text that has some, each an item."""
    for number, message in enumerate(_MESSAGE.finditer(source), start=1):
        yield _read(message["head"], message["text"], number)


def _read(head: str, source: str, number: int) -> NewsItem:
    known = _7901.search(head)
    lines = [text.line(part) for part in head.splitlines()]
    keyword = next((part for part in lines[1:] if part), "")
    cut = _ENDS.search(source)
    written = source[: cut.start()] if cut else source
    parts = text.paragraphs(text.visible(written).strip())
    headline = text.plain_headline(text.visible(written).strip(), parts) or ""
    parts = parts[1:] if headline else parts
    byline = ""
    if parts and _BYLINE.fullmatch(parts[0]):
        byline, parts = parts[0], parts[1:]
    body = text.body_of(parts)
    return NewsItem(
        uri=f"wire:{text.line(lines[0])}:{keyword}" if lines and keyword else "",
        headline=headline,
        byline=byline,
        dateline=dateline_in(body),
        body=body,
        outlet=known["source"] if known else "",
        subjects=(known["category"],) if known else (),
        number=number,
    )
