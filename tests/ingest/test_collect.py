"""Collect, without a network: files that are declared as a source, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

from ingest.collect import collect
from ingest.sources.declared import Fetching, Source
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
