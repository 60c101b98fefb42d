"""The White House archive: every word that a reader would see is in the body."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import pytest

from ingest import cut, text
from ingest.values import Problem
from tests.ingest.conftest import read_all
from vectorstore import Article

pytestmark = [pytest.mark.shared, pytest.mark.long]

FLOOR = 0.9995
"""Share of words kept; measured 0.99992 (what is lost stands in broken link targets)."""

_UNSEEN = re.compile(r"<!--.*?-->|\]\((?:[^()]|\([^()]*\))*\)", re.DOTALL)
_AUTOLINK = re.compile(r"<(https?:[^>]*|[\w.]+@[^>]*)>")
_INLINE_TAG = re.compile(r"</?(?:span|strong|em|a|u|i|b|sup|s)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\(.)")


def words(source: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", source))


def seen(source: str) -> Counter[str]:
    """The words of a raw file without front matter, tags and link targets."""
    source = source.split("\n---\n", 1)[1]
    for pattern, by in (
        (_UNSEEN, " "),
        (_AUTOLINK, r" \1 "),
        (_INLINE_TAG, ""),
        (_TAG, " "),
        (_ESCAPE, r"\1"),
    ):
        source = pattern.sub(by, source)
    return words(text.visible(html.unescape(source.replace("*", ""))))


@pytest.fixture(scope="module")
def archive(shared: Path) -> Archive:
    root = shared / "archives" / "white-house"
    return root, *read_all(root)


Archive = tuple[Path, list[Article], list[Problem]]


def test_every_file_is_an_article_or_reported(archive: Archive) -> None:
    _, articles, problems = archive
    left_out = [p for p in problems if p.fatal or p.duplicate]
    assert len(articles) + len(left_out) == 2_261
    assert [p.reason for p in problems if p.fatal] == [
        "has no text below its headline: left out"
    ] * 4
    assert len({a.key for a in articles}) == len(articles)
    assert {a.outlet for a in articles} == {"White House"}
    assert all(a.published and not a.published.date_only for a in articles)


def test_bodies_keep_the_words_that_readers_see(archive: Archive) -> None:
    root, articles, _ = archive
    total, lost = 0, Counter[str]()
    for article in articles:
        raw = seen((root / article.path).read_text())
        total += raw.total()
        lost += raw - words(article.body)
    assert 1 - lost.total() / total >= FLOOR, lost.most_common(20)


def test_bodies_have_no_markup_left(archive: Archive) -> None:
    _, articles, _ = archive
    marks = re.compile(
        r"</?(?:span|td|tr|table|figure|a|p|img|br)\b|\]\(http|&(?:amp|nbsp);|\n{3}| \n|\n "
    )
    assert not [a.path for a in articles if marks.search(a.body)]


def test_a_table_has_a_line_for_each_row(archive: Archive) -> None:
    _, articles, _ = archive
    (order,) = (
        a for a in articles if a.headline == "Further Modifying the Reciprocal Tariff Rates"
    )
    assert "\nSouth Korea | 15%\n" in order.body
    assert "imposed additional ad valorem duties" in order.body
    assert order.published is not None
    assert order.published.iso == "2025-07-31T19:08:24-04:00"


def test_cutting_covers_every_article(archive: Archive) -> None:
    _, articles, _ = archive
    for article in articles:
        at = 0
        for start, end in (span for passage in cut(article.body) for span in passage.sentences):
            assert article.body[at:start].strip() == ""
            at = end
        assert article.body[at:].strip() == ""
