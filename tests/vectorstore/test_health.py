"""What is wrong with an archive is found, said, and mended from the ledger, losing nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ingest.boilerplate import settle
from tests.conftest import NEWS, article, damage, put
from vectorstore import Archive, ArchiveDamaged, ArchiveLocked
from vectorstore.durable import digests
from vectorstore.health import Finding, examine, repair, repair_files, worst
from vectorstore.health.ledger import ReadOnlyLedger
from vectorstore.health.surroundings import clock_finding, disk_findings
from vectorstore.health.surroundings import shutil as disk

ASKED = "tariff on Korean goods, docks in Philadelphia"


@pytest.fixture
def folder(newsroom: Archive, tmp_path: Path) -> Path:
    """A copy of the newsroom that can be damaged."""
    shutil.copytree(newsroom.path, tmp_path / "copy")
    Archive.open(tmp_path / "copy").close()  # what is in SQLite's log goes into the ledger
    return tmp_path / "copy"


def wrong(folder: Path, *, quick: bool = False) -> dict[str, Finding]:
    return {f.check: f for f in examine(folder, quick=quick) if f.state in {"error", "warning"}}


def sql(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "ledger.sqlite3") as c:
        for statement in statements:
            c.execute(statement)
    c.close()


def mend(folder: Path) -> list[str]:
    found = list(examine(folder))
    done = list(repair_files(found))
    with Archive.open(folder) as archive:
        return done + list(repair(archive, found, settle=settle))


def shown(folder: Path) -> dict[str, set[str]]:
    """The words that are found of each article, however it is cut."""
    found: dict[str, set[str]] = {}
    with Archive.open(folder) as archive:
        for hit in archive.search(ASKED, k=20):
            found.setdefault(hit.article.path, set()).update(hit.text.split())
    return found


def test_a_sound_archive_is_found_sound_and_not_written_to(folder: Path) -> None:
    before = digests(folder)
    found = list(examine(folder))
    assert worst(found) == "ok", found
    assert {"ledger", "offsets", "vectors", "dense index", "lexical index", "clock"} <= {
        f.check for f in found
    }
    after = {n: d for n, d in digests(folder).items() if not n.endswith(("-wal", "-shm"))}
    assert after == {n: d for n, d in before.items() if n in after}


def without_a_vector(folder: Path) -> None:
    sql(folder, "DELETE FROM vectors WHERE digest = (SELECT min(digest) FROM vectors)")


def with_a_broken_vector(folder: Path) -> None:
    sql(folder, "UPDATE vectors SET passage = zeroblob(length(passage)) WHERE rowid = 1")


def with_shifted_offsets(folder: Path) -> None:
    sql(folder, "UPDATE passages SET start = start + 1 WHERE position = 0")


def without_segments(folder: Path) -> None:
    (folder / "dense" / "manifest.json").unlink()


def with_rows_missing_from_a_segment(folder: Path) -> None:
    """As a lost update would: sealed, and not all that the ledger has."""
    manifest = json.loads((folder / "dense/manifest.json").read_text())
    segment = folder / "dense" / manifest["segments"][0]["name"]
    rows = dict(np.load(segment / "rows.npz"))
    rows["ids"][0] = b"f" * 30
    np.savez(segment / "rows.npz", **rows)
    manifest["segments"][0]["files"] = digests(segment)
    (folder / "dense/manifest.json").write_text(json.dumps(manifest))


def with_another_vector_in_a_segment(folder: Path) -> None:
    manifest = json.loads((folder / "dense/manifest.json").read_text())
    segment = folder / "dense" / manifest["segments"][0]["name"]
    vectors = np.load(segment / "vectors.npy")
    np.save(segment / "vectors.npy", vectors[::-1])
    manifest["segments"][0]["files"] = digests(segment)
    (folder / "dense/manifest.json").write_text(json.dumps(manifest))


def with_another_text_in_the_ledger(folder: Path) -> None:
    """The words of the lexical index are compared with the ledger's, not only its seal."""
    sealed = json.loads((folder / "lexical.json").read_text())
    with Archive.open(folder) as archive, archive.writing():
        row = next(archive._ledger.passages_of([NEWS[1].id], archive.embedder.identity))
        from vectorstore.index.indexer import _entry

        entry = _entry(row)._replace(text="pangolin")
        archive._lexical.clear()
        rest = [a.id for a in NEWS if a is not NEWS[1]]
        others = archive._ledger.passages_of(rest, archive.embedder.identity)
        archive._lexical.update([], [entry, *map(_entry, others)], sealed["seq"])


