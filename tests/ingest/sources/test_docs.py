"""docs/sources.md says what `sources.toml` may say, and its examples are read as they stand."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from ingest.habit import FACTOR, MIN_ARRIVALS, MIN_DAYS
from ingest.process import GRACE
from ingest.schedule import LIMIT, LOCKED_AGAIN
from ingest.sources.declared import _KEYS, KINDS, Fetching, Source, declared
from ingest.sources.edit import format_duration
from ingest.sources.validation import duration
from ingest.times import Times

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "sources.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def table(heading: str) -> dict[str, str]:
    """The keys of the table under a heading, and their defaults."""
    part = PAGE.split(heading, 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", part, re.MULTILINE)
    return {key: default.strip("` ") for key, default in rows}


def test_every_key_is_in_the_table() -> None:
    assert set(table("### `[sources.NAME]`")) == _KEYS
    assert set(table("### `[fetch]`")) == {f.name for f in fields(Fetching)}


def test_the_defaults_are_those_of_the_code() -> None:
    source, fetch = Source(name="x", kind="feed"), Fetching()
    said = table("### `[sources.NAME]`")
    for key in ("every", "jitter", "recheck"):
        assert said[key].strip('"') == format_duration(getattr(source, key))
        assert duration(said[key].strip('"'), "") == getattr(source, key)
    for key in ("enabled", "timezone", "full_text", "limit", "earliest", "withdrawn_after"):
        assert tomllib.loads(f"x = {said[key]}")["x"] == getattr(source, key)
    for key, default in table("### `[fetch]`").items():
        value = getattr(fetch, key)
        assert tomllib.loads(f"x = {default}")["x"] == (list(value) if value == () else value)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_are_read(example: str, tmp_path: Path) -> None:
    found = declared(tomllib.loads(example), tmp_path / "sources.toml")
    assert found.sources
    for source in found.sources:
        Times(source)


def test_each_kind_has_an_example() -> None:
    shown = {s.kind for e in EXAMPLES for s in declared(tomllib.loads(e), DOCS).sources}
    assert shown == set(KINDS)


def test_the_schedules_page_has_the_numbers_of_the_code() -> None:
    page = " ".join((DOCS / "schedule.md").read_text("utf-8").split())
    assert LIMIT.total_seconds() == 2 * 3600
    assert "longer than two hours" in page
    assert f"a run gets {GRACE:.0f} seconds" in page
    assert f"again after {LOCKED_AGAIN.seconds // 60} minutes" in page
    assert FACTOR == 2
    assert f"{MIN_ARRIVALS} articles on {MIN_DAYS} days over two weeks" in page
