"""An archive whose ledger is on PostgreSQL: how it is named, who writes, who follows."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import NEWS, article, put
from tests.nodes import node, within
from tests.postgres import PASSWORD, Server
from vectorstore import (
    Archive,
    ArchiveEmpty,
    ArchiveError,
    ArchiveFull,
    ArchiveLocked,
    Filters,
    InputError,
    Settings,
)
from vectorstore.address import Place
from vectorstore.health import examine, worst
from vectorstore.ledger import postgres as primitives

SECONDS = 60.0
"""How long something may take on the slowest machine before it counts as never."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def url(postgres: Server) -> str:
    """The URL of an empty database."""
    return postgres.new()


@pytest.fixture
def two(tmp_path: Path, url: str) -> Iterator[tuple[Archive, Archive]]:
    """Two nodes on one ledger, which has news that neither has indexed."""
    with (
        Archive.open(node(tmp_path / "one", url), create=True) as one,
        Archive.open(node(tmp_path / "two", url)) as two,
    ):
        put(one, NEWS, index=False)
        yield one, two


@pytest.mark.parametrize(
    "named", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d", " postgresql://h/d"]
)
def test_a_ledger_is_named_by_any_form_of_its_url(named: str) -> None:
    place = Place.of(named)
    assert (str(place), place.by_url) == ("postgresql://h/d", True)


