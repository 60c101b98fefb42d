from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chatbot import build_chain
from tests.conftest import NEWS, article, damage, put
from vectorstore import Archive, ArchiveEmpty, ArchiveLocked, Filters, SearchQuery
from vectorstore.index.lexical_seal import FORMAT


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


@pytest.fixture
def copied(newsroom: Archive, tmp_path: Path) -> Iterator[Archive]:
    """A copy of the newsroom that can be damaged."""
    shutil.copytree(newsroom.path, tmp_path / "copied")
    with Archive.open(tmp_path / "copied") as opened:
        yield opened


def rows(archive: Archive) -> list[str]:
    """The passage ids in all live segments, with repeats."""
    return [i for s in archive._dense.manifest()["segments"] for i in archive._dense.ids(s["name"])]


def test_a_run_killed_before_the_manifest_moved_leaves_nothing_twice(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty, NEWS[:2])
    with monkeypatch.context() as patched:
        patched.setattr("vectorstore.index.dense.write_json", lambda *_: sys.exit("killed"))
        with pytest.raises(SystemExit):
            put(empty, NEWS)
    assert "magnets" not in str(empty._dense.manifest())
    with empty.writing():
        empty.index()
        empty.index()
    assert len(rows(empty)) == len(set(rows(empty)))
    found = {h.article.path for h in empty.search("tariff magnets Hanwha 관세", k=20)}
    assert found == {a.path for a in NEWS}


def test_other_metadata_does_not_leave_old_rows_behind(empty: Archive) -> None:
    put(empty, NEWS)
    count = len(rows(empty))
    for outlet in ("A", "B", "C"):
        put(empty, [replace(a, outlet=outlet) for a in NEWS])
        assert len(rows(empty)) == len(set(rows(empty))) == count
    assert {h.article.outlet for h in empty.search("tariff")} == {"C"}


def test_an_article_that_changes_during_a_search_is_left_out(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = article("a.md", "Seoul agreed to 350; the pangolin talks went on.")
    put(empty, [first, *NEWS])
    read = empty._ledger.candidates

    def then_changed(*args: object) -> object:
        found = read(*args)  # type: ignore[arg-type]
        put(empty, [replace(first, body="Never. Seoul never agreed to 350; no talks.")])
        return found

    monkeypatch.setattr(empty._ledger, "candidates", then_changed)
    assert first.id not in {h.article.id for h in empty.search("pangolin talks in Seoul")}


@pytest.mark.parametrize("lost", ["dense", "lexical", "dense/manifest.json", "lexical.json"])
def test_a_lost_index_is_rebuilt_without_embedding(
    copied: Archive, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {h.passage_id for h in copied.search("tariff on Korean goods")}
    path = copied.path / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with Archive.open(copied.path) as again:
        assert again.search("tariff on Korean goods"), "the other index answers meanwhile"
        monkeypatch.setattr(again.embedder, "embed", lambda _: pytest.fail("embedded again"))
        with again.writing():
            again.index()
        assert {h.passage_id for h in again.search("tariff on Korean goods")} == expected


def test_a_damaged_segment_is_rebuilt(copied: Archive) -> None:
    victim = next(copied.path.rglob("header.bin"))
    victim.write_bytes(b"")
    with Archive.open(copied.path) as again:
        assert again.search("tariff"), "words still find"
        with again.writing():
            again.index()
    with Archive.open(copied.path) as fresh:
        assert fresh._dense.search(fresh.embedder.query("tariff"), 5, Filters())
        assert not fresh._dense.damaged


@pytest.mark.parametrize("how", ["flip", "truncate", "remove"])
@pytest.mark.parametrize("kind", [".idx", ".term", ".store", ".fast", "meta.json"])
def test_a_damaged_lexical_index_never_breaks_an_answer_and_is_rebuilt(
    copied: Archive, kind: str, how: str
) -> None:
    expected = {h.passage_id for h in copied.search("tariff on Korean goods")}
    for path in (copied.path / "lexical").glob(f"*{kind}"):
        damage(path, how)
    with Archive.open(copied.path) as again:
        assert build_chain(again).invoke({"question": "What tariff will Korean goods pay?"}).nearest
        with again.writing():
            again.index()
    with Archive.open(copied.path) as fresh:
        assert fresh._lexical.sound()
        assert fresh._lexical.search(SearchQuery(text="tariff"), 5)
        assert {h.passage_id for h in fresh.search("tariff on Korean goods")} == expected


def test_a_segment_that_cannot_be_opened_now_is_neither_lost_nor_given_up(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(3):
        put(empty, [article(f"{i}.md", f"Report number {i} on pangolin trade.")])
    with monkeypatch.context() as patched:
        patched.setattr(
            "vectorstore.index.segment._view", lambda _: (_ for _ in ()).throw(OSError(28))
        )
        with Archive.open(empty.path) as full:
            assert len(full.search("pangolin trade")) == 3, "words still find"
            put(full, [article("3.md", "Report number 3 on pangolin trade.")])
            assert not full._dense.damaged
    assert len(rows(empty)) == 4
    assert len(empty._dense.search(empty.embedder.query("pangolin"), 9, Filters())) == 4


def test_many_small_runs_are_merged(empty: Archive) -> None:
    for i in range(9):
        put(empty, [article(f"{i}.md", f"Report number {i} on pangolin trade.")])
    assert empty.status().segments <= 4
    assert len(empty.search("pangolin trade", k=20)) == 9


def test_one_writer_at_a_time(empty: Archive) -> None:
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
    with pytest.raises(ArchiveLocked, match=str(holder.pid)), empty.writing(wait=0.2):
        pass
    holder.communicate("\n", timeout=20)
    with empty.writing():
        pass


def test_a_module_in_the_current_folder_is_never_run(
    empty: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('this file was run')")
    monkeypatch.chdir(tmp_path)
    put(empty, NEWS)
    assert len(rows(empty)) > 0


def test_paths_are_not_urls(tmp_path: Path) -> None:
    folder = tmp_path / "news?2025#a%20b"
    with Archive.open(folder, create=True) as opened:
        put(opened, NEWS[:1])
    assert (folder / "ledger.sqlite3").exists()


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


def test_the_lexical_index_of_another_release_is_taken_up(empty: Archive) -> None:
    put(empty, [article("a.md", "A report on pangolin trade.")])
    seal = empty.path / "lexical.json"
    seal.write_text(seal.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))
    (empty.path / "lexical" / "meta.json").write_text("{}")
    empty.close()
    with Archive.open(empty.path) as opened:
        (hit,) = opened.search("pangolin")
        assert hit.lexical
        assert json.loads(seal.read_text())["format"] == FORMAT


def test_writing_the_words_anew_that_was_cut_short_is_begun_again(empty: Archive) -> None:
    put(empty, [article("a.md", "A report on pangolin trade.")])
    (empty.path / "lexical.renewing").touch()
    empty._lexical.clear()
    empty.close()
    with Archive.open(empty.path) as opened:
        assert opened.search("pangolin")[0].lexical
        assert not (opened.path / "lexical.renewing").exists()
