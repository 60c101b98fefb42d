"""`dateline doctor` at the command line: what it prints, its JSON, its exit codes, `--fix`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import article, put
from tests.postgres import Server
from tests.ui.command import dateline
from vectorstore import Archive


@pytest.fixture
def folder(newsroom: Archive, tmp_path: Path) -> Path:
    shutil.copytree(newsroom.path, tmp_path / "copy")
    Archive.open(tmp_path / "copy").close()  # what is in SQLite's log goes into the ledger
    return tmp_path / "copy"


def test_where_all_is_well_it_says_so(folder: Path) -> None:
    done = dateline("doctor", archive=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "dense index" in done.stdout
    assert "All is well." in done.stdout


def test_a_lost_index_is_named_and_written_anew(folder: Path) -> None:
    shutil.rmtree(folder / "dense")
    done = dateline("doctor", archive=folder)
    assert done.returncode == 1
    assert "ERROR    dense index: it is gone" in done.stdout
    assert "means: meanwhile articles are found by their words only" in done.stdout
    fixed = dateline("doctor", "--fix", archive=folder)
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr
    assert "the dense index written anew" in fixed.stdout


def test_a_warning_has_a_code_of_its_own_and_json_for_monitoring(folder: Path) -> None:
    with Archive.open(folder) as archive:
        put(archive, [article("late.md", "A late story.")], index=False)
    done = dateline("doctor", "--json", "--quick", archive=folder)
    assert done.returncode == 3
    said = json.loads(done.stdout)
    assert said["state"] == "warning"
    late = next(f for f in said["findings"] if f["check"] == "index lag")
    assert late["state"] == "warning"
    assert late["do"]


def test_a_damaged_ledger_leads_to_the_backup_and_is_left_alone(folder: Path) -> None:
    ledger = folder / "ledger.sqlite3"
    ledger.write_bytes(ledger.read_bytes()[:9000])
    before = ledger.read_bytes()
    done = dateline("doctor", "--fix", archive=folder)
    assert done.returncode == 1
    assert "dateline restore BACKUP" in done.stdout
    assert ledger.read_bytes() == before
    ingested = dateline("ingest", __file__, archive=folder)
    assert ingested.returncode == 1
    assert "Traceback" not in ingested.stderr
    assert ledger.read_bytes() == before


def test_sources_that_cannot_be_read_or_do_not_deliver_are_told(folder: Path) -> None:
    (folder / "sources.toml").write_text("[[source]\n")
    done = dateline("doctor", "--quick", archive=folder)
    assert done.returncode == 1
    assert "no source is read until the file is mended" in done.stdout
    declared = '[sources.wire]\nkind = "feed"\nurl = "https://example.org/feed"\n'
    (folder / "sources.toml").write_text(declared)
    done = dateline("doctor", "--quick", archive=folder)
    assert done.returncode == 3, done.stdout
    assert "source wire: never read yet" in done.stdout
    assert "no `dateline serve` or `dateline schedule` runs here" in done.stdout


def test_without_an_archive_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    done = dateline("doctor", archive=tmp_path / "none")
    assert done.returncode == 4
    assert not (tmp_path / "none").exists()


def test_looking_at_an_older_archive_changes_nothing(tmp_path: Path) -> None:
    stored = Path(__file__).parents[1] / "vectorstore" / "data" / "archive-0.1.zip"
    shutil.unpack_archive(stored, tmp_path / "old")

    def files() -> dict[str, bytes]:
        found = (p for p in sorted((tmp_path / "old").rglob("*")) if p.is_file())
        return {str(p): p.read_bytes() for p in found if not p.name.endswith(("-shm", "-wal"))}

    before = files()
    done = dateline("doctor", "--quick", archive=tmp_path / "old")
    assert "taken up when it is next opened" in done.stdout
    assert done.returncode in {0, 3}, done.stdout + done.stderr
    assert files() == before


def test_looking_at_an_older_ledger_on_a_server_changes_nothing(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url = postgres.new()
    sources = tmp_path / "sources.toml"
    sources.write_text('[sources.wire]\nkind = "feed"\nurl = "https://example.org/feed"\n')
    words = ("doctor", "--quick", "--archive", url, "--sources", sources)
    with Archive.open(url, create=True) as archive:
        lock = archive.lock("schedule", 0)
        lock.acquire()
        put(archive, [article("one.md", "A story of steel.")])
        now = archive._ledger.meta("schema")
        told = dateline(*words)
        assert "source wire: never read yet" in told.stdout
        assert "a process keeps the sources fresh" in told.stdout
        lock.release()
        archive._ledger.set_meta("schema", "3")
        done = dateline(*words)
        assert "taken up when it is next opened" in done.stdout
        assert done.returncode in {0, 3}, done.stdout + done.stderr
        assert archive._ledger.meta("schema") == "3" != now


def test_a_quota_that_is_no_size_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_QUOTA", "much")
    done = dateline("doctor", "--quick", archive=folder)
    assert done.returncode == 1
    assert "ERROR    quota: DATELINE_QUOTA is no size: 'much'" in done.stdout
