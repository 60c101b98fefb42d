"""Documents made to hang, crash or fill the memory of whoever parses them, and mutations."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence

RSS = (
    '<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>t</title>{body}</channel></rss>'
)
ITEM = "<item><title>{title}</title><link>https://example.org/a</link>{more}</item>"
SET = '{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</urlset>'
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12)
)  # fmt: skip


def _rss(body: str = "", head: str = "") -> bytes:
    return RSS.format(head=head, body=body).encode()


def _item(title: str = "x", more: str = "") -> str:
    return ITEM.format(title=title, more=more)


def _html(body: str = "", head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def _dtd(root: str, entities: str) -> str:
    return f"<!DOCTYPE {root} [{entities}]>"


def _ld(source: str) -> bytes:
    return _html("<p>x</p>", f'<script type="application/ld+json">{source}</script>')


def _map(body: str, head: str = "") -> bytes:
    return SET.format(head=head, body=body).encode()


BIG = 9_000_000
"""Characters of what is just below the limit of a page."""

BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "feed: billion laughs": ("feed", lambda: _rss(_item("&l11;"), _dtd("rss", LAUGHS))),
    "feed: one entity 100,000 times": (
        "feed",
        lambda: _rss(_item("&a;" * 100_000), _dtd("rss", f'<!ENTITY a "{"x" * 100_000}">')),
    ),
    "feed: external entity": (
        "feed",
        lambda: _rss(_item("&a;"), _dtd("rss", '<!ENTITY a SYSTEM "file:///etc/passwd">')),
    ),
    "feed: external definition": (
        "feed",
        lambda: _rss(_item(), '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">'),
    ),
    "feed: 100,000 elements deep": ("feed", lambda: _rss("<a>" * 100_000)),
    "feed: 300,000 attributes": (
        "feed",
        lambda: _rss("<item " + " ".join(f'a{n}="1"' for n in range(300_000)) + "/>"),
    ),
    "feed: 100,000 name spaces": (
        "feed",
        lambda: _rss("<item " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(100_000)) + "/>"),
    ),
    "feed: 200,000 items": ("feed", lambda: _rss(_item() * 200_000)),
    "feed: a title of 20 MB": ("feed", lambda: _rss(_item("x" * 20_000_000))),
    "feed: 20 MB of character data": (
        "feed",
        lambda: _rss(_item(more=f"<description><![CDATA[{'<b>' * 6_000_000}]]></description>")),
    ),
    "feed: 100,000 comments": ("feed", lambda: _rss("<!-- x -->" * 100_000)),
    "feed: 200,000 instructions": ("feed", lambda: _rss("<?a b?>" * 200_000)),
    "feed: a million character entities": ("feed", lambda: _rss(_item("&#65;" * 1_000_000))),
    "feed: brackets without end": ("feed", lambda: b"<rss>" + b"<" * 5_000_000),
    "feed: a link of 9 MB": (
        "feed",
        lambda: _rss(f"<item><link>http://{'a' * BIG}</link></item>"),
    ),
    "JSON feed: 200,000 deep": ("feed", lambda: b'{"items":' + b"[" * 200_000),
    "JSON feed: 500,000 items": (
        "feed",
        lambda: b'{"version":"jsonfeed 1","items":[' + b"{}," * 500_000 + b"{}]}",
    ),
    "JSON feed: a number of 5 million digits": (
        "feed",
        lambda: b'{"items":[{"id":' + b"9" * 5_000_000 + b"}]}",
    ),
    "page: 100,000 elements deep": ("page", lambda: _html("<div>" * 100_000)),
    "page: 50,000 elements deep": ("page", lambda: _html("<div>" * 50_000 + "text")),
    "page: 300,000 attributes": (
        "page",
        lambda: _html("<p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">x"),
    ),
    "page: 9,000 attributes in 100 tags": (
        "page",
        lambda: _html(("<p " + " ".join(f"a{n}=1" for n in range(9_000)) + ">x") * 100),
    ),
    "page: 300,000 links": ("page", lambda: _html("<a href=x>y</a> " * 300_000)),
    "page: 59,000 links": ("page", lambda: _html("<a href=x>y</a> " * 59_000)),
    "page: 59,000 paragraphs": ("page", lambda: _html("<p>Some words of text.</p>" * 59_000)),
    "page: 20,000 tables in tables": ("page", lambda: _html("<table><tr><td>" * 18_000)),
    "page: 20,000 lists in lists": ("page", lambda: _html("<ul><li>" * 25_000)),
    "page: misnested formatting": ("page", lambda: _html("<b><i><a><p>" * 12_000)),
    "page: one line of 9 MB": ("page", lambda: _html(f"<p>{'word ' * (BIG // 5)}</p>")),
    "page: one word of 9 MB": ("page", lambda: _html(f"<p>{'x' * BIG}</p>")),
    "page: 9 MB of brackets": ("page", lambda: b"<p>" + b"<" * BIG),
    "page: a million entities": ("page", lambda: _html("<p>" + "&amp;&lt;" * 1_000_000)),
    "page: comments that do not end": ("page", lambda: _html("<p>x</p>" + "<!--" * 2_000_000)),
    "page: a title of 9 MB": (
        "page",
        lambda: _html("<p>x", f"<title>{' | a' * (BIG // 4)}</title>"),
    ),
    "page: 50,000 declarations": (
        "page",
        lambda: _html("<p>x", "<meta property=article:published_time content=no>" * 50_000),
    ),
    "page: 50,000 times": ("page", lambda: _html("<time datetime=1>x</time>" * 50_000)),
    "page: labels of dates": ("page", lambda: _html("<b>published 입력 </b>" * 50_000)),
    "page: a date of 9 MB": (
        "page",
        lambda: _html("<p>x", f'<meta name=date content="{"1" * BIG}">'),
    ),
    "page: a canonical address of 9 MB": (
        "page",
        lambda: _html("<p>x", f'<link rel=canonical href="https://{"a." * (BIG // 2)}">'),
    ),
    "page: deep JSON-LD": ("page", lambda: _ld("[" * 1_000_000)),
    "page: wide JSON-LD": ("page", lambda: _ld(json.dumps([{"@type": "Article"}] * 90_000))),
    "page: combining marks": ("page", lambda: _html("<p>a" + "\u0301" * 3_000_000)),
    "page: broken UTF-8": ("page", lambda: b"<p>" + b"\xff\xfe\xc3" * 3_000_000),
    "page: packed again": ("page", lambda: gzip.compress(bytes(50_000_000))),
    "links: 300,000 links": ("links", lambda: _html("<a href=x>y</a> " * 300_000)),
    "links: 59,000 links": (
        "links",
        lambda: _html("".join(f"<a href=/n/{n:05}>A headline</a>" for n in range(59_000))),
    ),
    "links: 50,000 deep": ("links", lambda: _html("<nav>" * 50_000 + "<a href=/x>y</a>")),
    "links: nested links' texts": ("links", lambda: _html("<a href=/x><b>word " * 25_000)),
    "sitemap: a gzip of 1 GB": ("sitemap", lambda: _repacked(1_000)),
    "sitemap: 900,000 pages": (
        "sitemap",
        lambda: _map("<url><loc>https://a.example/b</loc></url>" * 900_000),
    ),
    "sitemap: billion laughs": (
        "sitemap",
        lambda: _map("<url><loc>https://a.example/&l11;</loc></url>", _dtd("urlset", LAUGHS)),
    ),
    "sitemap: 100,000 elements deep": ("sitemap", lambda: _map("<url>" * 100_000)),
    "sitemap: an address of 40 MB": (
        "sitemap",
        lambda: _map(f"<url><loc>https://a.example/{'x' * 40_000_000}</loc></url>"),
    ),
    "sitemap: 3 million lines": ("sitemap", lambda: b"https://a.example/b\n" * 2_500_000),
}  # fmt: skip
"""Each bomb's parser, and what makes it."""


