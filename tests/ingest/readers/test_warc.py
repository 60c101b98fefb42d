"""Web archives: which captures become articles, and what hostile files can do."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.files import listing
from tests.ingest.conftest import NOW, Read, read_all
from tests.ingest.parsers.test_page import TEXT, made

Captured = tuple[str, str, bytes, dict[str, str]]
HTML = {"Content-Type": "text/html; charset=utf-8"}


def warc(*captured: Captured, packed: bool = False) -> bytes:
    """A WARC file of responses: (address, date, body, headers) each; `Status` is one of them."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    for url, date, body, headers in captured:
        fields = [(name, value) for name, value in headers.items() if name != "Status"]
        http = StatusAndHeaders(headers.get("Status", "200 OK"), fields, protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": date},
            )
        )
    return out.getvalue()


def page(words: str) -> bytes:
    return made().replace(b"The delegations", f"{words} delegations".encode())


SITE = "https://news.example.org"
CAPTURES: list[Captured] = [
    (f"{SITE}/", "2025-07-30T00:00:00Z", page("Home"), HTML),
    (f"{SITE}/a?utm_source=x", "2025-08-02T00:00:00Z", page("Later"), HTML),
    (f"{SITE}/a", "2025-08-01T00:00:00Z", page("Earlier"), HTML),
    (f"{SITE}/gone", "2025-08-01T00:00:00Z", page("Gone"), {**HTML, "Status": "404 Not Found"}),
    (f"{SITE}/i.png", "2025-08-01T00:00:00Z", b"\x89PNG", {"Content-Type": "image/png"}),
    (
        f"{SITE}/b",
        "2025-08-01T00:00:00Z",
        gzip.compress(page("Packed"), mtime=0),
        {**HTML, "Content-Encoding": "gzip"},
    ),
    (
        f"{SITE}/c",
        "2025-08-01T00:00:00Z",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(page("Chunked")), page("Chunked")),
        {**HTML, "Transfer-Encoding": "chunked"},
    ),
]


@pytest.mark.parametrize("packed", [False, True])
def test_the_last_capture_of_each_page(reading: Read, folder: Path, packed: bool) -> None:
    name = "a__warc__gz" if packed else "a__warc"
    articles, problems = reading(**{name: warc(*CAPTURES, packed=packed)})
    counts = {p.kind or "earlier": p.entries for p in problems}
    assert counts == {
        "front page": 1,
        "answer that is no success": 1,
        "file of another kind": 1,
        "earlier": 1,
    }
    assert len(articles) + sum(counts.values()) == len(CAPTURES)
    said = {a.url: a.body.partition(" ")[0] for a in articles}
    assert said == {f"{SITE}/a": "Later", f"{SITE}/b": "Packed", f"{SITE}/c": "Chunked"}
    assert {a.source for a in articles} == {folder.as_uri()}
    assert all(a.body.endswith(TEXT[-1]) for a in articles)


def wacz(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_wacz_holds_warcs_and_lists_its_pages(tmp_path: Path) -> None:
    data = warc(*CAPTURES, packed=True)
    articles, problems = read_all(wacz(tmp_path / "a.wacz", {"archive/data.warc.gz": data}))
    assert (len(articles), [p for p in problems if p.fatal]) == (3, [])
    listed = json.dumps({"format": "json-pages-1.0"}) + "\n" + json.dumps({"url": f"{SITE}/b"})
    path = wacz(
        tmp_path / "b.wacz",
        {"archive/data.warc.gz": data, "pages/pages.jsonl": listed.encode()},
    )
    found, problems = read_all(path)
    assert [a.url for a in found] == [f"{SITE}/b"]
    assert {p.kind: p.entries for p in problems}["unlisted page"] == 3


def test_what_is_before_the_damage_is_read(reading: Read) -> None:
    data = warc(*CAPTURES[1:2], packed=True) + warc(*CAPTURES[5:6], packed=True)[:-300]
    articles, (problem,) = reading(a__warc__gz=data)
    assert [a.url for a in articles] == [f"{SITE}/a"]
    assert "cut off" in problem.reason


BOMB = gzip.compress(bytes(200_000_000), 9, mtime=0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no web archive at all, but text that goes on for a while\r\n\r\n", "is no WARC file"),
        (b"WARC/1.0\r\nWARC-Type: " + b"x" * 5_000_000, "headers are over"),
        (
            warc((f"{SITE}/a", "2025-08-01T00:00:00Z", BOMB, {**HTML, "Content-Encoding": "gzip"})),
            "longer than 10000000 bytes inflated",
        ),
    ],
)
def test_hostile_records_are_reported(reading: Read, data: bytes, reason: str) -> None:
    articles, problems = reading(a__warc=data)
    assert not articles
    assert reason in problems[0].reason


def test_zip_bombs_are_not_inflated(tmp_path: Path) -> None:
    bomb = tmp_path / "a.wacz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc", bytes(150_000_000))
    many = wacz(tmp_path / "b.wacz", {f"archive/{n}.warc": b"" for n in range(21_000)})
    none = wacz(tmp_path / "c.wacz", {"x.txt": b"x"})
    broken = tmp_path / "d.wacz"
    broken.write_bytes(many.read_bytes()[:-200])
    for path, reason in (
        (bomb, "inflates more than 200-fold"),
        (many, "over 20,000 files"),
        (none, "no WACZ"),
        (broken, "no ZIP file, or cut off"),
    ):
        articles, (problem,) = read_all(path)
        assert not articles
        assert reason in problem.reason
    assert listing([tmp_path], now=NOW).expected == 4
