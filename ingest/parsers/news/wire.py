"""Wire text: IPTC 7901 and ANPA 1312, whose messages stand between control characters, and texts
under header lines like those of mail (RFC 822).

A message is a header after SOH (7901) or SYN SYN SOH (1312), a text between STX and ETX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ingest import text
from ingest.parsers.news.item import NewsItem, created, date, dateline_in, names, owner, state_of

_MESSAGE = re.compile(
    r"\x01(?P<head>[^\x01\x02\x03]{1,1000})\x02(?P<text>[^\x02\x03\x04]*)(?:\x03|\x04|\Z)"
)
_HEAD = re.compile(r"[\s\x16]*\x01[^\x01\x02\x03]{1,1000}\x02", re.DOTALL)
_7901 = re.compile(
    r"(?P<source>[A-Z]{2,3})(?P<number>\d{3,4}) (?P<priority>\d) (?P<category>[A-Z]{3})\b"
)
_BYLINE = re.compile(r"(?:by|von|par|por|di)\s+\S.{2,80}", re.IGNORECASE)
_ENDS = re.compile(r"(?m)^\s*(?:-30-|-0-|###?|MORE|ENDS?)\s*$")
_HEADERS = re.compile(r"\s*((?:[A-Za-z][\w-]{1,30}:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2,40})[ \t]*\n")
_HEADER = re.compile(r"([A-Za-z][\w-]*):((?:[^\n]*)(?:\n[ \t]+\S[^\n]*)*)")
_OF_WIRES = frozenset("headline hedline slug slugline byline dateline".split())
_OF_MAIL = frozenset("received message-id mime-version return-path delivered-to".split())


def begins(head: bytes) -> bool:
    """Whether a document that begins so is wire text."""
    start = head[:4_000].decode("latin-1").replace("\r\n", "\n")
    return _HEAD.match(start) is not None or bool(_headers(start)[0])


def items(source: str) -> Iterator[NewsItem]:
    """The messages of a text that has some, each an item."""
    said, rest = _headers(source.replace("\r\n", "\n"))
    if said:
        yield _under_headers(said, rest)
        return
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


def _headers(source: str) -> tuple[dict[str, str], str]:
    """The header lines of a wire, by their names in lower case, and the text after them; none
    for those of mail, or of no wire."""
    found = _HEADERS.match(source)
    if found is None:
        return {}, source
    said = {n.lower(): text.line(v) for n, v in _HEADER.findall(found[1])}
    if said.keys().isdisjoint(_OF_WIRES) or not said.keys().isdisjoint(_OF_MAIL):
        return {}, source
    return said, source[found.end() :]


def _under_headers(said: Mapping[str, str], source: str) -> NewsItem:
    def first(*wanted: str) -> str:
        return next((said[name] for name in wanted if said.get(name)), "")

    cut = _ENDS.search(source)
    body = text.body_of(text.paragraphs(source[: cut.start()] if cut else source))
    made = date(first("updated", "version-created", "date", "published"))
    first_made = date(first("published", "created", "first-created"))
    published, updated = created(("header published", first_made), ("header date", made))
    return NewsItem(
        uri=first("uri", "guid", "id", "item-id"),
        url=first("url", "link"),
        headline=first("headline", "hedline", "title", "subject", "slugline", "slug"),
        byline=first("byline", "author"),
        dateline=first("dateline", "location") or dateline_in(body),
        body=body,
        published=published,
        updated=updated,
        language=first("language", "content-language"),
        outlet=first("provider", "copyright-holder", "source", "agency")
        or owner(first("copyright")),
        subjects=names(first("subjects", "category", "keywords").split(",")),
        places=names(first("places", "place").split(",")),
        version=first("version", "revision"),
        status=state_of(first("status", "pubstatus")),
        made=made,
    )