def _repacked(megabytes: int) -> bytes:
    """A gzip stream of so many MB of spaces."""
    return gzip.compress(b" " * 1_000_000, 9) * megabytes


def mutations(documents: Sequence[bytes], count: int, seed: int = 1) -> Iterator[tuple[int, bytes]]:
    """So many damaged copies of these documents: each one's number, and the copy."""
    chance = random.Random(seed)
    for _ in range(count):
        number = chance.randrange(len(documents))
        data = bytearray(documents[number])
        for _ in range(chance.randint(1, 6)):
            chance.choice(WAYS)(data, chance)
        yield number, bytes(data)


def _place(data: bytearray, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 7, 60, 900)))


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 10, 200))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    start, end = _place(data, chance)
    del data[start:end]


def _end(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _repeat(data: bytearray, chance: random.Random) -> None:
    start, end = _place(data, chance)
    data[start:start] = bytes(data[start:end]) * chance.choice((2, 50, 400))


def _move(data: bytearray, chance: random.Random) -> None:
    start, end = _place(data, chance)
    piece = bytes(data[start:end])
    del data[start:end]
    where = chance.randrange(len(data) + 1)
    data[where:where] = piece


SNIPPETS = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='utf-16'?>", b"&#x0;",
    b"&#xD800;", b"&undefined;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"</item>", b"<item>", b"</p>",
    b"<div", b"\0\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b'"', b"'>", b"<table><td>",
    b"99999999999999999999", b"0000-00-00T99:99:99Z", b"javascript:alert(1)", b"<svg><title>",
    b"xmlns:a='http://www.w3.org/2005/Atom'", b"<script>", b"<plaintext>", b"<xmp>", b"{", b"[[[[",
)  # fmt: skip


def _insert(data: bytearray, chance: random.Random) -> None:
    where = chance.randrange(len(data) + 1)
    data[where:where] = chance.choice(SNIPPETS) * chance.choice((1, 1, 3, 300))


WAYS = (_flip, _cut, _end, _repeat, _move, _insert, _insert)
