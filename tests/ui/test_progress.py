"""What an ingest says while it works where nobody sees a bar, and when it is cut short."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ui.cli.interrupts import report_interrupt
from ui.console.progress import Lines, length, lines


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_line_has_done_of_total_rate_and_time_left() -> None:
    said: list[str] = []
    clock = Clock()
    told = Lines(said.append, clock)
    told.tell()
    told("Reading", 0, 4_000)
    clock.now = 10.0
    told("Reading", 400, 4_000)
    told("Embedding", 12, 0)
    told.tell()
    clock.now = 20.0
    told.tell()
    told("Reading", 4_000, 4_000)
    told.tell()
    assert said == [
        "Starting …",
        "Reading: 400 of 4,000, 40/s, 1 min 30 s left; Embedding: 12",
        "Embedding: 12, 1.2/s (still at it)",
        "Reading: 4,000 of 4,000, 200/s",
    ]


def test_a_stage_that_begins_again_counts_from_there() -> None:
    said: list[str] = []
    clock = Clock()
    told = Lines(said.append, clock)
    told("Indexing", 90, 100)
    clock.now = 100.0
    told("Indexing", 0, 50)
    clock.now = 101.0
    told("Indexing", 5, 50)
    told.tell()
    assert said == ["Indexing: 5 of 50, 5.0/s, 9 s left"]


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (47, "47 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")]
)
def test_a_length_of_time_in_two_units(seconds: float, said: str) -> None:
    assert length(seconds) == said


def test_lines_come_while_nothing_moves() -> None:
    import threading

    twice = threading.Event()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) > 1:
            twice.set()

    with lines(say, every=0.01) as told:
        told("Looking", 0, 0)
        assert twice.wait(60)
    count = len(said)
    assert said[1] == "Looking … (still at it)"
    assert count == len(said)


def test_an_interrupt_before_the_report_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), report_interrupt():
        raise KeyboardInterrupt
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_in_its_first_seconds_says_so(tmp_path: Path, how: int) -> None:
    (tmp_path / "news").mkdir()
    for n in range(40):
        text = f"Story number {n} on steel. " * 20
        (tmp_path / "news" / f"{n}.md").write_text(f"---\ntitle: Story {n}\n---\n{text}")
    # The signal comes as soon as the archive is there: the model is being loaded then
    code = (
        "import os, signal, threading, time, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job has none
        f"folder, how = Path({str(tmp_path / 'a')!r}), {int(how)}\n"
        "def later():\n"
        "    while not (folder / 'writer.pid').exists(): time.sleep(0.01)\n"
        "    os.kill(os.getpid(), how)\n"
        "threading.Thread(target=later, daemon=True).start()\n"
        f"sys.argv = ['dateline', 'ingest', {str(tmp_path / 'news')!r}, '--archive', str(folder)]\n"
        "from ui.cli.main import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 130, done.stderr
    assert "nterrupted" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