def test_a_password_is_in_no_path_name_or_command_line(cache: Path) -> None:
    for named in ("postgresql://me:s3cret@h/d", "postgresql://me@h/d?password=s3cret"):
        place = Place.of(named)
        assert place.folder.is_relative_to(cache)
        assert "s3cret" not in f"{place} {place!r} {place.folder} {place.ledger} {place.words}"
        assert place.folder == Place.of("postgresql://me@h/d").folder, "it may be changed"
        assert Place.of(place.environment["DATELINE_ARCHIVE"]) == place
    assert Place.of("postgresql://me@h/other").folder != Place.of("postgresql://me@h/d").folder


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("mysql://me:s3cret@h/d", "not on mysql"),
        ("postgresql://me:s3cret@h:port/d", "cannot be read"),
        ("postgresql://me:s3@cret@h/d", "%40"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_without_its_password(named: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as found:
        Place.of(named)
    assert "cret" not in str(found.value)


@pytest.mark.parametrize("content", ["[ledger", "[ledger]\nurl = 5", "[ledger]\npath = 'x'"])
def test_an_archive_toml_that_makes_no_sense_is_told_by_its_path(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "archive.toml").write_text(content)
    with pytest.raises(InputError, match=r"archive\.toml"):
        Archive.open(tmp_path)


def test_an_archive_is_opened_by_the_url_of_its_ledger(url: str) -> None:
    with pytest.raises(ArchiveEmpty, match="no archive in postgresql://dateline@127"):
        Archive.open(url)
    with Archive.open(url, create=True) as archive:
        put(archive, NEWS)
        assert archive.search("docks in Philadelphia", k=1)[0].article.path == "ships.md"
        assert archive.status().unindexed == 0
    with Archive.open(url) as archive:
        assert archive.search("docks in Philadelphia", k=1)[0].article.path == "ships.md"
        assert not (archive.path / "ledger.sqlite3").exists()


def test_a_server_that_is_gone_is_told_without_the_password() -> None:
    with pytest.raises(ArchiveError, match="cannot be reached") as found:
        Archive.open(f"postgresql://me:{PASSWORD.split()[0]}@127.0.0.1:1/d", create=True)
    assert PASSWORD.split()[0] not in str(found.value)


def test_one_process_writes_at_a_time_on_any_host(two: tuple[Archive, Archive]) -> None:
    one, other = two
    with one.writing(), pytest.raises(ArchiveLocked, match=str(os.getpid())), other.writing(0.1):
        pytest.fail("both write")
    with other.writing(0.1):
        assert one.held("write")
    assert not one.held("write")


def test_who_lost_the_lock_stores_nothing_beside_who_has_it(two: tuple[Archive, Archive]) -> None:
    """Its connection ended, so that another took over, and it does not know yet."""
    one, other = two
    with one.writing():
        with one._engine.connect() as c:
            c.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND database = (SELECT oid FROM pg_database"
                    " WHERE datname = current_database())"
                )
            )
        with other.writing(SECONDS):
            late = article("late.md", "The rate is 12 percent.")
            with pytest.raises(ArchiveLocked, match="taken over"):
                list(one.add([(late, ())]))
    assert late.id not in {found.id for found in other.recent()}


def test_a_node_finds_what_another_stores_within_seconds(two: tuple[Archive, Archive]) -> None:
    one, other = two
    hits = other.search("docks in Philadelphia", k=1)
    assert hits[0].article.path == "ships.md", "a new node waits until it has what there is"
    whales = article("whales.md", "Nine grey whales were counted off Ulsan on Sunday.")
    put(one, [whales])
    assert within(SECONDS, lambda: other.status().unindexed == 0)
    assert other.search("grey whales counted", k=1)[0].article.id == whales.id
    assert other._dense.search(one.embedder.query("grey whales"), 1, Filters()), "by meaning too"
    with one.writing():
        one.withdraw_articles([whales.id])
        one.index()
    assert within(SECONDS, lambda: other.status().unindexed == 0)
    assert whales.id not in [hit.article.id for hit in other.search("grey whales counted")]


def test_a_node_makes_its_indexes_of_stored_vectors_and_embeds_nothing(
    two: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, other = two
    monkeypatch.setattr(other.embedder, "embed", lambda texts: pytest.fail("it embeds"))
    other.follow()
    assert sum(s["rows"] for s in other._dense.manifest()["segments"]) == len(NEWS) + 1
    assert other._lexical.count() == len(NEWS) + 1


def test_where_nobody_can_listen_the_node_looks_now_and_then(
    two: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.following.POLL", 1.0)
    monkeypatch.setattr(primitives, "CHANNEL", "another_channel")
    one, other = two
    other.search("docks")
    monkeypatch.setattr(primitives, "CHANNEL", "dateline_ledger")
    put(one, [article("whales.md", "Nine grey whales were counted off Ulsan on Sunday.")])
    assert within(SECONDS, lambda: other.status().unindexed == 0)


def test_the_indexes_of_another_ledger_are_not_used(
    tmp_path: Path, postgres: Server, two: tuple[Archive, Archive]
) -> None:
    one, _ = two
    one.search("docks")
    one.close()
    (one.path / "archive.toml").write_text(f'[ledger]\nurl = "{postgres.new()}"\n')
    with Archive.open(one.path, create=True) as moved:
        put(moved, [article(f"{n}.md", f"Number {n} is a whale.") for n in range(6)])
        assert {hit.article.path for hit in moved.search("docks in Philadelphia whale")} <= {
            f"{n}.md" for n in range(6)
        }
        assert moved._lexical.count() == 6


def test_a_reader_may_have_a_role_that_only_reads(postgres: Server, tmp_path: Path) -> None:
    url = postgres.new()
    name = url.rpartition("/")[2]
    with Archive.open(url, create=True) as archive:
        put(archive, NEWS[:2])
    postgres.sql(name, f"CREATE ROLE reads_{name} LOGIN PASSWORD 'x'")
    postgres.sql(name, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO reads_{name}")
    reads = f"postgresql://reads_{name}:x@127.0.0.1:{postgres.port}/{name}"
    with Archive.open(reads) as archive:
        assert archive.search("tariff")
        with pytest.raises(ArchiveError, match="can only be read"), archive.writing():
            pytest.fail("it writes")


def test_doctor_finds_a_served_archive_well_and_says_what_is_not(
    two: tuple[Archive, Archive],
) -> None:
    one, _ = two
    one.follow()
    found = list(examine(one.place))
    wrong = [f for f in found if f.state in {"error", "warning"} and "disk" not in f.check]
    assert wrong == []
    with one._engine.begin() as c:
        c.execute(text("UPDATE versions SET body = 'Another text.'"))
    told = {f.check: f for f in examine(one.place) if f.state == "error"}
    assert "pg_restore" in told["texts"].do
    assert PASSWORD not in str(list(told.values()))


def test_doctor_says_that_a_server_is_gone() -> None:
    place = Place.of("postgresql://me:s3cret@127.0.0.1:1/d")
    found = list(examine(place, quick=True))
    assert worst(found) == "error"
    assert "postgresql://me@127.0.0.1:1/d cannot be used" in found[0].found
    assert "s3cret" not in str(found)


def test_the_quota_counts_what_the_database_takes(
    two: tuple[Archive, Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_QUOTA", "1 MB")  # an empty database takes more
    one, _ = two
    with one.writing(), pytest.raises(ArchiveFull):
        one.add([])


def test_a_server_that_restarts_is_found_again(
    postgres: Server, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Archive.open(url, create=True) as archive:
        put(archive, NEWS[:1])
        assert archive.search("tariff")
        postgres.stop()
        try:
            with pytest.raises(SQLAlchemyError) as lost:
                archive.search("tariff")
        finally:
            postgres.start()
        assert archive.search("tariff")
        put(archive, NEWS[1:])
        assert within(SECONDS, lambda: archive.status().unindexed == 0)
        assert PASSWORD not in caplog.text + str(lost.value)


def test_the_command_line_takes_the_url_from_the_environment(url: str, tmp_path: Path) -> None:
    with Archive.open(url, create=True, settings=Settings()) as archive:
        put(archive, NEWS)
    done = subprocess.run(
        [sys.executable, "-m", "ui", "status"],
        env=os.environ | {"DATELINE_ARCHIVE": url},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert f"{len(NEWS)} " in done.stdout
    assert "t0p" not in done.stdout + done.stderr
