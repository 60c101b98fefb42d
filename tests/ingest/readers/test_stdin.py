"""Standard input: what it is, is found by how it begins."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from ingest.files import listing, read
from ingest.pipeline import check
from ingest.readers.stdin import kind_of
from ingest.reading import Reading
from tests.ingest.conftest import NOW
from tests.ingest.parsers.test_page import TEXT, made
from tests.ingest.readers.documents.made import docx, epub, letter, package
from vectorstore import Article, InputError

ROW = json.dumps({"title": "One", "text": "Text one."})


def given(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    class _Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr(sys, "stdin", _Stdin())


def a_parquet() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table({"title": ["One"], "text": ["Text one."]}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (ROW.encode(), ".jsonl"),
        (f"{ROW}\n{ROW}\n".encode(), ".jsonl"),
        (json.dumps({"title": "One", "text": "Text one."}, indent=1).encode(), ".json"),
        (f"[{ROW}]".encode(), ".json"),
        (b"title;text\nOne;Text one.\n", ".csv"),
        (b"---\ntitle: One\n---\nText one.\n", ".md"),
        (b"# One\n\nText one.\n", ".md"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>x", ".html"),
        (b"One\n\nText one, with a comma.\n", ".txt"),
        (a_parquet(), ".parquet"),
        (b"WARC/1.1\r\n", ".warc"),
        (b"PK\x03\x04", ".wacz"),
        (b"%PDF-1.7\n", ".pdf"),
        (epub({}, package([])), ".epub"),
        (docx(""), ".docx"),
        (letter().as_bytes(), ".eml"),
        (b"From a@b.example Tue\n" + letter().as_bytes(), ".mbox"),
        (b"From the harbour: fees rise.\n\nThey rise in June.\n", ".txt"),
        (b"Date: 10 March 2026\nSubject: Fees\n\nFrom: no mail at all.\n", ".txt"),
    ],
)
def test_kinds(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "spool"
    path.write_bytes(data)
    assert kind_of(path, "") == kind
    path.write_bytes(gzip.compress(data))
    assert kind_of(path, ".gz") == kind


@pytest.mark.parametrize(
    "data",
    [
        ROW.encode(),
        gzip.compress(ROW.encode(), mtime=0),
        zstandard.compress(b"title\ttext\nOne\tText one.\n"),
        b"---\ntitle: One\n---\nText one.\n",
        a_parquet(),
    ],
    ids=["jsonl", "gzip", "zstd", "markdown", "parquet"],
)
def test_an_article_comes_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    given(monkeypatch, data)
    found = listing(check(["-", "-"]), now=NOW)
    (article,) = read(found.files)
    assert isinstance(article, Article)
    assert (article.headline, article.body, article.source) == ("One", "Text one.", "stdin")


def test_a_page_comes_in_twice_under_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set()
    for _ in range(2):
        given(monkeypatch, made())
        (article,) = read(listing(["-"], now=NOW).files)
        assert isinstance(article, Article)
        assert article.body == "\n\n".join(TEXT)
        keys.add(article.key)
    assert len(keys) == 1


def test_a_mapping_helps_to_see_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, b"titel,artikel\nOne,Text one.\n")
    reading = Reading(columns={"body": "artikel", "headline": "titel"})
    (article,) = read(listing(["-"], now=NOW, reading=reading).files)
    assert isinstance(article, Article)
    assert article.headline == "One"


def test_other_paths_must_exist() -> None:
    with pytest.raises(InputError, match="no such file"):
        check(["-", "/nowhere/at/all"])
