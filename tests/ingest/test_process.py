"""One real process at a time: ended at its limit, gently first, with all it started."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.process import Ended, Process
from ingest.schedule import Schedule
from vectorstore import Archive

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and groups of POSIX")

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{child.pid} ")
time.sleep(600)
"""
GENTLE = """
import signal, sys, time
def end(*_):
    open(sys.argv[1], "a").write("ended ")
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
open(sys.argv[1], "w").write("started ")
time.sleep(600)
"""
ORPHAN = """
import sys
open(sys.argv[1], "w").write("started ")
sys.stdin.read()
open(sys.argv[1], "a").write("alone ")
"""


def wait_for(happened: Callable[[], object]) -> None:
    """Wait until something is so; a minute at most."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@contextmanager
def started(script: str, note: Path, **given: float) -> Iterator[Process]:
    """A process of this script, once it has written its first note."""
    limit = given.pop("limit", 60.0)
    process = Process([sys.executable, "-c", script, str(note)], limit=limit, **given)  # type: ignore[arg-type]
    try:
        wait_for(lambda: note.exists() and note.read_text().endswith(" "))
        yield process
    finally:
        process.stop()


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be reaped does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_what_ends_by_itself_says_its_code() -> None:
    process = Process([sys.executable, "-c", "raise SystemExit(3)"], limit=60)
    wait_for(process.poll)
    assert process.poll() == Ended(3)
    assert process.stop() == Ended(3)


def test_a_hung_process_is_killed_with_what_it_started(tmp_path: Path) -> None:
    clock = [0.0]
    note = tmp_path / "note"
    command = [sys.executable, "-c", STUBBORN, str(note)]
    process = Process(command, limit=1, grace=5, clock=lambda: clock[0])
    wait_for(lambda: note.exists() and note.read_text().endswith(" "))
    assert process.poll() is None
    clock[0] = 1.5
    assert process.poll() is None
    clock[0] = 6.0
    assert process.poll() is None
    clock[0] = 6.5
    assert process.poll() == Ended(-9, hung=True)
    wait_for(lambda: not alive(int(note.read_text())))


def test_a_stop_is_gentle(tmp_path: Path) -> None:
    with started(GENTLE, tmp_path / "note") as process:
        assert process.stop() == Ended(7)
    assert (tmp_path / "note").read_text() == "started ended "


def test_a_process_learns_that_its_parent_is_gone(tmp_path: Path) -> None:
    """The parent is killed, so it can tell nobody; the closed input does."""
    note = tmp_path / "note"
    parent = (
        "import sys, os\nfrom ingest.process import Process\n"
        f"Process([sys.executable, '-c', {ORPHAN!r}, {str(note)!r}], limit=60)\n"
        "sys.stdin.read()\n"
    )
    process = Process([sys.executable, "-c", parent], limit=60)
    wait_for(lambda: note.exists() and note.read_text().endswith(" "))
    os.kill(process.pid, 9)
    wait_for(lambda: note.read_text() == "started alone ")
    process.stop()


def test_the_schedule_ends_a_real_hung_run_and_goes_on(empty: Archive, tmp_path: Path) -> None:
    path, note = tmp_path / "sources.toml", tmp_path / "note"
    path.write_text('[sources.wire]\nurl = "http://wire.test/"\njitter = "0s"\n')

    def launch(_names: object) -> Process:
        note.unlink(missing_ok=True)
        return Process([sys.executable, "-c", STUBBORN, str(note)], limit=1.0, grace=0.2)

    schedule = Schedule(path, empty, launch=launch, limit=timedelta(seconds=1))
    schedule.tick()
    assert schedule.running == ("wire",)
    wait_for(lambda: schedule.tick() or not schedule.running)
    (run,) = empty.runs("wire")
    assert run.error.startswith("took longer than")
    assert not alive(int(note.read_text()))
    schedule.stop()


def test_the_schedule_in_its_thread_runs_and_stops(empty: Archive, tmp_path: Path) -> None:
    path, note = tmp_path / "sources.toml", tmp_path / "note"
    path.write_text('[sources.wire]\nurl = "http://wire.test/"\njitter = "0s"\n')

    def launch(_names: object) -> Process:
        return Process([sys.executable, "-c", GENTLE, str(note)], limit=60)

    with Schedule(path, empty, launch=launch) as schedule:
        wait_for(lambda: note.exists() and note.read_text() == "started ")
        assert schedule.running == ("wire",)
    assert note.read_text() == "started ended "
    assert empty.runs() == []
