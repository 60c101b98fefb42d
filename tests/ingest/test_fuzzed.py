"""Damaged documents of every format: articles, or the reason that is documented, nothing else."""

from __future__ import annotations

import importlib
import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import text
from ingest.dates import EARLIEST_YEAR, LEEWAY, dated, parse
from ingest.files import listing, read
from ingest.parsers import mail, news
from ingest.passages import cut
from ingest.pipeline import run
from ingest.readers import format_of
from ingest.readers.pages import Pages
from ingest.readers.stdin import kind_of
from ingest.sandbox import ParseFailed, Sandbox
from ingest.sentences import sentences
from ingest.values import Problem
from tests.conftest import SHARED
from tests.fuzzing import damaged, examples, only, texts
from tests.ingest.conftest import NOW
from tests.ingest.parsers.news import made
from tests.ingest.parsers.news.test_newsml import DATA, NEWSML
from tests.ingest.parsers.news.test_wire import ANPA_1312, IPTC_7901
from tests.ingest.parsers.test_page import A_FEED
from tests.ingest.parsers.test_page import made as page
from tests.ingest.readers.documents import made as documents
from tests.ingest.readers.test_warc import CAPTURES, warc
from tests.vectorstore import hashed
from vectorstore import Archive, Article, Settings

BODY = "The talks on tariffs resumed in Seoul.\n\nThey go on. 관세 협상이 재개됐다."


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive of these files."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def shared(folder: str, ending: str) -> list[bytes]:
    """The real documents beside the project, as far as they are there."""
    return [path.read_bytes() for path in sorted((SHARED / folder).rglob(f"*{ending}"))]


NINJS = [*shared("formats/ninjs", ".json"), made.ninjs_file().encode()]
ODD = '<infoSource uri="http://["/>'
XML = [
    *shared("formats/newsml-g2", ".xml"),
    made.message(made.g2(), made.g2(guid="urn:g2:b", about=ODD.replace("[", "h.example"))).encode(),
    made.nitf(docdata='<date.issue norm="20250731T190824+0900"/>').encode(),
    NEWSML.format(status="Usable", content=DATA.format("Text", "One.")).encode(),
]  # fmt: skip
WIRES = [
    IPTC_7901.encode(),
    ANPA_1312.encode(),
    b"Headline: Talks resume\nDateline: Seoul\nDate: 2025-07-31\n\nThe talks resumed.\n-30-\n",
]
FEEDS = [
    A_FEED,
    *shared("feeds/gofeed/testdata/parser/atom", "feed.xml")[:6],
    *shared("feeds/rss-parser/test/input", ".rss")[:6],
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Wire",
            "items": [
                {
                    "id": 1,
                    "url": "https://example.org/a",
                    "title": "Talks",
                    "content_html": f"<p>{BODY}</p>",
                    "date_published": "2025-07-31T19:08:24+09:00",
                    "authors": [{"name": "Kim"}],
                }
            ],
        }
    ).encode(),
]
SITEMAPS = [
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://e.org/a</loc>'
    b"<lastmod>2025-08-01</lastmod></url></urlset>",
    b"https://example.org/a\r\nhttps://example.org/b\n",
]
MAILS = [
    documents.letter().as_bytes(),
    documents.letter(html=f"<table><tr><td><p>{documents.FEES}</p></td></tr></table>").as_bytes(),
    b"From: a@[192.0.2.1]\nSubject: =?utf-8?q?Talks?=\nDate: 10 Mar 2026\n\nThe talks resumed.\n",
]
BOOKS = [
    documents.epub(
        {"a.xhtml": documents.page(f"<h1>Fees</h1><p id='p4'>{documents.FEES}</p>")},
        documents.package(["a.xhtml"], said="<dc:title>Gazette</dc:title>"),
    )
]
WORDS = [documents.docx(documents.line(documents.FEES), said="<dc:title>Fees</dc:title>")]

