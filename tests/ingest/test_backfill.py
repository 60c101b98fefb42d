"""A backfill on a Ray cluster makes the archive that one process would have made."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import run
from ingest.backfill import backfill, cluster
from vectorstore import Archive, InputError

ROOT = Path(__file__).parents[2]
FOOTER = "Sign up for our newsletter and never miss a story from the harbour desk."
TEXT = (
    "Yard {n} in {place} launched hull {n} on day {n}, its foreman said.\n\n"
    "The hull is {n}{n} metres long and was paid for by the ministry of fishery. "
    "Welders from {place} worked on it for {n} months.\n\n" + FOOTER
)
PLACES = ("Busan", "Ulsan", "Geoje", "Mokpo", "Gunsan")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Pages, texts and a table; two of them the same, one not readable, many with a footer."""
    folder = tmp_path / "news"
    folder.mkdir()
    for n in range(90):
        text = TEXT.format(n=n, place=PLACES[n % 5])
        if n % 3:
            head = f"---\ntitle: Hull {n}\noutlet: Harbour\nurl: https://e.com/{n}\n---\n"
            (folder / f"{n:03}.md").write_text(head + text)
        else:
            paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
            page = f"<html><head><title>Hull {n}</title></head><body><article><h1>Hull {n}</h1>"
            (folder / f"{n:03}.html").write_text(f"{page}{paragraphs}</article></body></html>")
    (folder / "again.md").write_text((folder / "001.md").read_text())
    (folder / "empty.md").write_text("")
    rows = [f"Quay {n},Quay {n} of {PLACES[n % 5]} was dredged.,Harbour" for n in range(40)]
    (folder / "quays.csv").write_text("\n".join(["title,text,outlet", *rows]))
    return folder


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A head that works on nothing, and two machines of one processor each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("RAY_worker_niceness", "0")  # other processes may keep this machine busy
    monkeypatch.setattr("vectorstore.writing.EMBED_AT_ONCE", 16)
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    made.add_node(num_cpus=1)
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    made.shutdown()


def held(archive: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """What the ledger has, but for the times at which it came."""
    asked = {
        "articles": "SELECT id, key, version, outlet, source, seq, stale FROM articles ORDER BY id",
        "passages": 'SELECT id, start, "end", sentences, digest FROM passages ORDER BY id',
        "boilerplate": "SELECT digest, outlet, text FROM boilerplate ORDER BY digest",
        "vectors": "SELECT digest, model FROM vectors ORDER BY digest",
    }
    c = sqlite3.connect(archive.path / "ledger.sqlite3")
    try:
        return {name: c.execute(query).fetchall() for name, query in asked.items()}
    finally:
        c.close()


def vectors(archive: Archive) -> np.ndarray[Any, np.dtype[np.float32]]:
    c = sqlite3.connect(archive.path / "ledger.sqlite3")
    try:
        rows = c.execute("SELECT passage FROM vectors ORDER BY digest").fetchall()
    finally:
        c.close()
    return np.stack([np.frombuffer(row[0], np.float16) for row in rows]).astype(np.float32)


def busy(nodes: Any, doing: str) -> list[int]:
    """The workers of a cluster that are at a task of this name."""
    import psutil

    found = []
    for node in nodes.list_all_nodes():
        for started in node.all_processes.get("raylet", []):
            children = psutil.Process(started.process.pid).children(recursive=True)
            found += [p.pid for p in children if f"ray::{doing}" in " ".join(p.cmdline())]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["nothing", "worker", "machine"])
def test_it_makes_the_same_archive_whatever_is_lost_on_the_way(
    news: Path, tmp_path: Path, nodes: Any, lost: str
) -> None:
    with Archive.open(tmp_path / "alone", create=True) as alone:
        expected = run(alone, [news])
        one = held(alone), vectors(alone)
    assert len(one[0]["boilerplate"]) == 2, "some articles were cut before the footer was known"
    ended: list[int] = []

    def lose(stage: str, done: int, _total: int) -> None:
        if stage != "Embedding" or done < 20 or ended or lost == "nothing":
            return
        if lost == "worker" and (pids := busy(nodes, "embed")):
            os.kill(pids[0], signal.SIGKILL)
            ended.append(pids[0])
        if lost == "machine":
            nodes.remove_node(next(iter(nodes.worker_nodes)), allow_graceful=False)
            ended.append(0)

    with Archive.open(tmp_path / "together", create=True) as together:
        report = backfill(together, [news], address=nodes.address, progress=lose)
        assert bool(ended) == (lost != "nothing")
        assert held(together) == one[0]
        assert np.abs(vectors(together) - one[1]).max() < 2e-3, "float16 rounds at 5e-4"
        assert together.search("Which yard launched hull 42?", k=1)[0].article.headline == "Hull 42"
    assert (report.new, report.duplicates) == (expected.new, expected.duplicates)
    assert report.problems == expected.problems


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The pangolin came back.")
    with Archive.open(tmp_path / "archive", create=True) as archive:
        with pytest.raises(InputError, match="HOST:PORT"):
            backfill(archive, [tmp_path / "a.md"], address="ray://127.0.0.1:10001")
        with pytest.raises(InputError, match="other machines"):
            backfill(archive, ["-"], address="auto")
        with pytest.raises(InputError, match="no Ray cluster"), cluster("auto"):
            pass
        assert archive.is_empty()
