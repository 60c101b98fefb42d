"""How often, how closely and how stubbornly a host is asked: promise S3."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest

from ingest.fetch import Busy, Client, Limits, Unreachable
from ingest.fetch.pacing import retry_after
from tests.ingest.fetch.conftest import START, Clients, Time
from tests.ingest.fetch.site import Answer, Site, moved, text

DAY = 24 * 3600
GAP = 0.2


def later(seconds: float) -> str:
    """An HTTP date that long after the tests' time."""
    return format_datetime(START + timedelta(seconds=seconds), usegmt=True)


def busy(status: int, after: str = "") -> Answer:
    """429 or 503, with a Retry-After."""
    return Answer(status, {"Retry-After": after} if after else {})


def test_one_connection_and_a_gap_for_all_threads(site: Site) -> None:
    """Really waited, with robots.txt, redirects and retries in between."""
    site.says |= {
        "/page": text("page"),
        "/moved": moved("/page"),
        "/fails": [Answer(500), text("page")],
        "/busy": [busy(429, "0"), text("page")],
    }
    client = Client(allow_private=["127.0.0.1"], limits=Limits(gap=GAP, jitter=0.01))
    paths = ["/page", "/moved", "/fails", "/page", "/busy", "/page"]
    with ThreadPoolExecutor(6) as threads:
        replies = list(threads.map(client.get, [site.url + p for p in paths]))
    assert [r.body for r in replies] == [b"page"] * 6
    assert len(site.log) == 10
    assert site.most_connections == 1
    assert min(site.gaps()) >= GAP


def test_other_hosts_do_not_wait(site: Site, client: Clients, time: Time) -> None:
    site.says["/"] = text("page")
    asking = client(gap=5)
    for name in ("127.0.0.1", "a.example", "b.example"):
        asking.get(f"http://{name}:{site.port}/")
    assert time.slept == [5, 5, 5]  # each between its robots.txt and its page


def test_the_gap_counts_from_the_end(site: Site, client: Clients, time: Time) -> None:
    def slow(_: object) -> Answer:
        time.passed += 100
        return text("page")

    site.says["/"] = slow
    asking = client(gap=5)
    asking.get(f"{site.url}/")
    asking.get(f"{site.url}/")
    assert time.slept == [5, 5]


def test_a_host_that_rested_is_asked_at_once(site: Site, client: Clients, time: Time) -> None:
    site.says["/"] = text("page")
    asking = client(gap=5)
    asking.get(f"{site.url}/")
    time.passed += 5
    asking.get(f"{site.url}/")
    assert time.slept == [5]


def test_crawl_delay_is_obeyed(site: Site, client: Clients, time: Time) -> None:
    site.says |= {"/robots.txt": text("User-agent: *\nCrawl-delay: 12"), "/": text("page")}
    asking = client(gap=1)
    for _ in range(3):
        asking.get(f"{site.url}/")
    assert time.slept == [12, 12, 12]


def test_hops_of_a_redirect_wait_too(site: Site, client: Clients, time: Time) -> None:
    site.says |= {"/1": moved("/2"), "/2": moved("/3", 301), "/3": text("page")}
    client(gap=1).get(f"{site.url}/1")
    assert time.slept == [1, 1, 1]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["45", later(46)])  # by then a second was waited
def test_retry_after_is_waited_for(
    site: Site, client: Clients, time: Time, status: int, after: str
) -> None:
    site.says["/"] = [busy(status, after), text("page")]
    assert client(gap=1).get(f"{site.url}/").body == b"page"
    assert time.slept == [1, 45]


@pytest.mark.parametrize("after", ["61", "3600", later(7200)])
def test_a_long_retry_after_is_told_and_the_host_left_alone(
    site: Site, client: Clients, time: Time, after: str
) -> None:
    site.says |= {"/": [busy(503, after), text("page")], "/other": text("other")}
    asking = client(gap=0)
    with pytest.raises(Busy) as caught:
        asking.get(f"{site.url}/")
    wait = (caught.value.retry_at - START).total_seconds()
    assert wait == {"61": 61, "3600": 3600}.get(after, 7200)
    time.passed = wait - 1
    with pytest.raises(Busy) as again:
        asking.get(f"{site.url}/other")
    assert again.value.retry_at == caught.value.retry_at
    assert site.paths == ["/"]
    time.passed = wait
    assert asking.get(f"{site.url}/other").body == b"other"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        (later(90), 90),
        (later(-90), 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0),
        ("Tuesday, 01-Sep-26 12:01:00 GMT", 60),
        ("Tue Sep  1 12:01:00 2026", 60),
        ("999999999999999999999", DAY),
        (later(400 * DAY), DAY),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Fri, 99 Dec 9999 99:99:99 GMT", None),
    ],
)
def test_forms_of_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, START) == seconds


def test_a_host_that_stays_busy_is_left_alone(site: Site, client: Clients, time: Time) -> None:
    site.says["/"] = busy(429)
    asking = client(gap=1)
    with pytest.raises(Busy):
        asking.get(f"{site.url}/")
    assert len(site.paths) == 3
    with pytest.raises(Busy):
        asking.get(f"{site.url}/other")
    assert len(site.paths) == 3
    time.passed += 61
    assert asking.get(f"{site.url}/other").status == 404


def test_a_page_that_is_unavailable_does_not_stop_its_host(site: Site, client: Clients) -> None:
    site.says |= {"/": busy(503), "/other": text("other")}
    asking = client(gap=1)
    with pytest.raises(Busy):
        asking.get(f"{site.url}/")
    assert asking.get(f"{site.url}/other").body == b"other"


@pytest.mark.parametrize("status", [500, 502, 504, 520])
def test_a_failing_host_is_asked_again_ever_later(
    site: Site, client: Clients, time: Time, status: int
) -> None:
    site.says["/"] = Answer(status)
    with pytest.raises(Unreachable, match=f"answered {status}") as caught:
        client(gap=1, jitter=4).get(f"{site.url}/")
    assert caught.value.status == status
    assert time.slept == [1, 4, 8]  # at most: chance is 1 here


def test_a_failure_that_passes_is_not_told(site: Site, client: Clients) -> None:
    closed = Answer(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
    site.says["/"] = [Answer(500), closed, text("page")]
    assert client().get(f"{site.url}/").body == b"page"


def test_waits_are_random_and_never_shorter_than_the_gap(
    site: Site, client: Clients, time: Time
) -> None:
    site.says["/"] = Answer(500)
    chance = random.Random(1).random
    with pytest.raises(Unreachable):
        client(time.outside(chance=chance), gap=1, jitter=8).get(f"{site.url}/")
    first, second, third = time.slept
    assert first == 1
    assert 1 <= second <= 8
    assert 1 <= third <= 16
    assert {second, third}.isdisjoint({8.0, 16.0})


def test_retries_are_counted_over_the_hops(site: Site, client: Clients) -> None:
    site.says |= {"/1": [Answer(500), moved("/2")], "/2": Answer(500)}
    with pytest.raises(Unreachable):
        client().get(f"{site.url}/1")
    assert site.paths == ["/1", "/1", "/2", "/2"]