PARSERS: dict[str, list[bytes]] = {
    "news": [*NINJS, *XML, *WIRES],
    "feed": FEEDS,
    "sitemap": SITEMAPS,
    "mail": MAILS,
    "epub": BOOKS,
    "docx": WORDS,
    "page": [page(), page(head='<script type="application/ld+json">{"@type":"Article"}</script>')],
    "links": [page(before="<a href=/a/2025/one-long-headline>One long headline of a text</a>")],
}
"""What each parser reads, to be damaged."""

ROWS = [
    {"title": "Talks", "text": BODY, "date": "2025-07-31", "url": "https://example.org/a"},
    {"headline": "Fees", "body": documents.FEES, "published": 1753920504, "authors": ["A", "B"]},
    {"title": "Infinity", "text": "It has no end.", "date": 1e300, "id": 7, "lang": "en-GB"},
]
FILES: dict[str, list[bytes]] = {
    ".json": [
        *NINJS,
        json.dumps(ROWS).encode(),
        json.dumps({"articles": ROWS}).encode(),
        json.dumps({"fingerprint": "", "hostname": "", "text": BODY, "author": "A; B"}).encode(),
    ],
    ".jsonl": [b"\n".join(json.dumps(row).encode() for row in ROWS)],
    ".csv": [f'title,text,date\nTalks,"{BODY}",2025-07-31\nFees,{documents.FEES},0\n'.encode()],
    ".tsv": [f"title\ttext\tdate\nFees\t{documents.FEES}\t31 July 2025\n".encode()],
    ".md": [
        f"---\ntitle: Talks\ndate: 2025-07-31\nauthors: [A, B]\n---\n# Talks\n\n{BODY}\n".encode(),
        f"---\na: &a [x, y]\nb: *a\n---\n{BODY}\n\n| a | b |\n|--|--|\n| 1 | 2 |\n".encode(),
    ],
    ".txt": [f"Talks resume\n\n{BODY}\n".encode(), *WIRES],
    ".xml": XML,
    ".zip": [documents.zipped({"a.json": json.dumps(ROWS), "b.txt": BODY, "c/d.xml": XML[-1]})],
    ".tar": [tarred({"a.json": json.dumps(ROWS).encode(), "b.txt": BODY.encode()})],
}  # fmt: skip
"""What is read in the parent itself, by the ending of the file."""

LONGER = 40
"""Times that what is read may be longer than its file, beside a few thousand characters."""


@pytest.mark.parametrize("parser", PARSERS)
@examples(60, 20_000)
@given(data=st.data())
def test_a_parser_reads_a_document_or_says_why_not(parser: str, data: st.DataObject) -> None:
    parse_ = importlib.import_module(f"ingest.parsers.{parser}").parse
    document = data.draw(damaged(PARSERS[parser]))
    with only(ValueError):
        found = parse_(document, url="https://example.org/a")
        answer = json.dumps(found, ensure_ascii=False, allow_nan=False)
        assert len(answer) <= LONGER * len(document) + 20_000


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@examples(25, 5_000)
@given(document=damaged([documents.pdf_bytes(documents.edition([("Fees", documents.FEES)]))]))
def test_a_print_edition_is_read_or_refused(sandbox: Sandbox, document: bytes) -> None:
    reason = ""
    try:
        assert sandbox.parse("pdf", document)["pages"]
    except ParseFailed as error:
        reason = str(error)
    assert "Error: " not in reason, "not the parser's own words"


