from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import NEWS, article, put
from vectorstore import Archive, ArchiveTooNew, Dated, Settings


def test_same_articles_twice_write_nothing(empty: Archive) -> None:
    assert put(empty, NEWS) == ["new"] * len(NEWS)
    before = {p: p.stat().st_mtime_ns for p in empty.path.rglob("*") if p.is_file()}
    seq = empty._ledger.last_seq()
    assert put(empty, NEWS) == ["unchanged"] * len(NEWS)
    assert empty._ledger.last_seq() == seq
    after = {p: p.stat().st_mtime_ns for p in empty.path.rglob("*") if p.is_file()}
    changed = {p.name for p in after if before.get(p) != after[p]}
    changed = {name for name in changed if not name.endswith("stamps.json")}  # what has settled
    assert changed <= {"writer.pid", "write.lock", "schema.lock", "ledger.sqlite3-shm"}


def test_a_changed_article_is_a_new_version_and_the_old_one_is_kept(empty: Archive) -> None:
    first = article("a.md", "The rate is 25 percent.", published="2025-07-07")
    second = replace(first, body="The rate is 15 percent.")
    assert put(empty, [first]) == ["new"]
    assert put(empty, [second]) == ["changed"]
    assert empty.article(first.id).body == "The rate is 15 percent."
    old = empty.article(first.id, first.version)
    assert (old.body, old.current) == ("The rate is 25 percent.", False)
    assert empty.status().versions == 2
    assert put(empty, [first]) == ["changed"], "back to the first text"
    assert empty.status().versions == 2


def test_other_metadata_is_an_update_without_a_version(empty: Archive) -> None:
    first = article("a.md", "The rate is 25 percent.")
    put(empty, [first])
    dated = replace(first, published=Dated("2025-07-07", "test"), outlet="Desk")
    assert put(empty, [dated]) == ["updated"]
    assert empty.status().versions == 1
    stored = empty.article(first.id)
    assert stored.published == Dated("2025-07-07", "test")
    assert empty.search("rate", k=1)[0].article.outlet == "Desk"


def test_dates_come_back_as_they_went_in(newsroom: Archive) -> None:
    stored = {a.path: a for a in newsroom.recent()}
    assert stored["deal-july.md"].published is not None
    assert stored["deal-july.md"].published.date_only
    instant = stored["tariff-july.md"].published
    assert instant is not None
    assert (instant.iso, instant.date_only) == ("2025-07-07T14:00:00-04:00", False)
    assert stored["undated.md"].published is None


def test_no_vector_is_made_twice(empty: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    put(empty, NEWS)
    monkeypatch.setattr(
        empty.embedder, "embed", lambda texts: pytest.fail(str(texts)) if texts else iter(())
    )
    copy = [replace(a, key=f"copy:{a.key}", path=f"copy-{a.path}") for a in NEWS]
    assert put(empty, copy) == ["new"] * len(NEWS)


def test_withdrawn_articles_are_kept_but_not_found(empty: Archive) -> None:
    put(empty, NEWS)
    with empty.writing():
        assert empty.withdraw("test") == len(NEWS)
        empty.index()
    assert empty.search("tariff") == []
    assert empty.article(NEWS[0].id).body == NEWS[0].body
    assert empty.status().articles == 0


def test_an_archive_of_a_later_dateline_is_refused(empty: Archive) -> None:
    with empty._ledger.engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    with pytest.raises(ArchiveTooNew, match="update Dateline"):
        Archive(empty.place, Settings())


def test_sqlite_is_in_wal_and_full_sync(tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True) as made, made._ledger.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
