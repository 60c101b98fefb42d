from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import NEWS, article, put
from vectorstore import Archive, ArchiveEmpty, ArchiveLocked, Filters


def test_a_folder_without_an_archive_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArchiveEmpty, match="dateline ingest"):
        Archive.open(tmp_path)


def test_hits_carry_exact_offsets(newsroom: Archive) -> None:
    hits = newsroom.search("How much will Seoul invest?", k=3)
    assert hits[0].article.path == "deal-july.md"
    for hit in hits:
        assert hit.text == hit.article.body[hit.start : hit.end]
        for s in hit.sentences:
            assert hit.article.body[s.start : s.end] == s.text
            assert hit.start <= s.start < s.end <= hit.end
    best = max(hits[0].sentences, key=lambda s: s.score)
    assert "$350 billion" in best.text


def test_meaning_and_words_both_find(newsroom: Archive) -> None:
    assert newsroom.search("building vessels in Pennsylvania")[0].article.path == "ships.md"
    assert newsroom.search("자동차 관세")[0].article.path == "ko.md"


def test_filters_hold_in_both_indexes(newsroom: Archive) -> None:
    def paths(**given: object) -> set[str]:
        found = newsroom.search("tariff Korea 관세 magnets", filters=Filters(**given))  # type: ignore[arg-type]
        return {h.article.path for h in found}

    assert paths(as_of=date(2025, 7, 30)) == {"tariff-july.md", "undated.md"}
    assert paths(since=date(2025, 8, 1)) == {"ships.md"}
    assert paths(outlets=("경제부",)) == {"ko.md"}
    assert paths(outlets=("Nobody",)) == set()
    assert len(paths()) == len(NEWS)


def test_nothing_is_found_before_it_is_indexed_and_no_ghost_after_a_change(
    empty: Archive,
) -> None:
    first = article("a.md", "The pangolin tariff is 25 percent.")
    put(empty, [first])
    assert "25" in empty.search("pangolin")[0].text
    put(empty, [replace(first, body="The rate is gone.")], index=False)
    assert empty.status().unindexed == 1
    assert empty.search("pangolin") == [], "the old text is not current any more"
    with empty.writing():
        empty.index()
    assert empty.search("rate")[0].text == "The rate is gone."
    assert empty.status().unindexed == 0


def test_every_step_of_the_indexer_can_be_done_twice(empty: Archive) -> None:
    put(empty, NEWS)
    expected = [h.passage_id for h in empty.search("tariff on Korean goods")]
    for name in ("words", "vectors"):  # killed after an index committed, before the cursor moved
        empty._ledger.set_cursor(name, 0)
    with empty.writing():
        empty.index()
    assert [h.passage_id for h in empty.search("tariff on Korean goods")] == expected


@pytest.mark.parametrize("lost", ["dense", "lexical", "dense/manifest.json", "lexical/meta.json"])
def test_a_lost_index_is_rebuilt_without_embedding(
    empty: Archive, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty, NEWS)
    expected = {h.passage_id for h in empty.search("tariff on Korean goods")}
    path = empty.path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with Archive.open(empty.path) as again:
        assert again.search("tariff on Korean goods"), "the other index answers meanwhile"
        monkeypatch.setattr(again.embedder, "embed", lambda _: pytest.fail("embedded again"))
        with again.writing():
            again.index()
        assert {h.passage_id for h in again.search("tariff on Korean goods")} == expected


def test_a_damaged_segment_is_rebuilt(empty: Archive) -> None:
    put(empty, NEWS)
    victim = next(empty.path.rglob("header.bin"))
    victim.write_bytes(b"")
    with Archive.open(empty.path) as again:
        assert again.search("tariff"), "words still find"
        with again.writing():
            again.index()
    with Archive.open(empty.path) as fresh:
        assert fresh.search("tariff", k=1)[0].dense is not None
        assert not fresh._dense.damaged


def test_many_small_runs_are_merged(empty: Archive) -> None:
    for i in range(9):
        put(empty, [article(f"{i}.md", f"Report number {i} on pangolin trade.")])
    assert empty.status().segments <= 4
    assert len(empty.search("pangolin trade", k=20)) == 9


def test_one_writer_at_a_time(empty: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    code = f"""
        from vectorstore import Archive
        archive = Archive.open({str(empty.path)!r})
        with archive.writing():
            print("holding", flush=True)
            input()
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    monkeypatch.setattr("vectorstore.archive.LOCK_WAIT", 0.2)
    with pytest.raises(ArchiveLocked, match=str(holder.pid)), empty.writing():
        pass
    holder.communicate("\n", timeout=20)
    with empty.writing():
        pass


def test_another_process_sees_what_is_published(empty: Archive) -> None:
    put(empty, NEWS[:1])
    assert {h.article.path for h in empty.search("Seoul")} == {"tariff-july.md"}
    code = f"""
        from tests.conftest import NEWS, put
        from vectorstore import Archive
        put(Archive.open({str(empty.path)!r}), NEWS)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=120)
    assert "deal-july.md" in {h.article.path for h in empty.search("invest $350 billion")}
