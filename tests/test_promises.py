"""Promises that belong to no single module: the order of a publication, and that all is found."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NEWS, article, put
from vectorstore import Archive, Filters


def test_everything_is_synced_before_it_is_named(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: whatever a manifest or seal names was synced before the rename that names it, the
    folders too; so a power cut leaves the old state or the new one."""
    deeds: list[tuple[str, str]] = []
    sync, replace_ = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        deeds.append(("sync", os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    def renamed(self: Path, target: Any) -> Path:
        deeds.append(("rename", str(target)))
        return replace_(self, target)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to know which file is synced")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", renamed)
    put(empty, NEWS)
    manifest = str(empty.path / "dense" / "manifest.json")
    named = deeds.index(("rename", manifest))
    synced = {Path(place).name for deed, place in deeds[:named] if deed == "sync"}
    for entry in empty._dense.manifest()["segments"]:
        assert {Path(name).name for name in entry["files"]} <= synced
    assert "manifest.tmp" in synced
    assert "dense" in synced, "the folder, after the segment was moved into it"
    assert deeds[named + 1] == ("sync", str(empty.path / "dense"))


def churned(archive: Archive, rounds: int) -> None:
    """Rounds in which a third of forty articles changes and three leave and come."""
    texts = [article(f"{n}.md", f"Report {n} on {word(n)}.") for n in range(40)]
    put(archive, texts)
    for turn in range(rounds):
        changed = [
            replace(a, body=f"Report {n} on {word(n + turn + 1)}, again.")
            for n, a in enumerate(texts)
            if (n + turn) % 3 == 0
        ]
        with archive.writing():
            archive.withdraw_articles([texts[turn % 40].id, texts[(turn + 7) % 40].id])
        put(archive, changed)


def word(n: int) -> str:
    names = "steel rice ships visas tariffs cars chips troops bonds drugs".split()
    return f"{names[n % 10]} and {names[(n // 10 + 3 * n) % 10]} number {n}"


@pytest.mark.parametrize("rounds", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_every_live_vector_finds_itself_after_churn(empty: Archive, rounds: int) -> None:
    """R9, through whatever segments and merges the churn has left."""
    churned(empty, rounds)
    import numpy as np

    ledger = empty._ledger
    ids = ledger.live_articles("en")
    rows = list(ledger.passages_of(ids, empty.embedder.identity))
    assert len(rows) >= 30
    lost = []
    for row in rows:
        vector = np.frombuffer(row.passage, dtype=np.float16).astype(np.float32)
        if row.id not in empty._dense.search(vector, 10, Filters()):
            lost.append(row.id)
    assert lost == []


def test_the_same_corpus_twice_writes_and_embeds_nothing(
    empty: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7."""
    put(empty, NEWS)
    before = (empty._ledger.last_seq(), empty._dense.manifest(), empty._lexical.cursor())
    embed: Callable[..., Any] = lambda texts: pytest.fail("embedded") if texts else iter(())  # noqa: E731
    monkeypatch.setattr(empty.embedder, "embed", embed)
    assert set(put(empty, NEWS)) == {"unchanged"}
    assert (empty._ledger.last_seq(), empty._dense.manifest(), empty._lexical.cursor()) == before
