"""Parquet: rows in small batches, mapped columns, damage and bombs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from ingest.files import listing, read
from ingest.readers.parquet import ROWS_AT_ONCE
from ingest.reading import AS_GUESSED, Reading
from ingest.values import Problem
from tests.ingest.conftest import NOW
from vectorstore import Article


def rows(path: Path, reading: Reading = AS_GUESSED) -> tuple[list[Article], list[Problem]]:
    found = listing([path], now=NOW, reading=reading)
    items = list(read(found.files))
    return (
        [i for i in items if isinstance(i, Article)],
        [i for i in items if isinstance(i, Problem)],
    )


def test_columns_by_their_usual_names(tmp_path: Path) -> None:
    when = datetime(2025, 7, 31, 5, 20, tzinfo=UTC)
    table = pa.table(
        {
            "title": ["One", "Two"],
            "text": ["Text one.", None],
            "date": pa.array([when, when], pa.timestamp("us", "UTC")),
            "url": ["https://news.example.org/1", ""],
            "authors": [["Ann Lee", "Bo Kim"], []],
            "vector": [[0.1] * 8] * 2,
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    (article,), (problem,) = rows(tmp_path / "a.parquet")
    assert (article.headline, article.byline) == ("One", "Ann Lee, Bo Kim")
    assert article.key == "https://news.example.org/1"
    assert article.published is not None
    assert article.published.iso == "2025-07-31T05:20:00+00:00"
    assert problem.path.endswith("a.parquet, row 2")
    assert problem.reason.startswith("has no text")


def test_a_mapping_reaches_into_structures(tmp_path: Path) -> None:
    table = pa.table({"artikel": ["Text."], "meta": [{"titel": "Eins", "tag": "2025-07-31"}]})
    parquet.write_table(table, tmp_path / "a.parquet")
    columns = {"body": "artikel", "headline": "meta.titel", "published": "meta.tag"}
    (article,), problems = rows(tmp_path / "a.parquet", Reading(columns=columns))
    assert not problems
    assert (article.headline, article.body) == ("Eins", "Text.")
    assert article.published is not None
    _, (problem,) = rows(tmp_path / "a.parquet")
    assert "has no column with the text" in problem.reason


def test_many_rows_come_in_order_and_are_counted_before(tmp_path: Path) -> None:
    count = 3 * ROWS_AT_ONCE + 1
    table = pa.table({"id": list(range(count)), "text": [f"Text {n}." for n in range(count)]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=50)
    assert listing([tmp_path / "a.parquet"]).expected == count
    articles, problems = rows(tmp_path / "a.parquet")
    assert not problems
    assert [a.body for a in articles] == [f"Text {n}." for n in range(count)]


@pytest.mark.parametrize("how", ["cut", "flipped", "text"])
def test_damage_is_reported(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": [f"Text {n}." for n in range(500)]}), path)
    data = bytearray(path.read_bytes())
    if how == "flipped":
        data[8:400] = bytes(392)
    path.write_bytes({"cut": data[:-100], "flipped": data, "text": b"words"}[how])
    articles, problems = rows(path)
    assert not articles
    assert "Parquet" in problems[0].reason


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    table = pa.table({"text": ["x" * 1_000_000] * 150})
    parquet.write_table(table, tmp_path / "a.parquet", compression="zstd", use_dictionary=False)
    articles, (problem,) = rows(tmp_path / "a.parquet")
    assert not articles
    assert "inflates more than 200-fold" in problem.reason
