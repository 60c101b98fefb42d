"""A ledger of the first schema, as Dateline 0.1 wrote it, is taken up with all that is in it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from tests.conftest import article, put
from vectorstore import Archive, Run, Settings

FIRST = """
CREATE TABLE meta (key VARCHAR(40) NOT NULL, value TEXT NOT NULL, PRIMARY KEY (key));
CREATE TABLE sources (name VARCHAR(2000) NOT NULL, last_started VARCHAR(40),
  last_ended VARCHAR(40), state TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE articles (id VARCHAR(16) NOT NULL, "key" TEXT NOT NULL, source TEXT NOT NULL,
  path TEXT NOT NULL, outlet VARCHAR(400) NOT NULL, language VARCHAR(12) NOT NULL,
  url TEXT NOT NULL, published VARCHAR(40), published_found VARCHAR(200) NOT NULL,
  published_at FLOAT, published_day INTEGER, updated VARCHAR(40),
  updated_found VARCHAR(200) NOT NULL, version VARCHAR(12) NOT NULL, withdrawn BOOLEAN NOT NULL,
  seq INTEGER NOT NULL, PRIMARY KEY (id), UNIQUE (seq));
CREATE INDEX articles_by_source ON articles (source);
CREATE INDEX articles_by_day ON articles (published_day);
CREATE INDEX articles_by_outlet ON articles (outlet);
CREATE TABLE versions (article VARCHAR(16) NOT NULL, version VARCHAR(12) NOT NULL,
  headline TEXT NOT NULL, byline TEXT NOT NULL, body TEXT NOT NULL, ingested VARCHAR(40) NOT NULL,
  PRIMARY KEY (article, version), FOREIGN KEY(article) REFERENCES articles (id));
CREATE TABLE passages (id VARCHAR(40) NOT NULL, article VARCHAR(16) NOT NULL,
  version VARCHAR(12) NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL,
  "end" INTEGER NOT NULL, sentences TEXT NOT NULL, digest VARCHAR(32) NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(article) REFERENCES articles (id));
CREATE INDEX passages_by_version ON passages (article, version);
CREATE INDEX passages_by_digest ON passages (digest);
CREATE TABLE vectors (digest VARCHAR(32) NOT NULL, model VARCHAR(200) NOT NULL,
  passage BLOB NOT NULL, sentences BLOB NOT NULL, PRIMARY KEY (digest, model));
INSERT INTO meta VALUES ('schema', '1');
"""

BODY = "The ministry said on Monday that the rate for cars will be {0} percent from August on. " * 5
KEPT = article("kept.md", BODY.format(15), published="2025-07-31")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
GONE = article("gone.md", "The rate is 10 percent.")
STATE = {"new": 2, "changed": 1, "problems": 3, "interrupted": True}


def old_ledger(path: Path) -> None:
    path.mkdir()
    with sqlite3.connect(path / "ledger.sqlite3") as c:
        c.executescript(FIRST)
        times = ("2026-02-01T10:00:00+00:00", "2026-02-01T10:05:00+00:00")
        c.execute("INSERT INTO sources VALUES ('test', ?, ?, ?)", (*times, json.dumps(STATE)))
        for seq, (item, withdrawn) in enumerate([(KEPT, 0), (GONE, 1)], 5):
            day = datetime(2025, 7, 31, tzinfo=UTC)
            row = (item.id, item.key, "test", item.path, "", "en", "", "2025-07-31", "test")
            row = (*row, day.timestamp(), day.toordinal(), None, "", item.version, withdrawn, seq)
            c.execute(f"INSERT INTO articles VALUES ({','.join('?' * 16)})", row)  # noqa: S608
            for name, day in [("0" * 12, "2026-01-01"), (item.version, "2026-02-01")]:
                text = item.body if name == item.version else BODY.format(25)
                row = (item.id, name, item.headline, "", text, f"{day}T10:00:00+00:00")
                c.execute("INSERT INTO versions VALUES (?,?,?,?,?,?)", row)
    c.close()


def test_the_second_schema_gets_newsroom_fields_before_outcomes_and_parts(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "old", create=True) as archive:
        put(archive, [KEPT], index=False)
    with sqlite3.connect(tmp_path / "old" / "ledger.sqlite3") as c:
        for table in ("tags", "withdrawals"):
            c.execute(f"DROP TABLE {table}")
        for name in ("dateline", "revision", "revised"):
            c.execute(f"ALTER TABLE articles DROP COLUMN {name}")
        c.execute("ALTER TABLE versions DROP COLUMN partial")
        c.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
    c.close()
    with Archive.open(tmp_path / "old") as archive:
        stored = archive.article(KEPT.id)
        assert (stored.body, stored.dateline, stored.subjects) == (KEPT.body, "", ())
        assert not stored.partial
        assert put(archive, [replace(KEPT, subjects=("Trade",))], index=False) == ["updated"]
        assert archive.article(KEPT.id).subjects == ("Trade",)


def test_the_third_schema_gets_outcomes_and_parts(tmp_path: Path) -> None:
    """As it was before runs said what became of each entry, with a run and an article in it."""
    with Archive.open(tmp_path / "old", create=True) as archive:
        put(archive, [KEPT], index=False)
        archive.note_run(Run(source="test", started=NOW, ended=NOW, new=1))
    with sqlite3.connect(tmp_path / "old" / "ledger.sqlite3") as c:
        for name in ("duplicates", "not_articles", "postponed", "announced", "checked"):
            c.execute(f"ALTER TABLE runs DROP COLUMN {name}")
        c.execute("ALTER TABLE versions DROP COLUMN partial")
        c.execute("UPDATE meta SET value = '3' WHERE key = 'schema'")
    c.close()
    with Archive.open(tmp_path / "old") as archive:
        (run,) = archive.runs()
        assert (run.new, run.announced, run.postponed) == (1, 0, 0)
        assert not archive.article(KEPT.id).partial
        assert put(archive, [replace(KEPT, partial=True)], index=False) == ["updated"]
        assert archive.article(KEPT.id).partial


def test_the_first_schema_is_taken_up_with_all_that_is_in_it(tmp_path: Path) -> None:
    old_ledger(tmp_path / "old")
    with Archive.open(tmp_path / "old") as archive:
        began, ended = (datetime(2026, 2, 1, 10, m, tzinfo=UTC) for m in (0, 5))
        assert archive.runs() == [
            Run(
                source="test",
                started=began,
                ended=ended,
                new=2,
                changed=1,
                failed=3,
                interrupted=True,
            )
        ]
        assert archive.known(KEPT)
        assert archive.article(GONE.id).withdrawn is not None
        assert archive.status().articles == 1
        assert archive.status().last_ingested == ended
        versions = archive.versions(KEPT.id)
        assert [v.current for v in versions] == [False, True]
        assert all(v.since == v.ingested for v in versions)
        assert archive.arrivals("test") == [datetime(2026, 1, 1, 10, tzinfo=UTC)] * 2


def columns(engine: Engine) -> dict[str, dict[str, tuple[bool, str]]]:
    """Of each table its columns: whether they may be empty, and their types."""
    found = inspect(engine)
    return {
        table: {c["name"]: (bool(c["nullable"]), str(c["type"])) for c in found.get_columns(table)}
        for table in found.get_table_names()
    }


def test_a_step_makes_on_each_database_what_a_new_ledger_has(empty: Archive) -> None:
    new = columns(empty._engine)
    with empty._engine.begin() as c:
        for table in ("tags", "withdrawals"):
            c.execute(text(f"DROP TABLE {table}"))
        gone = {"articles": ("dateline", "revision", "revised"), "versions": ("partial",)}
        for table, names in {**gone, "runs": ("announced", "postponed")}.items():
            for name in names:
                c.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
        c.execute(text("UPDATE meta SET value = '2' WHERE key = 'schema'"))
    empty.close()
    with Archive(empty.place, Settings()) as taken:
        assert columns(taken._engine) == new
        assert put(taken, [KEPT], index=False) == ["new"]


def test_a_ledger_taken_up_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    old_ledger(tmp_path / "old")
    with (
        Archive.open(tmp_path / "old") as archive,
        Archive.open(tmp_path / "new", create=True) as made,
    ):
        taken, fresh = inspect(archive._ledger.engine), inspect(made._ledger.engine)
        assert set(taken.get_table_names()) == set(fresh.get_table_names())
        for table in fresh.get_table_names():
            columns = [
                {c["name"]: c["nullable"] for c in i.get_columns(table)} for i in (taken, fresh)
            ]
            assert columns[0] == columns[1], table
            indexes = [{i["name"] for i in each.get_indexes(table)} for each in (taken, fresh)]
            assert indexes[0] == indexes[1], table