def without_a_document(folder: Path) -> None:
    sealed = json.loads((folder / "lexical.json").read_text())
    with Archive.open(folder) as archive, archive.writing():
        archive._lexical.update([NEWS[0].id], [], sealed["seq"])


def with_an_article_not_indexed(folder: Path) -> None:
    with Archive.open(folder) as archive:
        put(archive, [article("late.md", "The pangolin came late.")], index=False)


@pytest.mark.parametrize(
    ("spoil", "check", "told"),
    [
        (without_a_vector, "vectors", "1 passages have none"),
        (with_a_broken_vector, "vectors", "1 a damaged one"),
        (with_shifted_offsets, "offsets", "passages of 5 articles do not fit"),
        (without_segments, "dense index", "it is gone"),
        (with_rows_missing_from_a_segment, "dense index", "1 live passages are not in it"),
        (with_another_vector_in_a_segment, "dense index", "vectors are not those of the ledger"),
        (with_another_text_in_the_ledger, "lexical index", "terms are not those"),
        (without_a_document, "lexical index", "live passages are not in it"),
        (with_an_article_not_indexed, "index lag", "1 articles are stored and not searchable"),
    ],
)
def test_what_is_wrong_is_named_and_mended(
    folder: Path, spoil: Callable[[Path], None], check: str, told: str
) -> None:
    before = shown(folder)
    spoil(folder)
    found = wrong(folder)
    assert told in found[check].found
    assert found[check].means
    assert found[check].do
    assert mend(folder)
    assert wrong(folder) == {}
    after = shown(folder)
    after.pop("late.md", None)
    assert after == before


def names(folder: Path) -> list[str]:
    manifest = json.loads((folder / "dense/manifest.json").read_text())
    return [s["name"] for s in manifest["segments"]]


@pytest.mark.parametrize(
    ("spoil", "stay"),
    [(with_rows_missing_from_a_segment, 2), (with_another_vector_in_a_segment, 1)],
)
def test_only_what_is_not_as_it_should_be_is_mended(
    folder: Path, spoil: Callable[[Path], None], stay: int
) -> None:
    """Missing rows come in a segment of their own; a segment with a wrong one is written anew."""
    with Archive.open(folder) as archive:
        put(archive, [article("late.md", "The pangolin came late.")])
    first, second = names(folder)
    spoil(folder)
    told = mend(folder)
    assert any(f"{stay} of 2 segments stay" in said for said in told), told
    assert wrong(folder) == {}
    assert second in names(folder)
    assert (first in names(folder)) == (stay == 2)


def test_a_damaged_segment_is_written_anew_by_the_next_ingest_and_the_others_stay(
    folder: Path,
) -> None:
    with Archive.open(folder) as archive:
        put(archive, [article("late.md", "The pangolin came late.")])
    first, second = names(folder)
    damage(folder / "dense" / first / "vectors.npy", "truncate")
    with Archive.open(folder) as archive:
        put(archive, [article("later.md", "The pangolin went early.")])
        assert archive._dense.verify() == []
    assert second in names(folder)
    assert first not in names(folder)
    assert wrong(folder) == {}


def test_a_text_that_changed_is_no_case_for_a_repair(folder: Path) -> None:
    sql(folder, "UPDATE versions SET body = replace(body, '25 percent', '35 percent')")
    before = (folder / "ledger.sqlite3").read_bytes()
    found = wrong(folder)
    assert "article" in found["texts"].found
    assert "dateline restore" in found["texts"].do
    assert mend(folder) == []
    assert (folder / "ledger.sqlite3").read_bytes() == before


