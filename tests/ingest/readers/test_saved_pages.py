"""Saved pages, alone and in folders of mixed kinds; what is no page costs only itself."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.files import listing, read
from ingest.readers import pages
from ingest.reading import Reading
from ingest.sandbox import WORKERS
from ingest.values import Problem
from tests.ingest.conftest import NOW, Read
from tests.ingest.parsers.test_page import TEXT, made
from vectorstore import Article

HEAD = (
    "<title>Talks go on | Example Wire</title>"
    '<meta property="og:site_name" content="Example Wire">'
    '<meta property="article:published_time" content="2025-07-31T14:20:00+09:00">'
)


def test_a_saved_page_is_an_article(reading: Read, folder: Path) -> None:
    (article,), problems = reading(a__html=made(head=HEAD, before="<h1>Talks go on</h1>"))
    assert not problems
    assert article.key == (folder / "a.html").as_uri()
    assert (article.headline, article.outlet) == ("Talks go on", "Example Wire")
    assert article.body == "\n\n".join(TEXT)
    assert article.published is not None
    assert article.published.iso == "2025-07-31T14:20:00+09:00"
    assert article.published.found == "meta article:published_time"


def test_the_canonical_address_is_the_key(reading: Read) -> None:
    link = '<link rel=canonical href="https://news.example.org/talks?utm_source=x">'
    (article,), _ = reading(a__htm=made(head=HEAD + link))
    assert article.key == article.url == "https://news.example.org/talks"


def test_a_folder_of_many_kinds_is_read_in_order(reading: Read, folder: Path) -> None:
    (folder / "e.html.gz").write_bytes(gzip.compress(made(head=HEAD)))
    articles, problems = reading(
        a__txt="Text one.",
        b__html=made(head=HEAD, after="<p>And a last remark of the minister on the talks.</p>"),
        c__html=b"%PDF-1.7",
        d__html=b"<html><body><p></p></body></html>",
        f__html=b"<p>" + b"<i>" * 70_000,
        g__jsonl='{"text": "Text two."}',
    )
    assert [a.path for a in articles] == ["a.txt", "b.html", "e.html.gz", "g.jsonl#1"]
    reasons = {Path(p.path).name: p.reason for p in problems}
    assert reasons["c.html"] == "is a PDF file, no web page"
    assert reasons["d.html"] == "has no text of an article: left out"
    assert "f.html" in reasons


def test_more_pages_than_are_parsed_ahead(reading: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 2 * WORKERS + 3
    monkeypatch.setattr(pages, "AHEAD", 2)
    numbered = {
        f"p{n}__html": made().replace(b"three hours", b"%d hours" % n) for n in range(count)
    }
    articles, problems = reading(**numbered)
    assert not problems
    assert [a.path for a in articles] == [f"p{n}.html" for n in range(count)]
    assert all(f"spoke for {n} hours" in a.body for n, a in enumerate(articles))


def test_what_a_source_says_fills_what_a_page_leaves_open(folder: Path) -> None:
    (folder / "a.html").write_bytes(made(lang=""))
    wanted = Reading(outlet="Our wire", source="drop")
    items = list(read(listing([folder], now=NOW, reading=wanted).files))
    assert [i.outlet for i in items if isinstance(i, Article)] == ["Our wire"]


def test_children_end_with_the_reading(folder: Path) -> None:
    for name in "abc":
        (folder / f"{name}.html").write_bytes(made())
    found = listing([folder], now=NOW)
    items = read(found.files)
    assert not isinstance(next(items), Problem)
    parsing = found.files[0].pages
    sandbox = parsing._sandbox
    assert sandbox is not None
    items.close()  # type: ignore[attr-defined]
    assert parsing._sandbox is None
    assert sandbox._closed
