"""Archives of every release open in this one; one of a later release is refused, untouched."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import NEWS, article, put
from tests.ui.command import dateline
from ui.store import Store
from vectorstore import Archive, ArchiveTooNew
from vectorstore.health import examine, worst

STORED = sorted((Path(__file__).parent / "vectorstore" / "data").glob("archive-*.zip"))


def test_there_is_an_archive_of_each_release_before_this_one() -> None:
    assert [path.name for path in STORED] == ["archive-0.1.zip"]


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_an_archive_of_a_release_opens_is_sound_and_takes_more_in(
    stored: Path, tmp_path: Path
) -> None:
    shutil.unpack_archive(stored, tmp_path / "old")
    with Archive.open(tmp_path / "old") as archive:
        before = {h.article.id for h in archive.search("potter, berth", k=20)}
        assert before
        put(archive, [article("new.md", "A pangolin crossed the strait.")])
        assert archive.search("pangolin")[0].article.path == "new.md"
        assert before <= {h.article.id for h in archive.search("potter, berth", k=20)}
        assert archive.status().unindexed == 0
    found = list(examine(tmp_path / "old"))
    assert worst(f for f in found if not f.check.endswith("disk")) == "ok", found


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """As a later release would leave it."""
    with Archive.open(tmp_path / "newer", create=True) as archive:
        put(archive, NEWS[:1])
    with sqlite3.connect(tmp_path / "newer" / "ledger.sqlite3") as c:
        c.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    c.close()
    return tmp_path / "newer"


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "runs",
        "rebuild",
        "ask x",
        "search x",
        "ingest",
        "backup",
        "doctor",
        "doctor --fix",
    ],
)
def test_a_newer_archive_is_refused_politely_and_not_touched(
    newer: Path, tmp_path: Path, command: str
) -> None:
    kept = (newer / "ledger.sqlite3").read_bytes()
    extra = {"ingest": [__file__], "backup": [tmp_path / "saved"]}.get(command, [])
    done = dateline(*command.split(), *extra, archive=newer)
    assert done.returncode == 1
    assert "schema 99" in done.stdout + done.stderr
    assert "pip install --upgrade dateline" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (newer / "ledger.sqlite3").read_bytes() == kept


def test_newer_conversations_are_refused_too(empty: Archive) -> None:
    Store.beside(empty).close()
    with sqlite3.connect(empty.path / "conversations.db") as c:
        c.execute("PRAGMA user_version=99")
    c.close()
    with pytest.raises(ArchiveTooNew, match="update Dateline"):
        Store.beside(empty)


def test_an_older_program_that_runs_on_reads_and_never_writes(empty: Archive) -> None:
    """A later release took the ledger up beneath it: what it has answers, and it writes nothing."""
    put(empty, NEWS)
    empty._ledger.set_meta("schema", "99")
    assert empty.search("tariff")
    with pytest.raises(ArchiveTooNew, match="schema 99"):
        put(empty, [article("late.md", "Nothing goes in.")])
    assert empty.status().articles == len(NEWS)


def test_two_servers_of_one_release_share_an_archive(empty: Archive) -> None:
    put(empty, NEWS)
    with Archive.open(empty.path) as other:
        put(other, [article("late.md", "The pangolin came late.")])
        for one in (empty, other):
            assert one.search("pangolin")[0].article.path == "late.md"
