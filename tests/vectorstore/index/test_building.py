"""Segments are built by a child process that is kept, and whose end costs nothing but time."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.index.test_dense import rows
from vectorstore.durable import digests
from vectorstore.filters import Filters
from vectorstore.index.building import Builder
from vectorstore.index.dense import DenseIndex
from vectorstore.index.segment import Segment


@pytest.fixture
def builder() -> Iterator[Builder]:
    made = Builder()
    yield made
    made.close()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_builds_what_is_published_one_after_the_other(
    builder: Builder, tmp_path: Path
) -> None:
    files = [builder.build(tmp_path / "a", rows(20))]
    first = builder.pid
    files.append(builder.build(tmp_path / "b", rows(30, seed=1)))
    assert first is not None
    assert builder.pid == first
    assert [digests(tmp_path / name) for name in "ab"] == files, "no file changes once it is sealed"
    builder.close()
    assert not runs(first)
    assert builder.pid is None


def test_a_killed_process_is_started_anew(builder: Builder, tmp_path: Path) -> None:
    builder.build(tmp_path / "a", rows(20))
    first = builder.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    files = builder.build(tmp_path / "b", rows(30, seed=1))
    assert builder.pid != first
    found = Segment(tmp_path / "b", files).nearest(
        rows(30, seed=1).vectors[7].astype(np.float32), 1
    )
    assert found[0][0] == 7


def test_a_process_that_is_killed_at_work_leaves_nothing_half(
    builder: Builder, tmp_path: Path
) -> None:
    killed = []

    def kill() -> None:
        while not (tmp_path / "a" / "chroma").exists():
            time.sleep(0.001)
        assert builder.pid is not None
        killed.append(builder.pid)
        os.kill(builder.pid, signal.SIGKILL)

    watching = threading.Thread(target=kill)
    watching.start()
    files = builder.build(tmp_path / "a", rows(300))
    watching.join()
    assert builder.pid not in killed
    segment = Segment(tmp_path / "a", files)
    assert len(segment.nearest(rows(1).vectors[0].astype(np.float32), 300)) == 300


def test_rows_that_newer_ones_follow_are_counted_without_reading_the_segment(
    tmp_path: Path,
) -> None:
    def named(count: int, seed: int) -> tuple[list[str], DenseIndex]:
        own = [f"{seed:016x}"] * count
        made = rows(count, seed)._replace(ids=[f"{a}-v-{n}" for n, a in enumerate(own)])
        index.publish("m", made, articles=dict.fromkeys(own))
        return own, index

    index = DenseIndex(tmp_path)
    named(10, 1)
    named(3, 2)
    assert index.worn_segments() == []
    named(10, 1)
    entries = index.manifest()["segments"]
    assert [e["worn"] for e in entries] == [10, 0, 0]
    assert index.worn_segments() == [entries[0]["name"]]
    index.note_dead_rows({entries[0]["name"]: 1})
    assert index.worn_segments() == []
    assert index.search(rows(1, 2).vectors[0].astype(np.float32), 1, Filters())
    index.close()
