"""Collect: files that are declared as a source, and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest

from ingest.collect import collect
from ingest.sources.declared import Fetching, Source
from ingest.sources.health import check
from vectorstore import Archive

ROW = '{"titel": "Pier opens", "artikel": "The pier in Masan opens on Monday.", "datum": "%s"}\n'
COLUMNS = {"headline": "titel", "body": "artikel", "published": "datum"}


def test_files_are_a_source_and_a_missing_one_is_recorded(empty: Archive, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "wire.jsonl").write_text(ROW % "2025-07-31" + ROW.replace("Masan", "Okpo") % "1.1.31")
    wire = Source(name="wire", kind="files", paths=(drop,), outlet="Wire", columns=COLUMNS)
    lost = Source(name="lost", kind="files", paths=(tmp_path / "nowhere",))
    first, failed = collect(empty, [wire, lost], settings=Fetching())
    assert (first.run.new, first.run.unchanged, first.run.error) == (2, 0, "")
    assert any("no possible date" in str(problem) for problem in first.problems)
    assert "no such file or folder" in failed.run.error
    stored = empty.recent()[0]
    assert (stored.outlet, stored.source, stored.headline) == ("Wire", "wire", "Pier opens")
    assert empty.search("pier in Masan", k=1)
    last = empty._ledger.last_seq()
    again, _ = collect(empty, [wire, lost], settings=Fetching())
    assert (again.run.new, again.run.unchanged) == (0, 2)
    assert empty._ledger.last_seq() == last
    assert [run.source for run in empty.runs()].count("wire") == 2
    states = {state.name: state for state in empty.sources()}
    assert states["lost"].last_success is None
    assert states["wire"].articles == 2


def test_entries_without_an_address_are_told(empty: Archive, tmp_path: Path) -> None:
    item = "<item><title>Pier opens</title></item>"
    (tmp_path / "feed.xml").write_text(f"<rss version='2.0'><channel>{item * 3}</channel></rss>")
    server = HTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        at = f"127.0.0.1:{server.server_port}"
        wire = Source(name="wire", kind="feed", urls=(f"http://{at}/feed.xml",))
        settings = reaching(at)
        health = check(wire, settings=settings)
        (report,) = collect(empty, [wire], settings=settings)
    finally:
        server.shutdown()
        server.server_close()
    told = "3 entries have no address and cannot be cited: left out"
    assert (health.entries, health.reason) == (0, told)
    assert (report.run.failed, report.run.reasons) == (0, (f"wire: {told}",))


class Moved(BaseHTTPRequestHandler):
    """A site whose feed has moved for good and whose articles are at times too busy."""

    asked: ClassVar[list[str]] = []
    told: tuple[str, ...] = ("/pier",)
    busy = True

    def do_GET(self) -> None:
        self.asked.append(self.path)
        at = f"http://{self.headers['Host']}"
        items = "".join(f"<item><link>{at}{path}</link></item>" for path in self.told)
        feed = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()
        page = b"<h1>Pier</h1><p>" + b"The pier in Masan opens on Monday, the mayor said. " * 5
        same = self.headers["If-None-Match"] == '"same"'
        status, body, headers = {
            "/old.xml": (301, b"", {"Location": "/new.xml"}),
            "/new.xml": (304, b"", {}) if same else (200, feed, {"ETag": '"same"'}),
            "/pier": (429, b"", {"Retry-After": "86400"}) if self.busy else (200, page, {}),
            "/alias": (301, b"", {"Location": "/pier"}),
            "/broken": (403, b"", {}),
        }.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """`asked` keeps the log."""

    @classmethod
    def feeds(cls) -> list[str]:
        """Where a feed was asked for, in order."""
        return [path for path in cls.asked if path.endswith(".xml")]


def reaching(at: str) -> Fetching:
    """Settings with which a host on loopback is fetched from, without a pause."""
    return Fetching(gap=0, allow_private=(at,))


@pytest.fixture
def moved() -> Iterator[tuple[type[Moved], str]]:
    """The site and where it is."""
    site = type("Site", (Moved,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_feed_s_new_address_outlives_a_run_that_the_host_cut_short(
    empty: Archive, moved: tuple[type[Moved], str]
) -> None:
    site, at = moved
    wire = Source(name="wire", kind="feed", urls=(f"http://{at}/old.xml",))
    settings = reaching(at)
    (first,) = collect(empty, [wire], settings=settings)
    assert "the host answered 429" in first.run.error
    (paused,) = collect(empty, [wire], settings=settings)
    assert "asked for a pause" in paused.run.error
    site.busy = False
    day = timedelta(days=2)
    (later,) = collect(empty, [wire], settings=settings, now=lambda: datetime.now(UTC) + day)
    assert later.run.new == 1
    assert site.feeds() == ["/old.xml", "/new.xml", "/new.xml"]


def test_a_feed_that_moved_and_has_not_changed_is_asked_at_its_new_address(
    empty: Archive, moved: tuple[type[Moved], str]
) -> None:
    site, at = moved
    site.busy = False
    url = f"http://{at}/old.xml"
    wire = Source(name="wire", kind="feed", urls=(url,))
    empty.set_source_state("wire", {"validators": {url: {"etag": '"same"', "last_modified": ""}}})
    for _ in range(2):
        collect(empty, [wire], settings=reaching(at))
    assert site.feeds() == ["/old.xml", "/new.xml", "/new.xml"]


def test_each_entry_is_counted_once_in_each_run(
    empty: Archive, moved: tuple[type[Moved], str]
) -> None:
    """An article, its other address, and what cannot be read and is not tried in every run."""
    site, at = moved
    site.busy, site.told = False, ("/pier", "/alias", "/broken")
    wire = Source(name="wire", kind="feed", urls=(f"http://{at}/new.xml",))
    counts = []
    for hours in (0, 1, 48):
        now = datetime.now(UTC) + timedelta(hours=hours)
        (report,) = collect(empty, [wire], settings=reaching(at), now=lambda now=now: now)
        run = report.run
        counts.append((run.new, run.unchanged, run.duplicates, run.failed, run.postponed))
        assert (run.announced, run.accounted) == (3, 3)
        empty.set_source_state("wire", {})
    assert counts == [(1, 0, 1, 1, 0), (0, 1, 1, 0, 1), (0, 1, 1, 1, 0)]
