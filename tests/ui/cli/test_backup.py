"""Backups are made of an archive in use, and restored ones answer the same."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot import build_chain
from ingest import add_sample
from tests.conftest import NEWS, article, put
from tests.postgres import Server
from tests.ui.command import dateline
from ui.cli.backup import backup
from ui.cli.restore import restore
from ui.operations import backups
from ui.store import Role, Store
from vectorstore import Archive, InputError
from vectorstore.models.embedder import Embedder

ASKED = Path(__file__).parents[3] / "benchmarks"
HUNDRED = [
    json.loads(line)["question"]
    for name in ("sample_questions.jsonl", "questions.jsonl")
    for line in (ASKED / name).read_text("utf-8").splitlines()
][:100]


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


@pytest.mark.slow
def test_twenty_backups_under_ingest_are_each_what_the_archive_was(tmp_path: Path) -> None:
    """R11: no backup lacks what was acknowledged before it or has half of anything, and a hundred
    questions have the same answers in the last one, made when all had come in."""
    path, count, acknowledged = tmp_path / "archive", 20, list[str]()
    with Archive.open(path, create=True) as archive:
        add_sample(archive)
        stop = threading.Event()

        def ingest() -> None:
            for n in itertools.count():
                if stop.is_set():
                    return
                put(archive, [article(f"{n}.md", f"Story {n} on steel.")], index=n % 5 == 0)
                acknowledged.append(f"{n}.md")

        writer = threading.Thread(target=ingest)
        writer.start()
        for n in range(count):
            before = set(acknowledged)
            backup(tmp_path / f"saved{n}", archive=str(path))
            after = {*acknowledged, f"{len(acknowledged)}.md"}
            restore(tmp_path / f"saved{n}", archive=str(tmp_path / f"again{n}"))
            with Archive.open(tmp_path / f"again{n}") as again:
                held = {one.path: one.id for one in again.recent(10_000)}
                made = {name for name in held if name.removesuffix(".md").isdecimal()}
                assert before <= made <= after
                for id_ in held.values():
                    assert again.article(id_).body == archive.article(id_).body
        stop.set()
        writer.join()
        with archive.writing():
            archive.index()
        backup(tmp_path / "last", archive=str(path))
        restore(tmp_path / "last", archive=str(tmp_path / "back"))
        with Archive.open(tmp_path / "back") as again:
            chains = [build_chain(one) for one in (archive, again)]
            for question in HUNDRED:
                one, other = (chain.invoke(question) for chain in chains)
                assert one.text == other.text
                assert [c.citations for c in one.claims] == [c.citations for c in other.claims]
    assert len(acknowledged) >= count, "articles came in throughout"


def test_a_backup_brings_an_archive_to_a_server_and_back(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is embedded on the way, and nothing is new when it is ingested again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url, saved, again = postgres.new(), tmp_path / "saved", tmp_path / "again"
    with Archive.open(tmp_path / "archive", create=True) as archive:
        put(archive, NEWS)
        before = [h.passage_id for h in archive.search("shipyard docks", k=3)]
        store = Store.beside(archive)
        talk = store.create("ann", "Tariffs").id
        asked, said = store.append("ann", talk, "What tariff?", {"text": "15 percent."})
        store.feedback("ann", said or 0, "right")
        share = store.share("ann", talk)
        token = store.add_token("wire", Role.reader, None)[1]
        store.close()
    backup(saved, archive=str(tmp_path / "archive"))
    with monkeypatch.context() as patched:
        patched.setattr(Embedder, "embed", lambda *_: pytest.fail("it embeds"))
        restore(saved, archive=url)
        done = dateline("backup", again, "--keep", 1, "--archive", url)
        assert done.returncode == 0, done.stderr
        (kept,) = again.iterdir()
        restore(kept, archive=str(tmp_path / "back"))
    done = dateline("backup", "verify", again)
    assert done.returncode == 0, done.stdout + done.stderr
    for place in (url, tmp_path / "back"):
        with Archive.open(place) as archive:
            assert [h.passage_id for h in archive.search("shipyard docks", k=3)] == before
            assert put(archive, NEWS) == ["unchanged"] * len(NEWS)
            assert archive.status().unindexed == 0
            store = Store.beside(archive)
            assert [one.id for one in store.messages("ann", talk)] == [asked, said]
            assert [given.question for given in store.given()] == ["What tariff?"]
            assert store.shared(share)
            assert store.token(token)
            done = "backup made" if place == url else "backup restored"
            assert done in {deed.deed for deed in store.deeds()}
            assert min(store.append("ann", talk, "And?", {"text": "15."})) > (said or 0)
            store.close()
    with pytest.raises(InputError, match="empty database"):
        restore(saved, archive=url)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    done = dateline("restore", str(tmp_path), "--archive", str(tmp_path / "x"))
    assert done.returncode == 1
    assert "not a backup" in done.stderr


name_at = backups.name_now


def many(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_only_the_newest_backups_are_kept_and_nothing_else_is_deleted(
    empty: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty, NEWS[:1])
    saved = tmp_path / "saved"
    (saved / "2020-01-01T000000Z").mkdir(parents=True)  # named as one, and none
    (saved / "letters").mkdir()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for day in range(4):
        now = moment + timedelta(days=day)
        monkeypatch.setattr(backups, "name_now", lambda now=now: name_at(now))
        done = dateline("backup", saved, "--keep", 2, archive=empty.path)
        assert done.returncode == 0, done.stderr
    assert many(saved) == [
        "2020-01-01T000000Z",
        "2026-01-03T000000Z",
        "2026-01-04T000000Z",
        "letters",
    ]
    assert "Deleted" in done.stdout
    wrong = dateline("backup", saved, "--every", "1d", archive=empty.path)
    assert wrong.returncode == 2


def test_a_backup_is_made_again_and_again_until_interrupted(empty: Archive, tmp_path: Path) -> None:
    put(empty, NEWS[:1])
    words = ["backup", tmp_path / "saved", "--keep", "2", "--every", "1s"]
    command = [sys.executable, "-m", "ui", *map(str, words)]
    env = os.environ | {"DATELINE_ARCHIVE": str(empty.path)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        deleted = next((line for line in process.stdout if "Deleted" in line), "")
        process.terminate()
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert deleted


def test_a_backup_is_tested_in_one_command(empty: Archive, tmp_path: Path) -> None:
    put(empty, NEWS)
    assert dateline("backup", tmp_path / "all", "--keep", 3, archive=empty.path).returncode == 0
    (saved,) = (tmp_path / "all").iterdir()
    done = dateline("backup", "verify", tmp_path / "all", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["backup"] == str(saved)
    found = {one["check"]: one["found"] for one in said["checks"]}
    assert set(found) == {"files", "counts", "search", "doctor"}
    assert found["search"].startswith(f"{len(NEWS)} of {len(NEWS)} articles")
    with sqlite3.connect(saved / "ledger.sqlite3") as c:  # whole for SQLite, and another text
        c.execute("UPDATE versions SET body = replace(body, 'Seoul', 'Tokyo')")
    c.close()
    done = dateline("backup", "verify", saved)
    assert done.returncode == 3
    assert "ERROR    files: ledger.sqlite3 changed or gone" in done.stdout
    assert "ERROR    doctor: " in done.stdout
    (saved / "ledger.sqlite3").write_bytes((saved / "ledger.sqlite3").read_bytes()[:9000])
    done = dateline("backup", "verify", saved)
    assert done.returncode == 1
    assert "bring back an earlier backup" in done.stderr
    assert dateline("backup", "verify", tmp_path).returncode == 1
