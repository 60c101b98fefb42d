"""Whatever of an archive is damaged: it is told, what is whole answers, and `--fix` mends it.

Each file of a small archive is cut short, overwritten and removed, one at a time; then a folder
that cannot be written, a full disk, an error at the n-th write, and a model that does not load.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from chatbot import build_chain
from ingest.boilerplate import settle
from tests.conftest import NEWS, article, put
from tests.ui.command import dateline
from ui.web.frame import footer_html
from ui.wording.words import words
from vectorstore import Archive, ArchiveDamaged, ArchiveError, DatelineError, EmbeddingError
from vectorstore import durable as durable_module
from vectorstore.health import examine, repair

ASKED = "tariff on Korean goods"
HOWS = ("truncate", "overwrite", "remove")
IDLE = (".lock", "writer.pid", ".managed.json", "stamps.json")
"""Files that hold nothing: locks, a list that tantivy writes anew, and what only saves reading."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive in two segments, closed, so that all is in its files."""
    folder = tmp_path_factory.mktemp("sound") / "archive"
    with Archive.open(folder, create=True) as archive:
        put(archive, NEWS[:3])
        put(archive, NEWS)
    return folder


def names(folder: Path) -> list[str]:
    """The files that hold something, by what they are: the random parts of names left out."""
    found = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*")) if p.is_file()]
    return [n for n in found if not n.endswith(IDLE)]


def spoil(path: Path, how: str) -> None:
    """Cut a file in half, overwrite it with zeros of its length, or remove it."""
    if how == "remove":
        path.unlink()
        return
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if how == "truncate" else bytes(len(content)))


def found(folder: Path) -> set[str]:
    with Archive.open(folder) as archive:
        return {hit.article.path for hit in archive.search(ASKED, k=10)}


def survives(folder: Path, name: str, how: str, expected: set[str]) -> None:
    """One case: told, answered from what is whole, mended; or led to the backup."""
    spoil(folder / name, how)
    told = [f for f in examine(folder) if f.state == "error"]
    assert told, f"{name} {how}: nothing was told"
    assert all(f.do for f in told)
    if name.startswith("ledger"):
        broken = (folder / name).read_bytes() if (folder / name).exists() else None
        assert "dateline restore" in told[0].do
        with pytest.raises(ArchiveDamaged), Archive.open(folder, create=True) as archive:
            put(archive, [article("new.md", "Nothing goes in.")])
        assert ((folder / name).read_bytes() if (folder / name).exists() else None) == broken
        return
    assert found(folder), f"{name} {how}: nothing was found"
    with Archive.open(folder) as archive:
        answer = build_chain(archive).invoke({"question": "What tariff will Korean goods pay?"})
        assert answer.claims or answer.nearest
        list(repair(archive, told, settle=settle))
    assert [f for f in examine(folder) if f.state == "error"] == []
    assert found(folder) == expected, f"{name} {how}: not all is found again"


def cases(sound: Path, every: bool) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(names(sound)):
        for how in HOWS if every else (HOWS[number % 3],):
            if how != "remove" and not (sound / name).stat().st_size:
                continue
            yield name, how


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(False, marks=pytest.mark.long),
        pytest.param(True, marks=pytest.mark.slow),
    ],
)
def test_each_file_that_is_damaged_is_told_and_mended(
    sound: Path, tmp_path: Path, every: bool
) -> None:
    expected, count = found(sound), 0
    for name, how in cases(sound, every):
        if (
            os.path.getsize(sound / name)
            and how == "overwrite"
            and not any((sound / name).read_bytes())
        ):
            continue  # zeros already: that is no damage
        shutil.copytree(sound, tmp_path / "case")
        survives(tmp_path / "case", name, how, expected)
        shutil.rmtree(tmp_path / "case")
        count += 1
    assert count >= (40 if every else 14)