@pytest.mark.parametrize("ending", FILES)
@examples(60, 20_000)
@given(data=st.data())
def test_a_file_gives_sound_articles_and_reasons(ending: str, data: st.DataObject) -> None:
    document = data.draw(damaged(FILES[ending]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(document)
        items = [*(found := listing([path], now=NOW)).problems, *read(found.files)]
    for item in items:
        if isinstance(item, Article):
            sound(item)
        elif isinstance(item, Problem):
            assert storable(item.reason)
            assert item.kind == "" or storable(item.kind)
    longest = sum(len(item.body) for item in items if isinstance(item, Article))
    assert longest <= LONGER * len(document) + 4_000


class Kept(Pages):
    """Parses pages in children that stay for the next web archive."""

    def close(self) -> None:
        return


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    opened = Kept()
    yield opened
    Pages.close(opened)


@examples(25, 5_000)
@given(document=damaged([warc(*CAPTURES[1:4]), warc(*CAPTURES[1:4], packed=True)]))
def test_a_web_archive_is_read_as_far_as_it_goes(kept: Kept, document: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("a.warc.gz" if document[:2] == b"\x1f\x8b" else "a.warc")
        path.write_bytes(document)
        files = [replace(file, pages=kept) for file in listing([path], now=NOW).files]
        for item in read(files):
            if isinstance(item, Article):
                sound(item)
            elif isinstance(item, Problem):
                assert storable(item.reason)


def storable(said: str) -> bool:
    """Whether a text says something, in characters that a database and a terminal take."""
    return bool(said.strip()) and said.encode().decode() == said and len(said) < 2_000


def sound(article: Article) -> None:
    """An article as the archive and its readers rely on it."""
    lines = (article.headline, article.outlet, article.byline, article.dateline, article.language)
    for line in (*lines, *article.subjects, *article.places):
        assert line == text.line(line)
    assert article.body == text.visible(article.body)
    assert article.body.strip()
    assert article.headline
    for said in (article.key, article.path, article.source, article.url, article.revision.version):
        assert said.encode().decode() == said
    assert article.url == "" or article.url.startswith(("http://", "https://"))
    assert article.id
    assert article.version
    for stated in (article.published, article.updated):
        if stated:
            assert stated.day.year >= EARLIEST_YEAR
            assert stated.instant <= NOW + LEEWAY
            assert stated.instant.timestamp() > 0
            assert storable(stated.found)
    assert article.revision.precedes(article.revision) is False
    assert_cut(article.body)


def assert_cut(body: str) -> None:
    """Passages of whole sentences in order, of which none is left out, doubled or beyond."""
    spans = [span for passage in cut(body) for span in passage.sentences]
    ends = [(0, 0), *spans, (len(body), len(body))]
    for (_, before), (after, _) in pairwise(ends):
        assert before <= after
        assert not body[before:after].strip()
    for passage in cut(body):
        assert (passage.start, passage.end) == (
            passage.sentences[0][0],
            passage.sentences[-1][1],
        )
    assert all(body[a:b].strip() == body[a:b] != "" for a, b in spans)


MARKS = (
    "The talks resumed. ", "U.S. ", "Sec. 2. ", "(a). ", "1.", "…", "?! ", "”) ", "\n\n", "\n",
    "。",
    "관세 협상이 재개됐다. ", "2025. 7. 31. ", "[12] ", "No. 5", "tariff " * 60, "x" * 900, ";",
    "— ",
    "\u3000", "\u0301", "🚢",
)  # fmt: skip


@examples(150, 10_000)
@given(texts(MARKS))
def test_passages_hold_every_sentence_of_a_body_once(body: str) -> None:
    assert_cut(body)
    assert all(0 <= a < b <= len(body) for a, b in sentences(body))


WHEN = (
    "2025-07-31", "20250731", "2025.07.31", "2025년 7월 31일", "31 July 2025", "July 31, 2025",
    "Thu, 31 Jul 2025 14:20:00 +0900", "T19:08:24", "Z", "+09:00", "-23:59", "+99:99", " 25:61",
    "오후 3시 5분", " at 3:05 p.m. ", "KST", "0000", "0001-01-01", "9999-12-31", "-1", "1753920504",
    "1753920504123", "99999999999999", "NaN", "inf", "1e400", "30 Feb 2024", "1 Jan 20 1:23",
    "1 Jan 2025 10:00 +99999999999999999",
)  # fmt: skip


@examples(300, 30_000)
@given(texts(WHEN))
@example("1 Jan 2025 10:00 +99999999999999999")
@example("0001-01-01T00:00:00+23:59")
@example("9999-12-31T23:59:59-23:59")
def test_a_date_is_read_as_one_that_can_be_or_not_at_all(written: str) -> None:
    iso = parse(written)
    assert iso is None or parse(iso) == iso
    if found := dated(written, "test", now=NOW):
        assert EARLIEST_YEAR <= found.day.year <= NOW.year
        assert found.instant <= NOW + LEEWAY


def test_one_odd_address_costs_no_text() -> None:
    (first, second) = news.items(
        made.message(made.g2(about=ODD), made.g2(guid="urn:g2:b")).encode()
    )
    assert first.body == second.body == "The talks resumed."
    assert mail.parse(MAILS[2])["body"] == "The talks resumed."


@pytest.mark.parametrize(
    "row",
    [
        '{"\\ud800": 1}',
        '{"date\\ud800": "2025-07-31", "text": "The talks resumed."}',
        '{"date\\ud800": "never", "text": "The talks resumed."}',
        '{"uri": "https://example.org/\\ud800", "pubstatus": "usable", "body_text": "One."}',
        '{"uri": "urn:x:talks:1", "pubstatus": "usable", "type": "\\ud800"}',
    ],
)
def test_halves_of_characters_end_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    """JSON can escape what no database, terminal or address takes."""
    hashed.use(monkeypatch)
    hashed.build_here(monkeypatch)
    (tmp_path / "a.jsonl").write_text(f'{row}\n{{"title": "B", "text": "It goes on."}}\n')
    with Archive.open(
        tmp_path / "archive", settings=Settings(model=hashed.ONE), create=True
    ) as archive:
        report = run(archive, [tmp_path / "a.jsonl"])
        assert "It goes on." in {a.body for a in archive.recent()}
    assert report.new >= 1


@pytest.mark.parametrize("lines", ["title,text\rTalks,They resumed.\r", f"text,{'x' * 5_000_001}"])
def test_a_table_whose_first_line_is_none_says_so(
    reading: Callable[..., tuple[list[Article], list[Problem]]], lines: str
) -> None:
    articles, problems = reading(a__csv=lines)
    assert articles == []
    assert ["is not CSV" in p.reason for p in problems] == [True]


DEEP = b"[" * 200_000
TOLD = {
    "a line of an old Mac": b"title,text\rTalks,They resumed.\r",
    "deep JSON": DEEP[:2_000] + b'{"uri": "", "pubstatus": ""}\n{}',
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_document_is_can_always_be_asked(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(TOLD[name])
    assert isinstance(kind_of(path, ""), str)
    assert format_of(path)


def test_a_list_of_pages_that_is_nested_too_deeply_is_left_out(
    reading: Callable[..., tuple[list[Article], list[Problem]]],
) -> None:
    files = {"archive/a.warc": warc(*CAPTURES[2:3]), "pages/pages.jsonl": DEEP}
    articles, _ = reading(a__wacz=documents.zipped(files))
    assert len(articles) == 1


def test_a_zip_file_with_a_damaged_file_gives_the_others(
    reading: Callable[..., tuple[list[Article], list[Problem]]],
) -> None:
    data = bytearray(documents.zipped({"a.txt": BODY * 20, "b.txt": "The other is whole."}))
    place = data.index(b"a.txt") + len("a.txt")
    data[place : place + 20] = b"\xff" * 20
    articles, problems = reading(a__zip=bytes(data))
    assert [a.body for a in articles] == ["The other is whole."]
    assert ["cannot be unpacked" in p.reason for p in problems] == [True]


def test_the_documents_are_sound_before_they_are_damaged() -> None:
    assert all(list(news.items(document)) for document in (*NINJS, *XML, *WIRES))
    for parser, several in PARSERS.items():
        parse_ = importlib.import_module(f"ingest.parsers.{parser}").parse
        assert all(parse_(document, url="https://example.org/a") for document in several)
