"""Collect: files that are declared as a source, and what goes wrong."""

from __future__ import annotations

import threading
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

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
        settings = Fetching(gap=0, allow_private=(at,))
        health = check(wire, settings=settings)
        (report,) = collect(empty, [wire], settings=settings)
    finally:
        server.shutdown()
        server.server_close()
    told = "3 entries have no address and cannot be cited: left out"
    assert (health.entries, health.reason) == (0, told)
    assert (report.run.failed, report.run.reasons) == (0, (f"wire: {told}",))
