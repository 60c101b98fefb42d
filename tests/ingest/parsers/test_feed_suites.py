"""Every file of three feed parsers' suites, against what the suites expect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from ingest.parsers import feed
from tests.ingest.parsers.suites import (
    Case,
    Wish,
    feedparser_cases,
    files,
    gofeed_cases,
    meets,
    rss_parser_cases,
)

SUITES: dict[str, tuple[str, Callable[[Path], Iterator[Case]]]] = {
    "feedparser": ("feeds/feedparser/tests", feedparser_cases),
    "gofeed": ("feeds/gofeed/testdata", gofeed_cases),
    "rss-parser": ("feeds/rss-parser/test", rss_parser_cases),
}
TABLE = Path(__file__).with_name("on_purpose.tsv")

# Expectations compared, met, and not met on purpose: a change shows here.
COUNTS = {"feedparser": (1275, 1252, 23), "gofeed": (313, 291, 22), "rss-parser": (6259, 6024, 235)}

Row = tuple[str, str, str, str]


def on_purpose() -> list[Row]:
    """Where Dateline differs: suite, pattern of file names, field, reason."""
    rows = [row.split("\t") for row in TABLE.read_text().splitlines() if row[:1] not in {"", "#"}]
    return [(suite, files, field, why) for suite, files, field, why in rows]


def reason(suite: str, wish: Wish) -> Row | None:
    for row in on_purpose():
        named = fnmatch(wish.file, row[1]) or fnmatch(wish.file.removeprefix("wellformed/"), row[1])
        if row[0] == suite and named and row[2] in {wish.field, "*"}:
            return row
    return None


def compared(shared: Path, suite: str) -> tuple[Counter[str], list[str], set[Row]]:
    """Counts, the wishes that are not met without a reason, and the reasons that were used."""
    folder, cases = SUITES[suite]
    counts: Counter[str] = Counter()
    unmet: list[str] = []
    used: set[Row] = set()
    for case in cases(shared / folder):
        counts["files"] += 1
        counts["about other things"] += case.unused
        found = parsed(case)
        for wish in case.wishes:
            counts["compared"] += 1
            if found is not None and meets(wish, found):
                counts["met"] += 1
            elif row := reason(suite, wish):
                counts["on purpose"] += 1
                used.add(row)
            else:
                unmet.append(f"{wish} but {found}"[:600])
    return counts, unmet, used


def parsed(case: Case) -> dict[str, object] | None:
    try:
        return feed.parse(case.path.read_bytes(), url=case.url, content_type=case.content_type)
    except ValueError:
        return None


@pytest.mark.shared
@pytest.mark.parametrize("suite", SUITES)
def test_a_feed_says_what_its_suite_expects(shared: Path, suite: str) -> None:
    counts, unmet, used = compared(shared, suite)
    assert unmet == []
    assert (counts["compared"], counts["met"], counts["on purpose"]) == COUNTS[suite]
    assert used == {row for row in on_purpose() if row[0] == suite}, "a reason without a case"


@pytest.mark.shared
def test_no_file_of_any_suite_makes_the_parser_fail(shared: Path) -> None:
    """Ill-formed ones are refused with a reason, or read as far as possible."""
    outcomes: Counter[str] = Counter()
    for path in files(shared / folder for folder, _ in SUITES.values()):
        try:
            found = feed.parse(path.read_bytes(), url="https://example.org/feed")
        except ValueError as refused:
            outcomes["refused"] += 1
            outcomes["unexplained"] += not str(refused).startswith("is ")
        else:
            outcomes["read"] += 1
            for entry in found["entries"]:
                assert entry["url"] == "" or entry["url"].startswith(("http://", "https://"))
                assert all(isinstance(value, str) for value in entry.values())
    assert outcomes["unexplained"] == 0
    assert outcomes["read"] > 2_500
