"""Faults of the machine beneath: a slow disk, one that fails at some write, a folder that is closed
while it is open, a clock that jumps, a child that is killed, damage while it serves.

Each time: what fails is named with the way back, what is whole answers, and nothing that was
acknowledged is lost. The faults are real ones: limits, rights and signals of the system, bytes that
are overwritten; only the clock is turned, and the disk slowed, at the call into the system.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest
from sqlalchemy.exc import SQLAlchemyError

from chatbot import build_chain
from tests.conftest import NEWS, article, cut, put
from tests.ui.command import dateline
from tests.ui.serving import served
from ui.operations import retention
from ui.operations.backups import backups_in, name_now
from ui.store import Store
from ui.web.chat import Chat
from ui.web.operator import Operator
from ui.web.session import Session
from ui.web.turns import Turn
from vectorstore import Archive, ArchiveError, Article, DatelineError, IndexDamaged
from vectorstore import durable as durable_module
from vectorstore.health import examine, repair
from vectorstore.index.building import _Child

ASKED = "tariff on Korean goods"
LATE = article("late.md", "The pangolin came late.")
NOBODY = 65_534


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "archive"
    with Archive.open(folder, create=True) as archive:
        put(archive, NEWS)
        Store.beside(archive).close()
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "a"))


def answers(archive: Archive) -> bool:
    return bool(build_chain(archive).invoke({"question": "What is the tariff in the deal?"}).claims)


def add(archive: Archive, articles: list[Article], acknowledged: list[str]) -> None:
    """Add and index articles; the paths of those that were acknowledged, as they are."""
    with archive.writing():
        for one, _ in archive.add((a, cut(a.body)) for a in articles):
            acknowledged.append(one.path)
        archive.index()


def wrong(folder: Path) -> list[str]:
    return [f.check for f in examine(folder) if f.state == "error" and f.check != "disk"]


# -- the disk --------------------------------------------------------------------------


def test_a_disk_that_hangs_holds_up_who_writes_and_nobody_who_reads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, real = threading.Event(), threading.Event(), os.fsync

    def slow(descriptor: int) -> None:
        begun.set()
        assert go_on.wait(300)
        real(descriptor)

    with Archive.open(folder) as archive:
        monkeypatch.setattr(durable_module.os, "fsync", slow)
        writing = threading.Thread(target=put, args=(archive, [LATE]))
        writing.start()
        assert begun.wait(300)
        assert answers(archive)
        assert archive.status().articles == len(NEWS) + 1
        assert writing.is_alive(), "it was answered while the disk hung"
        go_on.set()
        writing.join()
        assert archive.search("pangolin")[0].article.path == "late.md"


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Every write beyond this size of any file fails in this process, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("more", [0, 8_192, 65_536])
def test_a_write_that_fails_loses_nothing_acknowledged_and_the_next_run_heals(
    folder: Path, more: int
) -> None:
    """The ledger's log can grow by so many bytes, and not one more."""
    acknowledged: list[str] = []
    coming = [article(f"{n}.md", f"Story number {n} on steel. " * 9) for n in range(20)]
    with Archive.open(folder) as archive:
        assert answers(archive)  # what it needs is loaded
        log = folder / "ledger.sqlite3-wal"
        size = (log.stat().st_size if log.exists() else 0) + more
        failures = (OSError, DatelineError, SQLAlchemyError)
        with files_of_at_most(size), pytest.raises(failures):
            add(archive, coming, acknowledged)
        assert answers(archive), "readers go on"
    with Archive.open(folder) as archive:
        put(archive, coming)
        held = {a.path for a in archive.recent(100)}
        assert held >= {a.path for a in (*NEWS, *coming)} | set(acknowledged)
    assert wrong(folder) == []