def test_damage_while_serving_does_not_end_the_process(sound: Path, tmp_path: Path) -> None:
    """The dense index is read from private copies: what is done to its files waits for the next
    opening, where its seal tells."""
    shutil.copytree(sound, tmp_path / "case")
    code = f"""
        from pathlib import Path
        from vectorstore import Archive
        with Archive.open({str(tmp_path / "case")!r}) as archive:
            assert archive.search("tariff")
            for path in Path({str(tmp_path / "case" / "dense")!r}).rglob("*"):
                if path.is_file() and path.name != "manifest.json":
                    path.write_bytes(b"")
            for n in range(20):
                assert archive.search(f"tariff {{n}}", k=9)
        with Archive.open({str(tmp_path / "case")!r}) as again:
            assert again.search("tariff"), "words still find"
            print(again.without())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['dense index']"


# -- a folder that cannot be written, a disk that is full ------------------------------


def mounted(folder: Path, *options: str) -> None:
    """A file system in memory at a folder; skips where this user may mount none."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs `mount`")
    if done.returncode:
        pytest.skip(f"needs the right to mount a file system in memory: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    mounted(tmp_path / "disk", "-o", "size=24m")
    yield tmp_path / "disk"
    subprocess.run(["umount", "-l", str(tmp_path / "disk")], check=True)


def test_a_read_only_disk_answers_and_says_so(sound: Path, disk: Path) -> None:
    shutil.copytree(sound, disk / "a")
    expected = found(disk / "a")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert found(disk / "a") == expected
    with Archive.open(disk / "a") as archive:
        assert archive.without() == ["writing"]
        assert build_chain(archive).invoke({"question": "What is the tariff in the deal?"}).claims
        with pytest.raises(ArchiveError, match="cannot be written"):
            put(archive, [article("new.md", "Nothing goes in.")])
        from datetime import UTC, datetime

        for language in ("en", "ko"):
            w = words(language)
            page = footer_html(archive.status(), datetime.now(UTC), w, without=archive.without())
            assert w("without_writing") in page
    told = {f.check: f for f in examine(disk / "a")}
    assert told["rights"].state == "warning"
    done = dateline("ingest", __file__, archive=disk / "a")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def fill(disk: Path, leave: int) -> Path:
    free = shutil.disk_usage(disk).free
    with (disk / "filler").open("wb") as filler:
        filler.write(bytes(max(0, free - leave)))
    return disk / "filler"


@pytest.mark.parametrize(
    "leave",
    [0, 200_000, *(pytest.param(n * 60_000, marks=pytest.mark.slow) for n in range(1, 20))],
)
def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(
    sound: Path, disk: Path, leave: int
) -> None:
    """R4: the ledger keeps what was acknowledged, readers go on, and the next run heals."""
    shutil.copytree(sound, disk / "a")
    expected = found(disk / "a")
    filler = fill(disk, leave)
    acknowledged: list[str] = []
    more = [article(f"{n}.md", f"Story number {n} on steel. " * 40) for n in range(40)]
    with Archive.open(disk / "a") as archive:
        from tests.conftest import cut

        failed = False
        try:
            with archive.writing():
                for one, _ in archive.add((a, cut(a.body)) for a in more):
                    acknowledged.append(one.path)
                archive.index()
        except (OSError, DatelineError, SQLAlchemyError, ValueError):
            failed = True
        assert {h.article.path for h in archive.search(ASKED, k=10)} >= expected
    assert failed or leave
    filler.unlink()
    with Archive.open(disk / "a") as archive:
        put(archive, more)
        held = {a.path for a in archive.recent(100)}
        assert held >= expected | set(acknowledged) | {a.path for a in more}
    assert [f for f in examine(disk / "a", quick=True) if f.check.endswith("index")] != []
    assert {f.check for f in examine(disk / "a") if f.state == "error"} <= {"disk"}


@pytest.mark.parametrize("nth", [1, 2, 3, 5])
def test_an_error_at_the_nth_sync_leaves_an_archive_that_heals(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """What publishes an index fails at its n-th fsync, as a dying disk would have it."""
    shutil.copytree(sound, tmp_path / "a")
    count, real = [0], os.fsync

    def dying(descriptor: int) -> None:
        count[0] += 1
        if count[0] == nth:
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    late = article("late.md", "The pangolin came late.")
    with Archive.open(tmp_path / "a") as archive:
        with monkeypatch.context() as patched:
            patched.setattr(durable_module.os, "fsync", dying)
            with pytest.raises(OSError, match="Input/output error"):
                put(archive, [late])
        assert archive.search(ASKED), "readers go on"
        with archive.writing():
            archive.index()
        assert archive.search("pangolin")[0].article.path == "late.md"
    assert [f for f in examine(tmp_path / "a") if f.state in {"error", "warning"}] == []


# -- a model that does not load --------------------------------------------------------


def test_without_a_model_it_searches_and_says_so(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise EmbeddingError("the weights are not the published ones")

    monkeypatch.setattr("vectorstore.models.embedder.load", broken)
    monkeypatch.setattr("vectorstore.models.reader_network.load", broken)
    with Archive.open(sound) as archive:
        hits = archive.search("tariff on Korean goods", k=3)
        assert {h.article.path for h in hits} >= {"deal-july.md"}
        assert archive.without() == ["embedding model"]
        chain = build_chain(archive)
        answer = chain.invoke({"question": "What is the tariff on Korean goods?"})
        assert answer.abstained
        assert "model could not be loaded" in answer.text
        assert answer.nearest
        korean = chain.invoke({"question": "한국산 제품의 관세는 얼마인가?"})
        assert "모델을 불러오지 못해" in korean.text
        with pytest.raises(EmbeddingError):
            put(archive, [article("y.md", "Newer words.")])


def test_a_reader_that_does_not_load_leaves_the_search(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise EmbeddingError("reader.safetensors is not as it was released")

    monkeypatch.setattr("vectorstore.models.reader_network.load", broken)
    with Archive.open(sound) as archive:
        parts = build_chain(archive).stream({"question": "What is the tariff on Korean goods?"})
        with closing(parts):
            answer = sum(parts, start=next(parts))
    assert answer.abstained
    assert answer.nearest
