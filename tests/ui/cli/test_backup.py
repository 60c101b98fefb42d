"""Backups are made of an archive in use, and restored ones answer the same."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.conftest import NEWS, article, put
from tests.postgres import Server
from tests.ui.command import dateline
from ui.cli.backup import backup, restore
from ui.store import Store
from vectorstore import Archive, InputError
from vectorstore.models.embedder import Embedder


def test_a_backup_under_ingest_is_whole_and_answers_the_same(tmp_path: Path) -> None:
    path, saved, again = (str(tmp_path / name) for name in ("archive", "saved", "again"))
    with Archive.open(path, create=True) as archive:
        put(archive, NEWS)
        store = Store.beside(archive)
        kept = store.create("ann", "Tariffs")
        stop = threading.Event()

        def ingest() -> None:
            for n in range(200):
                if stop.is_set():
                    return
                put(archive, [article(f"{n}.md", f"Story number {n} on steel.")], index=False)

        writer = threading.Thread(target=ingest)
        writer.start()
        done = dateline("backup", saved, "--archive", path)
        stop.set()
        writer.join()
        before = [h.passage_id for h in archive.search("shipyard docks", k=1)]
        store.close()
    assert done.returncode == 0, done.stderr
    assert dateline("backup", saved, "--archive", path).returncode == 1
    restored = dateline("restore", saved, "--archive", again)
    assert restored.returncode == 0, restored.stderr
    assert dateline("restore", saved, "--archive", again).returncode == 1
    with Archive.open(again) as archive:
        assert [h.passage_id for h in archive.search("shipyard docks", k=1)] == before
        assert archive.status().unindexed == 0
        assert Store.beside(archive).get("ann", kept.id).name == "Tariffs"


def test_a_backup_brings_an_archive_to_a_server_and_back(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is embedded on the way, and nothing is new when it is ingested again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url, saved, again = postgres.new(), tmp_path / "saved", tmp_path / "again"
    with Archive.open(tmp_path / "archive", create=True) as archive:
        put(archive, NEWS)
        before = [h.passage_id for h in archive.search("shipyard docks", k=3)]
    backup(saved, archive=str(tmp_path / "archive"))
    with monkeypatch.context() as patched:
        patched.setattr(Embedder, "embed", lambda *_: pytest.fail("it embeds"))
        restore(saved, archive=url)
        backup(again, archive=url)
        restore(again, archive=str(tmp_path / "back"))
    for place in (url, tmp_path / "back"):
        with Archive.open(place) as archive:
            assert [h.passage_id for h in archive.search("shipyard docks", k=3)] == before
            assert put(archive, NEWS) == ["unchanged"] * len(NEWS)
            assert archive.status().unindexed == 0
    with pytest.raises(InputError, match="empty database"):
        restore(saved, archive=url)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    done = dateline("restore", str(tmp_path), "--archive", str(tmp_path / "x"))
    assert done.returncode == 1
    assert "not a backup" in done.stderr
