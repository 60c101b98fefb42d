"""Nodes on one ledger that share a dense index: one of them writes it at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chroma import ChromaServer
from tests.conftest import NEWS, article, put
from tests.nodes import node
from tests.postgres import Server
from vectorstore import Archive
from vectorstore.following import VECTORS


def test_a_node_leaves_the_shared_vectors_to_who_writes_them_and_brings_what_is_missing_then(
    tmp_path: Path, postgres: Server, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CHROMA_URL", chroma.url)
    monkeypatch.setattr("vectorstore.index.served.FRESH", 0.0)
    url = postgres.new()
    with (
        Archive.open(node(tmp_path / "one", url), create=True) as one,
        Archive.open(node(tmp_path / "two", url)) as two,
    ):
        put(one, NEWS)
        follower = two._follower
        assert follower is not None
        other = one._backend.lock(VECTORS, 0)
        other.acquire()
        put(one, [article("new.md", "The pangolin came back.")], index=False)
        reached = one._dense.cursor()
        follower.catch_up()
        assert one._dense.cursor() == two._dense.cursor() == reached
        assert two.search("pangolin", k=1)[0].article.path == "new.md", "words find it"
        other.release()
        follower.catch_up()
        assert two._dense.cursor() == one._ledger.last_seq() > reached
        (segment,) = one._dense.manifest()["segments"]
        assert segment["rows"] == one.status().passages == len(one._dense.ids(segment["name"]))
    assert not any(tmp_path.glob("*/dense"))