def test_a_command_that_cannot_write_says_so_and_what_to_do(folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "news.md"
    made.write_text("The steel quota ends in Pohang this spring, the ministry said.\n")
    with files_of_at_most(4_096):
        done = dateline("ingest", made, archive=folder)
    assert done.returncode == 1
    assert "disk is not full" in done.stderr or "dateline doctor" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert dateline("ingest", made, archive=folder).returncode == 0


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(folder: Path) -> None:
    with Archive.open(folder) as archive:
        store = Store.beside(archive)
        chat, session = Chat(archive, build_chain(archive), store), Session()
        session.owner = "0" * 64
        assert answers(archive)
        with files_of_at_most(1):
            list(chat.ask("What is the tariff in the deal?", "{}", session))
        last: Turn = session.turns[-1]
        assert last.progress == "done"
        assert last.answer.claims
        list(chat.ask("What will Hanwha spend?", "{}", session))
        first, *_ = store.messages(session.owner, session.kept)
        assert first.text == "What will Hanwha spend?"
        store.close()


@contextmanager
def closed_by_rights(folder: Path) -> Iterator[None]:
    """A folder that this process, which is nobody meanwhile if it was root, may not write into."""
    root = os.geteuid() == 0
    everything = [folder, *folder.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if root:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if root:
            os.setresuid(0, 0, 0)
        for path in everything:
            if path.exists():
                path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def reachable(sound: Path) -> Iterator[Path]:
    """The archive where nobody can get at it: pytest's own folders are its user's alone."""
    above = Path(mkdtemp(prefix="dateline-test-"))
    above.chmod(0o755)
    yield Path(shutil.copytree(sound, above / "a"))
    shutil.rmtree(above)


def test_a_folder_that_is_closed_while_it_is_open_answers_says_so_and_goes_on(
    reachable: Path,
) -> None:
    with Archive.open(reachable) as archive:
        assert answers(archive)
        assert archive.without() == []
        with closed_by_rights(reachable):
            assert answers(archive)
            assert archive.without() == ["writing"]
            with pytest.raises(ArchiveError, match=r"cannot be written.*dateline doctor"):
                put(archive, [LATE])
            told = {f.check: f for f in examine(reachable, quick=True)}
            assert told["rights"].state in {"error", "warning"}
            assert told["rights"].do
        assert archive.without() == []
        put(archive, [LATE])
        assert archive.search("pangolin")[0].article.path == "late.md"


def test_a_folder_that_is_closed_when_it_is_opened_answers_and_keeps_nothing(
    reachable: Path,
) -> None:
    with Archive.open(reachable) as archive:
        assert answers(archive)  # models and modules are loaded with the rights of their owner
    with closed_by_rights(reachable), Archive.open(reachable) as archive:
        assert archive.without() == ["writing"]
        assert archive.search(ASKED)
        with pytest.raises(ArchiveError, match="cannot be written"):
            put(archive, [LATE])


# -- the clock -------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_an_article_that_came_while_the_clock_was_wrong_is_found_and_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """What is newer is told by the ledger's own sequence, not by its stamps."""
    from vectorstore.ledger import ledger as ledger_module
    from vectorstore.ledger import rows as rows_module

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Jumped:  # type: ignore[override]
            real = datetime.now(UTC) + jump
            return cls.fromisoformat(real.isoformat())

    with Archive.open(folder) as archive:
        with monkeypatch.context() as turned:
            turned.setattr(ledger_module, "datetime", Jumped)
            turned.setattr(rows_module, "datetime", Jumped)
            put(archive, [article("late.md", "The pangolin came first.")])
        put(archive, [LATE])
        (hit, *_) = archive.search("pangolin")
        assert hit.article.body == LATE.body, "the later version counts"
        assert len(archive.versions(hit.article.id)) == 2
        assert answers(archive)
    assert wrong(folder) == []


def test_a_backup_that_a_clock_set_back_names_as_an_old_one_stays(
    folder: Path, tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    ahead = backups / name_now(datetime.now(UTC) + timedelta(days=300))
    assert dateline("backup", ahead, archive=folder).returncode == 0
    assert dateline("backup", backups, "--keep", 1, archive=folder).returncode == 0
    (left,) = backups_in(backups)
    assert left != ahead, "the one that was just made"


def test_a_clock_that_jumps_ahead_deletes_no_conversation_at_once(
    empty: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.beside(empty)
    store.create("ann", "kept")
    looked, enough = [0], threading.Event()

    def clock() -> float:
        looked[0] += 1
        if looked[0] > 5:
            enough.set()
        return time.time() + looked[0] * 400 * retention.DAY

    forget = retention.forget
    far = datetime.now(UTC) + timedelta(days=4_000)
    monkeypatch.setattr(retention, "forget", lambda a, days: forget(a, days, now=far))
    monkeypatch.setenv(retention.KEEP_DAYS, "7")
    with retention.retaining(empty, every=0.01, clock=clock):
        assert enough.wait(60)
    assert len(store.recent("ann")) == 1
    assert "the clock has jumped ahead" in caplog.text
    store.close()


# -- children --------------------------------------------------------------------------


def test_a_killed_child_that_writes_a_segment_is_named_and_the_next_run_heals(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = _Child.__init__

    def killed(child: _Child) -> None:
        start(child)
        os.kill(child.pid, signal.SIGKILL)

    with Archive.open(folder) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(_Child, "__init__", killed)
            with pytest.raises(IndexDamaged, match=r"was killed.*dateline ingest"):
                put(archive, [LATE])
        assert answers(archive)
        assert "late.md" in {a.path for a in archive.recent(10)}, "what is stored stays"
        with archive.writing():
            archive.index()
        assert archive.search("pangolin")[0].article.path == "late.md"
    assert wrong(folder) == []


def test_a_killed_ingest_of_the_page_is_told_and_the_next_one_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(folder) as archive:
        operator = Operator(archive, folder / "sources.toml")
        operator.put("news.md", 0, b"The steel quota ends in Pohang this spring.\n")
        operator.take(["news.md"])
        assert operator._work
        operator._work.process.send_signal(signal.SIGKILL)
        operator._work.process.wait()
        state = operator.state()
        assert (state["busy"], state["ok"]) == (False, False)
        monkeypatch.setattr(sys, "executable", "/bin/true")  # the next one is let begin
        operator.take(["news.md"])
        operator._work.process.wait()
        assert operator.state()["ok"]


# -- damage while it serves ------------------------------------------------------------


def test_a_ledger_that_is_overwritten_while_it_is_served_is_named_and_the_server_lives(
    folder: Path,
) -> None:
    with Archive.open(folder) as archive, served(archive) as base:
        asked = f"{base}/api/v1/search?q=tariff"
        assert httpx.get(asked, timeout=60).json()["hits"]
        whole = (folder / "ledger.sqlite3").read_bytes()
        (folder / "ledger.sqlite3-wal").unlink(missing_ok=True)
        with (folder / "ledger.sqlite3").open("r+b") as ledger:
            ledger.write(b"\xff" * len(whole))
        archive._ledger.engine.dispose()  # nothing of it is in memory any more
        refused = httpx.get(asked, timeout=60)
        assert refused.status_code == 503
        assert "dateline doctor" in refused.json()["error"]["message"]
        assert httpx.get(f"{base}/healthz").status_code == 200
        ready = httpx.get(f"{base}/readyz")
        assert (ready.status_code, ready.json()["missing"]) == (503, ["ledger"])
        assert httpx.get(f"{base}/").status_code == 200
        chat, session = Chat(archive, build_chain(archive)), Session()
        list(chat.ask("What tariff?", "{}", session))
        assert "dateline doctor" in session.turns[-1].note
        assert "ledger cannot be read" in chat.footer(session)
        told = next(f for f in examine(folder) if f.check == "ledger")
        assert (told.state, "dateline restore" in told.do) == ("error", True)


def test_conversations_that_are_overwritten_while_it_is_served_leave_the_answers(
    folder: Path,
) -> None:
    with Archive.open(folder) as archive, served(archive) as base:
        asked = f"{base}/api/v1/search?q=tariff"
        assert httpx.get(f"{base}/view/access").status_code == 200, "this machine operates"
        for name in ("conversations.db", "conversations.db-wal"):
            path = folder / name
            if path.exists():
                path.write_bytes(b"\xff" * max(4_096, path.stat().st_size))
        for store in [one for one in gc.get_objects() if isinstance(one, Store)]:
            store.engine.dispose()  # nothing of it is in memory any more
        assert httpx.get(asked, timeout=60).json()["hits"]
        assert httpx.get(f"{base}/view/archive").status_code == 200
        assert httpx.get(f"{base}/view/access").status_code == 403, "nobody is more than a reader"
    told = next(f for f in examine(folder) if f.check == "conversations")
    assert (told.state, bool(told.do)) == ("error", True)


@pytest.mark.parametrize("part", ["dense", "lexical"])
def test_an_index_that_is_removed_while_it_is_open_is_named_at_the_next_opening(
    folder: Path, part: str
) -> None:
    with Archive.open(folder) as archive:
        assert answers(archive)
        for path in (folder / part).rglob("*"):
            if path.is_file():
                path.unlink()
        assert answers(archive), "what is open goes on"
    with Archive.open(folder) as archive:
        assert f"{part} index" in archive.without()
        assert archive.search(ASKED), "the other one answers"
        list(repair(archive, examine(folder), settle=lambda *_: None))
        assert archive.without() == []
    assert wrong(folder) == []
