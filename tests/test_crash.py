"""Ingest killed at any moment: nothing acknowledged is lost, doubled or half there."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.conftest import cut
from vectorstore import Archive

ARTICLES = 60

WRITER = """
    import sys
    from tests.conftest import article, cut
    from vectorstore import Archive, writing as module
    module.EMBED_AT_ONCE = 6
    folder, acknowledged = sys.argv[1:]
    log = open(acknowledged, "a")
    with Archive.open(folder, create=True) as archive, archive.writing():
        print("writing", flush=True)
        bodies = [f"Report {i} on pangolins.\\n\\nIt has {i} tons of rice." for i in range(%d)]
        items = [article(f"{i}.md", body) for i, body in enumerate(bodies)]
        for n, (stored, _) in enumerate(archive.add((a, cut(a.body)) for a in items)):
            print(stored.path, file=log, flush=True)
            if n %% 10 == 9:
                archive.index()
        archive.index()
    print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_killed_at_any_moment_it_goes_on(tmp_path: Path, seed: int) -> None:
    log = tmp_path / "acknowledged"
    command = [sys.executable, "-c", textwrap.dedent(WRITER % ARTICLES)]
    command += [str(tmp_path / "archive"), str(log)]
    chance = random.Random(seed)
    for _ in range(2):
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        time.sleep(chance.uniform(0, 14))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        if log.exists():
            check(tmp_path / "archive", set(log.read_text().split()), complete=False)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=120)
    check(tmp_path / "archive", {f"{i}.md" for i in range(ARTICLES)}, complete=True)


def check(folder: Path, acknowledged: set[str], *, complete: bool) -> None:
    """Everything acknowledged is whole in the ledger; what is found is current and once."""
    with Archive.open(folder) as archive:
        stored = {a.path: a for a in archive.recent(ARTICLES * 2)}
        assert acknowledged <= set(stored)
        for article in stored.values():
            assert len(cut(article.body)) == 2
        ids = [f"{a.id}-{a.version}-{i}" for a in stored.values() for i in range(2)]
        assert archive._ledger.live(ids) == set(ids)
        hits = [h.passage_id for h in archive.search("pangolins rice", k=4 * ARTICLES)]
        assert len(hits) == len(set(hits))
        assert set(hits) <= set(ids)
        if complete:
            assert set(hits) == set(ids)
            assert archive.status().unindexed == 0
            assert not archive._dense.damaged
            assert archive._dense.verify() == []
