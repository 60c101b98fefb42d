from __future__ import annotations

import gc
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.chroma import ChromaServer
from tests.conftest import damage
from vectorstore import Filters
from vectorstore.durable import digests
from vectorstore.index.dense import DenseIndex
from vectorstore.index.form import VectorIndex
from vectorstore.index.segment import Rows, Segment
from vectorstore.index.served import ServedIndex
from vectorstore.index.serving import Serving

DIM = 384
START = date(2025, 1, 1)


def rows(count: int, seed: int = 0, dated: bool = True) -> Rows:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"{seed:02}-{i:05}" for i in range(count)]
    days = [(START + timedelta(days=i)).toordinal() if dated else 0 for i in range(count)]
    outlets = ["even" if i % 2 == 0 else "odd" for i in range(count)]
    languages = ["ko" if i % 3 == 0 else "en" for i in range(count)]
    return Rows(ids, days, outlets, languages, vectors.astype(np.float16))


@pytest.fixture(scope="module", params=["embedded", "served"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chroma: ChromaServer
) -> VectorIndex:
    made: VectorIndex = DenseIndex(tmp_path_factory.mktemp("dense"))
    if request.param == "served":
        made = ServedIndex(Serving(url=chroma.url), "test-dense")
    made.publish("m", rows(300))
    made.publish("m", rows(40, seed=1, dated=False))
    return made


def test_every_vector_finds_itself(index: VectorIndex) -> None:
    for seed, count in ((0, 300), (1, 40)):
        ids, *_, vectors, _ = rows(count, seed)
        for i in range(0, count, 7):
            found = index.search(vectors[i].astype(np.float32), 10, Filters())
            assert max(found, key=lambda p: found[p]) == ids[i]
            assert found[ids[i]] == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=date(2025, 3, 1)),
        Filters(until=date(2025, 3, 1)),
        Filters(since=date(2025, 3, 1), until=date(2025, 3, 5)),
        Filters(as_of=date(2025, 2, 1)),
        Filters(outlets=("odd",)),
        Filters(outlets=("odd",), as_of=date(2025, 2, 1)),
        Filters(outlets=("nobody",)),
        Filters(languages=("ko",), since=date(2025, 3, 1)),
    ],
)
def test_filters_are_exact(index: VectorIndex, filters: Filters) -> None:
    query = rows(1, seed=9).vectors[0].astype(np.float32)
    expected = {}
    for seed, count in ((0, 300), (1, 40)):
        ids, days, outlets, languages, vectors, _ = rows(count, seed, dated=seed == 0)
        for i in range(count):
            day = date.fromordinal(days[i]) if days[i] else None
            if filters.admits(day, outlets[i], languages[i]):
                expected[ids[i]] = float(vectors[i].astype(np.float32) @ query)
    found = index.search(query, 400, filters)
    assert set(found) == set(expected)
    assert all(found[i] == pytest.approx(expected[i], abs=2e-3) for i in found)


def test_the_index_holds_the_vectors_that_it_was_given_to_the_bit(index: VectorIndex) -> None:
    ids, *_, vectors, _ = rows(300)
    held = index.lookup()(["none", *ids])
    assert list(held) == ids
    assert all(held[i].tobytes() == vectors[n].tobytes() for n, i in enumerate(ids))


def test_another_model_takes_the_place_of_the_whole_index(index: VectorIndex) -> None:
    query = rows(1, seed=5).vectors[0].astype(np.float32)
    seq, before = index.cursor(), index.search(query, 400, Filters())
    index.publish("other", rows(5, seed=5))
    assert set(index.search(query, 400, Filters())) == set(rows(5, seed=5).ids)
    index.clear()
    assert (index.model(), index.cursor()) == ("", 0)
    assert index.search(query, 400, Filters()) == {}
    index.publish("m", rows(300), seq=seq)
    index.publish("m", rows(40, seed=1, dated=False))
    assert index.search(query, 400, Filters()) == before


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> DenseIndex:
    made = DenseIndex(tmp_path_factory.mktemp("embedded"))
    made.publish("m", rows(40))
    return made