def test_rows_without_an_owner_are_found(folder: Path) -> None:
    sql(folder, f"DELETE FROM versions WHERE article = '{NEWS[0].id}'")  # noqa: S608
    found = wrong(folder)
    assert "1 articles without their current text" in found["references"].found
    sql(folder, "INSERT INTO signatures VALUES ('nobody', 0, x'')")
    assert "1 rows whose owner is gone" in wrong(folder)["references"].found


def test_a_damaged_ledger_is_told_and_never_written_to(folder: Path) -> None:
    ledger = folder / "ledger.sqlite3"
    content = bytearray(ledger.read_bytes())
    content[9 * 4096 : 12 * 4096] = b"x" * 3 * 4096
    ledger.write_bytes(content)
    broken = ledger.read_bytes()
    found = wrong(folder)
    assert "dateline restore" in found["ledger"].do
    assert not found["ledger"].fix
    with Archive.open(folder) as archive:
        with pytest.raises(ArchiveDamaged, match="dateline restore"):
            put(archive, [article("new.md", "Nothing goes in.")])
        with pytest.raises(ArchiveDamaged, match="damaged"), archive.writing():
            pass
    assert ledger.read_bytes() == broken


def test_a_ledger_that_is_cut_off_is_not_opened(folder: Path) -> None:
    ledger = folder / "ledger.sqlite3"
    damage(ledger, "truncate")
    broken = ledger.read_bytes()
    assert "dateline restore" in wrong(folder)["ledger"].do
    with pytest.raises(ArchiveDamaged, match="dateline restore"):
        Archive.open(folder)
    assert ledger.read_bytes() == broken


@pytest.mark.parametrize("how", ["gone", "emptied"])
def test_a_lost_ledger_is_not_begun_anew(folder: Path, how: str) -> None:
    ledger = folder / "ledger.sqlite3"
    ledger.unlink() if how == "gone" else ledger.write_bytes(b"")
    assert "dateline restore" in wrong(folder)["ledger"].do
    with pytest.raises(ArchiveDamaged, match="its indexes are there still"):
        Archive.open(folder, create=True)
    assert how == "gone" or ledger.stat().st_size == 0


def test_nothing_is_mended_while_another_writes(folder: Path) -> None:
    without_segments(folder)
    found = list(examine(folder))
    with (
        Archive.open(folder) as one,
        one.writing(),
        Archive.open(folder) as other,
        pytest.raises(ArchiveLocked),
    ):
        list(repair(other, found, settle=settle))
    assert mend(folder)


def test_a_clock_set_back_is_told(folder: Path) -> None:
    ledger = ReadOnlyLedger(folder / "ledger.sqlite3")
    assert clock_finding(ledger).state == "ok"
    past = datetime.now(UTC) - timedelta(days=2)
    assert clock_finding(ledger, past).state == "warning"
    ledger.close()


@pytest.mark.parametrize(
    ("free", "state"), [(10**7, "error"), (5 * 10**8, "warning"), (10**12, "ok")]
)
def test_little_room_is_told_before_there_is_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    class Usage:
        def __init__(self, free: int) -> None:
            self.free = free

    monkeypatch.setattr(disk, "disk_usage", lambda _: Usage(free))
    assert [f.state for f in disk_findings(folder)] == [state, state]


@pytest.fixture
def conversations(folder: Path) -> Path:
    path = folder / "conversations.db"
    with sqlite3.connect(path) as c:
        c.execute("CREATE TABLE x (y)")
    c.close()
    path.chmod(0o644)
    return path


def test_conversations_that_others_can_read_are_closed(folder: Path, conversations: Path) -> None:
    assert wrong(folder)["conversations' privacy"].fix == "modes"
    mend(folder)
    assert wrong(folder) == {}
    assert conversations.stat().st_mode & 0o777 == 0o600


def test_damaged_conversations_do_not_touch_the_archive(folder: Path, conversations: Path) -> None:
    conversations.chmod(0o600)
    conversations.write_bytes(b"x" * 5000)
    found = wrong(folder)
    assert set(found) == {"conversations"}
    assert "last backup" in found["conversations"].do
    assert shown(folder)
