"""A time in UTC is told in the zone in which its page shows it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks import extraction
from benchmarks.extractors import by_dateline
from ingest.parsers import page

UTC_TIME = "2019-11-19T07:03:25+00:00"
LOCAL = "2019-11-18T23:03:25-08:00"


def published(inner: str, *, declared: str = UTC_TIME, head: str = "") -> str:
    """The date that is found in a page which declares this one and shows `inner`."""
    meta = f'<meta property="article:published_time" content="{declared}">{head}'
    text = "<p>The ministry said on Monday that the rate for cars will be 15 percent.</p>" * 4
    found = page.parse(
        f"<html><head><title>Rate set</title>{meta}</head><body><article><h1>Rate set</h1>{inner}"
        f"{text}</article></body></html>".encode()
    )
    return str(found["published"]["value"])


@pytest.mark.parametrize(
    "shown",
    [
        "<span>November 18, 2019 11:03 PM</span>",
        "<div>Published: Nov 18, 2019 at 11:03 pm | Updated: Nov 19, 2019 at 4:10 am</div>",
        "<div class='when'><span>Nov. 18, 2019</span> <span>11:03 PM</span></div>",
        "<time datetime='2019-11-18T23:03:00-08:00'>Monday</time>",
        "<p>2019-11-18 23:03</p>",
    ],
)
def test_the_zone_is_the_one_of_the_clock_that_readers_see(shown: str) -> None:
    assert published(shown) == LOCAL


def test_metadata_of_another_kind_may_show_the_clock() -> None:
    assert published("", head='<meta name="sailthru.date" content="2019-11-18 23:03:25">') == LOCAL


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "<span>November 18, 2019 11:04 PM</span>",
        "<span>November 19, 2019 7:03 AM</span>",
        "<span>November 16, 2019 11:03 PM</span>",
        "<ul><li>November 18, 2019 11:03 PM Another piece</li></ul>",
        "<span>November 18, 2019 11:03 PM</span><span>November 19, 2019 2:03 AM</span>",
    ],
)
def test_another_moment_another_piece_and_two_zones_say_nothing(shown: str) -> None:
    assert published(shown) == UTC_TIME


def test_a_zone_that_was_given_is_kept_unless_the_page_disproves_it() -> None:
    wrong = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rate set",'
        '"datePublished":"2019-11-19T07:03:25-08:00"}</script>'
    )
    assert published("", head=wrong) == "2019-11-19T07:03:25-08:00"
    assert published("<span>November 18, 2019 11:03 PM</span>", head=wrong) == LOCAL
    given = "2019-11-19T07:03:25+09:00"
    assert published("<span>November 18, 2019 11:03 PM</span>", declared=given) == given


def test_days_of_real_pages_are_those_that_they_show(shared: Path) -> None:
    """The pages that were set apart; the others are in docs/measurements.md."""
    folder = shared / "pages/article-extraction-benchmark"
    known = list(extraction.datelines().items())[extraction.SEEN :]
    names = {name[:6]: (name, url) for name, (url, _) in extraction.pages(folder).items()}
    outcomes = []
    for short, (day, _) in known:
        name, url = names[short]
        data = gzip.decompress((folder / f"html/{name}.html.gz").read_bytes())
        if day:
            outcomes.append(extraction.day_outcome(day, by_dateline(data, url).day or ""))
    assert len(outcomes) == 35
    assert outcomes.count("right") >= 34