def test_opening_and_asking_leave_the_sealed_files_alone(embedded: DenseIndex) -> None:
    index = embedded
    entry = index.manifest()["segments"][0]
    Segment(index.folder / entry["name"], entry["files"]).nearest(np.ones(DIM, np.float32), 3)
    assert digests(index.folder / entry["name"]) == entry["files"]
    assert index.verify() == []


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = DenseIndex(tmp_path_factory.mktemp("sealed"))
    made.publish("m", rows(20))
    return made.folder


@pytest.mark.parametrize("victim", ["header.bin", "data_level0.bin", "chroma.sqlite3", "rows.npz"])
@pytest.mark.parametrize("how", ["truncate", "flip", "remove"])
def test_damage_is_found_before_chroma_opens_it(
    sealed: Path, tmp_path: Path, victim: str, how: str
) -> None:
    shutil.copytree(sealed, tmp_path, dirs_exist_ok=True)
    damage(next(tmp_path.rglob(victim)), how)
    reader = DenseIndex(tmp_path)
    assert reader.search(np.ones(DIM, np.float32), 5, Filters()) == {}
    assert reader.damaged
    assert reader.verify() != []


def test_a_running_reader_sees_a_new_manifest_and_keeps_the_old_until_then(
    tmp_path: Path,
) -> None:
    writer, reader = DenseIndex(tmp_path), DenseIndex(tmp_path)
    query = rows(1).vectors[0].astype(np.float32)
    assert reader.search(query, 5, Filters()) == {}
    first = writer.publish("m", rows(20))
    held = reader.segments()
    assert held[0].name == first
    writer.publish("m", rows(30, seed=2), replaced=[first])
    assert (tmp_path / first).is_dir(), "a retired segment stays for those who read it"
    assert len(held[0].nearest(query, 5)) == 5
    assert [len(s) for s in reader.segments()] == [30]


def test_small_segments_are_due_for_merging(tmp_path: Path) -> None:
    made = DenseIndex(tmp_path)
    for seed in range(4):
        assert made.to_merge() == []
        made.publish("m", rows(3, seed))
    assert len(made.to_merge()[0]) == 4


def test_a_half_built_segment_is_swept_and_never_read(tmp_path: Path) -> None:
    made = DenseIndex(tmp_path)
    (tmp_path / "building-seg-x").mkdir()
    (tmp_path / "building-seg-x" / "rows.npz").write_bytes(b"half")
    made.publish("m", rows(3))
    assert len(made.segments()) == 1
    assert not (tmp_path / "building-seg-x").exists()


def test_views_of_killed_readers_are_removed_and_those_in_use_are_not(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("vectorstore.index.segment.NEW_SECONDS", 0.0)
    abandoned = tmp_path / "dateline-view-killed"
    abandoned.mkdir()
    first, second = DenseIndex(sealed), DenseIndex(sealed)
    assert first.segments()
    assert not abandoned.exists()
    assert second.segments()
    assert len(list(tmp_path.glob("dateline-view-*"))) == 2
    first.close()
    second.close()
    gc.collect()
    assert list(tmp_path.glob("dateline-view-*")) == []


def test_reading_leaves_small_segments_as_they_were_sealed(tmp_path: Path) -> None:
    """Opening an index of a few rows writes to one of its files; it must be the reader's own."""
    from tests.conftest import article, put
    from vectorstore import Archive

    with Archive.open(tmp_path / "archive", create=True) as archive:
        for number in range(4):
            put(archive, [article(str(number), f"Ship {number} will be built in Ulsan.")])
            with Archive.open(archive.path) as reader:
                assert reader.search("ship", k=1)
            assert archive._dense.verify() == []
