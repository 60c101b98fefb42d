"""Tables of links: each program's own, and read as a list source."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ingest.collect import collect
from ingest.decode import Unreadable
from ingest.readers.table import MAX_FIELD, lacking
from ingest.reading import AS_GUESSED
from ingest.sources.declared import Fetching, Source, declared
from ingest.sources.health import check
from ingest.sources.links_file import addresses, files
from vectorstore import Archive, InputError

A, B = "https://gazette.example/a", "https://gazette.example/b"
TABLES = {
    "takeout": f"A list of mine\n\nTitle,Note,URL,Comment\n,,,\n"
    f'Fees,"a, b",{A},\nFerry,,{B}?utm_x=1,',
    "pocket": f"title,url,time_added,tags,status\nFees,{A},1741564800,ports|fees,unread\nx,{B},,,",
    "instapaper": f"URL,Title,Selection,Folder,Timestamp\n{A},Fees,,Unread,1\n{B},Ferry,,Unread,2",
    "semicolons": f"Titel;Link\nFees;{A}\nFerry;{B}",
    "tabs": f"href\ttitle\n{A}\tFees\n{B}\tFerry",
    "lines": f"{A}\n\n{B}\n",
    "unnamed": f'"Fees, again",{A}\nFerry,{B}\n',
    "marked": f"\ufefftitle,url\nFees,{A}\nFerry,{B}",
}


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_that_programs_write(name: str, tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text(TABLES[name], encoding="utf-8")
    assert [a for a in addresses(path) if a] == [A, B]


def test_a_row_without_an_address_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"title,url\nFees,{A}\nMail,mailto:a@b.example\nNothing,\n,,\n")
    assert list(addresses(path)) == [A, "", ""]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text('title,url\n"' + "x" * (MAX_FIELD + 1))
    with pytest.raises(Unreadable, match="is no table"):
        list(addresses(path))


def test_a_folder_has_tables(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.png", "d.txt"):
        (tmp_path / name).write_text("x")
    assert [p.name for p in files(tmp_path)] == ["a.csv", "b.csv", "d.txt"]


def test_a_table_of_links_is_told_how_to_be_read() -> None:
    assert "dateline sources import" in lacking(["title", "url"], AS_GUESSED)


def test_a_list_needs_an_address_or_a_table(tmp_path: Path) -> None:
    table = {"sources": {"saved": {"kind": "list", "path": "links.csv"}}}
    (source,) = declared(table, tmp_path / "sources.toml").sources
    assert source.paths == (tmp_path / "links.csv",)
    with pytest.raises(InputError, match="needs a url, or the path of a table of links"):
        declared({"sources": {"saved": {"kind": "list"}}}, tmp_path / "sources.toml")
    with pytest.raises(InputError, match="needs a url"):
        declared({"sources": {"x": {"kind": "feed", "path": "a"}}}, tmp_path / "sources.toml")


class Site(BaseHTTPRequestHandler):
    """A site of articles."""

    def do_GET(self) -> None:
        body = b""
        if self.path != "/robots.txt":
            name = f"Pier of {self.path[1:]}"
            words = f"The {name} opens on Monday, the mayor said. " * 8
            body = f"<html><body><article><h1>{name}</h1><p>{words}</p></article>".encode()
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_the_articles_of_a_table_are_fetched_once(
    empty: Archive, tmp_path: Path, site: str
) -> None:
    path = tmp_path / "saved.csv"
    path.write_text(f"title,url\nMasan,http://{site}/masan\nOkpo,http://{site}/okpo\nNone,\n")
    saved = Source(name="saved", kind="list", paths=(path,))
    settings = Fetching(gap=0, allow_private=(site,))
    assert check(saved, settings=settings).entries == 2
    (report,) = collect(empty, [saved], settings=settings)
    assert (report.run.new, report.run.error) == (2, "")
    assert any("1 entry has no address" in str(p) for p in report.problems)
    assert {a.url for a in empty.recent()} == {f"http://{site}/masan", f"http://{site}/okpo"}
    (again,) = collect(empty, [saved], settings=settings)
    assert again.run.new == 0
    lost = Source(name="lost", kind="list", paths=(tmp_path / "lost.csv",))
    (failed,) = collect(empty, [lost], settings=settings)
    assert "lost.csv" in failed.run.error
