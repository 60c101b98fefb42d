"""The ready file for the Korea–US talks: whole, and fit to be read as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.fetch.urls import target
from ingest.sources.declared import Declared, read
from ingest.sources.edit import add, init
from ingest.times import Times
from vectorstore import InputError


@pytest.fixture
def ready(tmp_path: Path) -> Declared:
    init(tmp_path / "sources.toml")
    return read(tmp_path / "sources.toml")


def test_every_source_can_be_read_and_scheduled(ready: Declared) -> None:
    for source in ready.sources:
        Times(source)
        assert source.outlet, source.name
        assert source.language in {"en", "ko"}, source.name
        for url in source.urls:
            assert target(url).scheme == "https", source.name


def test_both_sides_and_both_languages_are_on(ready: Declared) -> None:
    on = {source.name: source for source in ready.chosen()}
    assert {"white-house", "ustr", "state-department", "mofa-kr", "motir-kr"} <= set(on)
    for language in ("en", "ko"):
        assert sum(source.language == language for source in on.values()) >= 8
    assert len(on) < len(ready.sources)
    urls = [url for source in ready.sources for url in source.urls]
    assert len(urls) == len(set(urls))


def test_it_can_be_edited_and_is_not_overwritten(ready: Declared) -> None:
    before = ready.path.read_text()
    add(ready.path, "own", url="https://own.test/feed")
    assert ready.path.read_text().startswith(before)
    with pytest.raises(InputError, match="already"):
        init(ready.path)
