"""What a writer takes for untouched was not touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from vectorstore import durable
from vectorstore.durable import Stamps, digests


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "held" / "deep").mkdir(parents=True)
    (tmp_path / "held" / "one").write_bytes(b"one")
    (tmp_path / "held" / "deep" / "two").write_bytes(b"two")
    return tmp_path / "held"


def test_what_was_touched_is_read_again_also_if_its_time_was_set_back(folder: Path) -> None:
    stamps = Stamps(folder.parent / "stamps.json")
    time.sleep(0.2)
    before = stamps.digests(folder)
    assert before == digests(folder)
    found = (folder / "one").stat()
    (folder / "one").write_bytes(b"eno")
    os.utime(folder / "one", ns=(found.st_atime_ns, found.st_mtime_ns))
    assert stamps.digests(folder) == digests(folder)
    assert stamps.digests(folder) != before


def test_what_was_not_touched_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = Stamps(folder.parent / "stamps.json")
    time.sleep(0.2)
    before = stamps.digests(folder)
    monkeypatch.setattr(durable, "_digest", lambda path: f"read {path}")
    assert stamps.digests(folder) == before
    (folder / "new").write_bytes(b"new")
    assert stamps.digests(folder) == before | {"new": f"read {folder / 'new'}"}


@pytest.mark.parametrize("content", ["", "[]", '{"held/one": 3}', '{"held/one": ["x"]}', "{"])
def test_without_its_stamps_everything_is_read(folder: Path, content: str) -> None:
    (folder.parent / "stamps.json").write_text(content)
    assert Stamps(folder.parent / "stamps.json").digests(folder) == digests(folder)
