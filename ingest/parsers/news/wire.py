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
_BARE = re.compile(
    r"\s*(?:[a-zA-Z]{3}\d{4} \d [a-zA-Z]{1,3} {1,2}\d{1,5}\b|"
    r"[a-zA-Z]\d{4}\S*[^\n]*\n[a-z] [a-z] \S[^\n]*\d\d-\d\d {1,2}\d{3,4}\s*\n[\x02\s]*\^)"
)
"""The headers of both where their control characters were lost on the way."""

_7901 = re.compile(r"(?P<source>[A-Za-z]{2,3})\d{3,4} \d (?P<category>[A-Za-z]{1,3})\b")
_MARKED = re.compile(r"(?m)^[ \t]*\^(.*)$\n?")
_NOTE = re.compile(r"Eds?:|AP (?:Photo|Graphic|Video)|With |.{0,60},\d+$")
_SENT = re.compile(r"\b[A-Z]{2}-[A-Z]{2}-(\d\d)-(\d\d)-(\d\d) (\d\d)(\d\d)GMT")
_SIGN_OFF = re.compile(r"(?m)^[ \t]*[A-Z]{2}-[A-Z]{2}-\d\d-\d\d-\d\d \d{4}GMT<?[ \t]*$")
_BYLINE = re.compile(r"(?:by|von|par|por|di)\s+\S.{2,80}", re.IGNORECASE)
_ENDS = re.compile(r"(?m)^[ \t]*(?:-30-|-0-|###?|MORE|ENDS?|\* \* \* \*)\s*$")
_LAST = re.compile(r"(?m)^[ \t]*(?:-30-|-0-|###|ENDS?)[ \t]*$")

SIGN_OFF = 200
"""Characters at most behind the mark that ends a text under header lines; where more follow, it
ends nothing, as a break between parts may look the same."""
_HEADERS = re.compile(r"\s*((?:[A-Za-z][\w-]{1,30}:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2,40})[ \t]*\n")
_HEADER = re.compile(r"([A-Za-z][\w-]*):((?:[^\n]*)(?:\n[ \t]+\S[^\n]*)*)")
_OF_WIRES = frozenset("headline hedline slug slugline byline dateline".split())
_OF_MAIL = frozenset("received message-id mime-version return-path delivered-to".split())


def begins(head: bytes) -> bool:
    """Whether a document that begins so is wire text."""
    start = head[:4_000].decode("latin-1").replace("\r\n", "\n")
    bare = _BARE.match(start) is not None
    return bare or _HEAD.match(start) is not None or bool(_headers(start)[0])


def items(source: str) -> Iterator[NewsItem]:
    """The messages of a text that has some, each an item."""
    said, rest = _headers(source.replace("\r\n", "\n"))
    if said:
        yield _under_headers(said, rest)
        return
    if _BARE.match(source):
        head, _, rest = source.lstrip().partition("\n")
        more, _, after = rest.partition("\n^")
        yield _read(f"{head}\n{more}", f"^{after}", 1) if after else _read(head, rest, 1)
        return
    for number, message in enumerate(_MESSAGE.finditer(source), start=1):
        yield _read(message["head"], message["text"], number)


def _read(head: str, source: str, number: int) -> NewsItem:
    known = _7901.search(head)
    lines = [text.line(part) for part in head.splitlines()]
    keyword = next((part for part in lines[1:] if part), "")
    sent = _SENT.search(source)
    cut = _ENDS.search(source)
    written = source[: cut.start()] if cut else source
    headline, byline, parts = _parts(_typed(written))
    body = text.body_of(parts)
    return NewsItem(
        uri=f"wire:{text.line(lines[0])}:{keyword}" if lines and (keyword or known) else "",
        headline=headline,
        byline=byline,
        dateline=dateline_in(body),
        body=body,
        published=("wire's sign-off", _instant(sent)) if sent else ("", ""),
        outlet=known["source"].upper() if known else "",
        subjects=(known["category"].upper(),) if known else (),
        number=number,
    )


def _ended(source: str) -> str:
    """A text up to the mark that ends it."""
    ends = (m for m in _LAST.finditer(source) if len(source[m.end() :].strip()) <= SIGN_OFF)
    cut = next(ends, None)
    return source[: cut.start()] if cut else source


def _parts(source: str) -> tuple[str, str, list[str]]:
    """The headline, byline and paragraphs of a message's text, by the lines marked `^` at its
    begin, else by what stands alone there."""
    marked = [text.line(found).rstrip("<= ") for found in _MARKED.findall(source)]
    if marked:
        rest = [m for m in marked[1:] if not _NOTE.match(m)]
        byline = next((m for m in rest if _BYLINE.fullmatch(m)), "")
        headline = next((m for m in rest if m != byline), marked[0])
        return headline, byline, text.paragraphs(_MARKED.sub("", source))
    block, _, after = source.strip().partition("\n\n")
    lines = [text.line(part) for part in block.splitlines()]
    if len(lines) > 1 and lines[-1].endswith("="):  # keywords, headline, byline
        byline = lines[-1].rstrip("= ") if _BYLINE.fullmatch(lines[-1].rstrip("= ")) else ""
        above = lines[:-1] if byline else [*lines[:-1], lines[-1].rstrip("= ")]
        above = above[1:] if above[0].endswith("/") else above
        return " ".join(above), byline, text.paragraphs(after)
    parts = text.paragraphs(source.strip())
    headline = text.plain_headline(source.strip(), parts) or ""
    parts = parts[1:] if headline else parts
    byline = parts[0] if parts and _BYLINE.fullmatch(parts[0]) else ""
    return headline, byline, parts[1:] if byline else parts


def _typed(source: str) -> str:
    """The text with the quotes and dashes that the wires' alphabet does not have."""
    plain = text.visible(source).replace("``", "“").replace("''", "”")
    return _SIGN_OFF.sub("", plain.replace(" _ ", " — "))


def _instant(sent: re.Match[str]) -> str:
    month, day, year, hour, minute = sent.groups()
    century = 1900 if int(year) >= 70 else 2000
    return f"{century + int(year)}-{month}-{day}T{hour}:{minute}:00+00:00"


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

    body = text.body_of(text.paragraphs(_ended(source)))
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
