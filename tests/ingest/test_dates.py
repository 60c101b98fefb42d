"""Dates as sources write them."""

from datetime import UTC, datetime

import pytest

from ingest.dates import dated, parse

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)

READ = {
    "2025-07-31": "2025-07-31",
    " 2025-07-31 ": "2025-07-31",
    "2025-7-1": "2025-07-01",
    "20250731": "2025-07-31",
    "2025/07/31": "2025-07-31",
    "2025.07.31": "2025-07-31",
    "2025.7.31.": "2025-07-31",
    "2025. 7. 31.": "2025-07-31",
    "2025년 7월 31일": "2025-07-31",
    "2025년 7월 31일 오후 2시 05분": "2025-07-31T14:05:00",
    "2025년 7월 31일 오후 2시 5분": "2025-07-31T14:05:00",
    "2025.07.31 오전 09:30": "2025-07-31T09:30:00",
    "2025-07-31 19:08:24-04:00": "2025-07-31T19:08:24-04:00",
    "2025-07-31T19:08:24Z": "2025-07-31T19:08:24+00:00",
    "2025-07-31T19:08:24.123456+0900": "2025-07-31T19:08:24+09:00",
    "2025-07-31T19:08+09": "2025-07-31T19:08:00+09:00",
    "2025-07-31T19:08:24": "2025-07-31T19:08:24",
    "2025-07-31 19:08 KST": "2025-07-31T19:08:00+09:00",
    "Thu, 31 Jul 2025 19:08:24 -0400": "2025-07-31T19:08:24-04:00",
    "Thu, 31 Jul 2025 19:08:24 GMT": "2025-07-31T19:08:24+00:00",
    "31 Jul 2025 19:08 EST": "2025-07-31T19:08:00-05:00",
    "31 July 2025": "2025-07-31",
    "Thursday, 31 July 2025": "2025-07-31",
    "31st July, 2025": "2025-07-31",
    "July 31, 2025": "2025-07-31",
    "Jul. 31 2025": "2025-07-31",
    "Thursday, July 31, 2025": "2025-07-31",
    "July 31, 2025 7:08 p.m. EDT": "2025-07-31T19:08:00-04:00",
    "July 31, 2025 at 12:08 AM": "2025-07-31T00:08:00",
    "1753999704": "2025-07-31T22:08:24+00:00",
    "1753999704.5": "2025-07-31T22:08:24+00:00",
    "1753999704000": "2025-07-31T22:08:24+00:00",
}


@pytest.mark.parametrize(("written", "iso"), READ.items())
def test_a_date_keeps_its_precision_and_offset(written: str, iso: str) -> None:
    found = dated(written, "front matter: date", now=NOW)
    assert found is not None
    assert (found.iso, found.found) == (iso, "front matter: date")
    assert found.date_only == (len(iso) == 10)
    assert found.instant.tzinfo


@pytest.mark.parametrize(
    "written",
    ["", "soon", "2025-13-01", "2025-02-30", "0000-00-00", "07/08/2025", "2025", "July 2025",
     "2025-07-31T25:00", "31 Juli 2025", "99999999999999999", "-1", "Tue, 99 Foo 2025 10:00"],
)  # fmt: skip
def test_what_is_no_date_is_not_guessed_at(written: str) -> None:
    assert parse(written) is None


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ("1989-12-31", False),
        ("1990-01-01", True),
        ("2026-09-03", True),
        ("2026-09-04", False),
        ("2026-09-03T11:59:00Z", True),
        ("2026-09-03T12:01:00Z", False),
        ("9999-12-31T23:59:59-12:00", False),
        ("0001-01-01", False),
    ],
)
def test_a_date_that_cannot_be_true_is_unknown(written: str, possible: bool) -> None:
    assert (dated(written, "test", now=NOW) is not None) is possible
