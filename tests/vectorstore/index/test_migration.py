"""Another embedding model for an archive; and an archive that an earlier release made."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import NEWS, article, put
from vectorstore import Archive, EmbeddingError, ModelMismatch, Settings
from vectorstore.settings import EMBEDDED_MODEL, OLD_EMBEDDED_MODEL

STORED = Path(__file__).parents[1] / "data" / "archive-0.1.zip"
OLD = Settings(model=OLD_EMBEDDED_MODEL)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """An archive as release 0.1 made it, with MiniLM."""
    shutil.unpack_archive(STORED, tmp_path / "released")
    return tmp_path / "released"


def test_an_archive_of_an_earlier_release_opens_and_answers_with_its_own_model(
    released: Path,
) -> None:
    with Archive.open(released) as archive:
        assert archive.embedder.identity == OLD_EMBEDDED_MODEL
        (first, *_) = archive.search("Where was the potter An Dae-sik born?")
        assert "Icheon" in first.text
        (first, *_) = archive.search("Who got a permit for a berth?")
        assert "Halla" in first.text
        assert archive.status().unindexed == 0


def test_a_model_that_is_asked_for_and_is_not_the_archives_is_refused_with_the_way(
    released: Path,
) -> None:
    with pytest.raises(ModelMismatch, match=f"migrate --model {EMBEDDED_MODEL}"):
        Archive.open(released, settings=Settings(model=EMBEDDED_MODEL))


def test_a_migrated_archive_answers_with_the_new_model_and_can_go_back(released: Path) -> None:
    with Archive.open(released) as archive, Archive.open(released) as reader:
        assert reader.search("potter")
        steps: list[int] = []
        done = archive.migrate(EMBEDDED_MODEL, progress=lambda _, n, __: steps.append(n))
        assert done == archive.status().passages
        assert steps
        for one in (archive, reader):  # the reader follows by itself
            hits = one.search("도공 안대식은 어디서 태어났나?")
            assert one.embedder.identity == EMBEDDED_MODEL
            assert "Icheon" in hits[0].text
        assert archive.migrate(OLD_EMBEDDED_MODEL) == 0, "the vectors of before are still there"
        assert reader.search("potter")
        assert reader.embedder.identity == OLD_EMBEDDED_MODEL
    with Archive.open(released) as again:
        assert again.embedder.identity == OLD_EMBEDDED_MODEL


def test_what_comes_in_while_an_archive_is_migrated_is_not_lost(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "a", settings=OLD, create=True) as archive:
        put(archive, NEWS[:2])

        def meanwhile(stage: str, *_: int) -> None:
            if stage == "Embedding" and archive.status().articles == 2:
                with Archive.open(tmp_path / "a") as other:
                    put(other, NEWS[2:3])

        archive.migrate(EMBEDDED_MODEL, progress=meanwhile)
        assert archive.embedder.identity == EMBEDDED_MODEL
        assert "docks" in archive.search("Hanwha Philly Shipyard docks")[0].text
        assert archive.status().unindexed == 0


def test_a_model_that_cannot_be_loaded_changes_nothing(released: Path, tmp_path: Path) -> None:
    with Archive.open(released) as archive:
        with pytest.raises(EmbeddingError):
            archive.migrate(str(tmp_path))
        assert archive.search("potter")
        assert archive.embedder.identity == OLD_EMBEDDED_MODEL


KILLED = """
import os, signal, sys
from vectorstore import Archive
from vectorstore.index.dense import DenseIndex
from vectorstore.ledger.ledger import Ledger

folder, where = sys.argv[1:]
kind, name = {"stored": (Ledger, "put_vectors"), "named": (Ledger, "set_meta"),
              "published": (DenseIndex, "publish")}[where]
original = getattr(kind, name)

def then_die(*args, **kwargs):
    original(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)

archive = Archive.open(folder)
setattr(kind, name, then_die)
archive.migrate("dateline-e5-small-1")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("where", ["stored", "named", "published"])
def test_killed_at_any_step_it_answers_and_goes_on(released: Path, where: str) -> None:
    words = [sys.executable, "-c", KILLED, str(released), where]
    assert subprocess.run(words, check=False).returncode == -9
    with Archive.open(released) as archive:
        assert "Icheon" in archive.search("Where was An Dae-sik born?")[0].text
        archive.migrate(EMBEDDED_MODEL)
        assert "Icheon" in archive.search("Where was An Dae-sik born?")[0].text
        assert archive.embedder.identity == EMBEDDED_MODEL


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_killed_at_any_moment_it_answers_with_one_model_and_goes_on(tmp_path: Path) -> None:
    """R10: thirty kills at moments that are spread over a migration, once it has begun."""
    chance = random.Random(10)
    folder, texts = tmp_path / "archive", 150
    with Archive.open(folder, settings=OLD, create=True) as archive:
        put(archive, [*NEWS, *(article(f"{n}.md", f"Pier {n} got a crane.") for n in range(texts))])
        wanted = [hit.passage_id for hit in archive.search("Hanwha Philly Shipyard docks", k=1)]

    def migrating(path: Path) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "ui", "migrate", "--model", EMBEDDED_MODEL, "-a", str(path)]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    whole = shutil.copytree(folder, tmp_path / "whole")
    began = time.monotonic()
    assert migrating(whole).wait() == 0
    length, killed, models = time.monotonic() - began, 0, set[str]()
    for number in range(30):
        path = shutil.copytree(folder, tmp_path / str(number))
        child = migrating(path)
        time.sleep(length * (1 / 3 + 2 / 3 * (number + chance.random()) / 30))
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        with Archive.open(path) as archive:
            found = archive.search("Hanwha Philly Shipyard docks", k=1)
            models.add(archive.embedder.identity)
            assert [hit.passage_id for hit in found] == wanted
            archive.migrate(EMBEDDED_MODEL)
            assert archive.embedder.identity == EMBEDDED_MODEL
            assert archive.status().unindexed == 0
        shutil.rmtree(path)
    assert killed >= 20, "most came before its end"
    assert OLD_EMBEDDED_MODEL in models
