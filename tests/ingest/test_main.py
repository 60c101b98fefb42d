"""`python -m ingest`: what the schedule starts."""

from __future__ import annotations

import io
import logging
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.freshen import collecting
from ingest.logs import Fields
from vectorstore import Archive, Run


@dataclass
class Report:
    source: str
    run: Run
    problems: tuple[object, ...] = ()


NOW = datetime(2025, 6, 2, tzinfo=UTC)
WHOLE = Run(source="wire", started=NOW, ended=NOW, new=3)
FAILED = Run(source="wire", started=NOW, ended=NOW, error="answers 404\n\x1b[2J")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as a line an event."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Fields())
    log = logging.getLogger("ingest")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    before = signal.getsignal(signal.SIGTERM)
    yield written
    signal.signal(signal.SIGTERM, before)
    log.removeHandler(handler)
    log.setLevel(level)


def turn(
    monkeypatch: pytest.MonkeyPatch, folder: Path, run: Run | type[BaseException], *words: str
) -> int:
    """The exit code of a turn whose sources come to this."""

    def collect(_archive: Archive, sources: Any, **_: Any) -> list[Report]:
        if isinstance(run, type):
            raise run
        return [Report(source.name, run) for source in sources]

    module = ModuleType("ingest.collect")
    module.collect = collect  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ingest.collect", module)
    path = folder / "sources.toml"
    path.write_text('[sources.wire]\nurl = "http://wire.test/"\n')
    return main(["--archive", str(folder / "a"), "--sources", str(path), *words])


@pytest.mark.parametrize(
    ("run", "code"), [(WHOLE, 0), (FAILED, 3), (KeyboardInterrupt, 130), (OSError, 1)]
)
def test_its_code_says_how_it_went(
    run: Any, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: io.StringIO
) -> None:
    assert turn(monkeypatch, tmp_path, run) == code
    if run is WHOLE:
        assert lines.getvalue().endswith(" INFO ingest source read source=wire new=3\n")
    if run is FAILED:
        assert lines.getvalue().endswith(
            ' ERROR ingest source read source=wire error="answers 404\\n\\u001b[2J"\n'
        )


def test_a_second_one_leaves_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: io.StringIO
) -> None:
    monkeypatch.setattr("ingest.freshen.WAIT", 0.0)
    with Archive.open(tmp_path / "a", create=True) as archive, collecting(archive):
        assert turn(monkeypatch, tmp_path, WHOLE) == 5
    assert "another process is reading the sources" in lines.getvalue()


def test_an_unknown_source_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: io.StringIO
) -> None:
    assert turn(monkeypatch, tmp_path, WHOLE, "nobody") == 1
    assert "no source 'nobody'" in lines.getvalue()


def test_a_log_line_is_one_line_and_harmless() -> None:
    record = logging.makeLogRecord(
        {"name": "ingest", "levelname": "INFO", "msg": "a\nb\x1b\u202e", "url": "http://x y"}
    )
    record.created = 0.0
    assert Fields().format(record) == '1970-01-01T00:00:00Z INFO ingest a b   url="http://x y"'
