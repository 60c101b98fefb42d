"""robots.txt by RFC 9309: what it says, and when it is asked for."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.fetch import (
    BadReply,
    Busy,
    Client,
    Disallowed,
    FetchError,
    Limits,
    TimedOut,
    Unreachable,
)
from ingest.fetch.robots import LONGEST, parse
from tests.ingest.fetch.conftest import Clients, Time
from tests.ingest.fetch.site import Answer, Site, moved, text

ALL = "User-agent: *\n"
SAYS = [
    # robots.txt, path, allowed
    ("", "/", True),
    ("no robots at all <html>", "/", True),
    (ALL + "Disallow: /", "/", False),
    (ALL + "Disallow: /", "/robots.txt", True),
    (ALL + "Disallow:", "/", True),
    (ALL + "Allow:\nDisallow: /a", "/a", False),
    ("Disallow: /", "/", True),  # no group
    # 2.2.1: the product token, whole, in any case; several groups are one
    ("User-agent: Dateline\nDisallow: /a", "/a", False),
    ("User-agent: dAtElInE\nDisallow: /a", "/a", False),
    ("USER-AGENT: dateline\nDISALLOW: /a", "/a", False),
    ("User-agent: Dateline/1.0\nDisallow: /a", "/a", False),
    ("User-agent: Date\nDisallow: /a", "/a", True),
    ("User-agent: Datelines\nDisallow: /a", "/a", True),
    ("User-agent: line\nDisallow: /a", "/a", True),
    ("User-agent: Googlebot\nDisallow: /", "/a", True),
    (ALL + "Disallow: /\n\nUser-agent: Dateline\nDisallow: /b", "/a", True),
    ("User-agent: Dateline\nDisallow: /b\n\n" + ALL + "Disallow: /", "/a", True),
    (ALL + "Disallow: /\n\nUser-agent: Dateline\nDisallow:", "/a", True),
    (ALL + "Disallow: /\n\nUser-agent: Date\nAllow: /", "/a", False),
    ("User-agent: x\nUser-agent: dateline\nDisallow: /a", "/a", False),
    ("User-agent: dateline\nUser-agent: x\nDisallow: /a", "/a", False),
    ("User-agent: dateline\n\n\nDisallow: /a", "/a", False),
    ("User-agent: dateline\nDisallow: /a\n\nUser-agent: dateline\nDisallow: /b", "/a", False),
    ("User-agent: dateline\nDisallow: /a\n\nUser-agent: dateline\nDisallow: /b", "/b", False),
    ("User-agent: dateline\nDisallow: /a\nUser-agent: x\nDisallow: /b", "/b", True),
    (ALL + "Disallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", False),
    ("User-agent: dateline\nSitemap: https://x.example/s.xml\nDisallow: /a", "/a", False),
    ("User-agent: *abc\nDisallow: /a", "/a", True),
    # 2.2.2: the longest match; Allow wins a tie; case and escapes of paths
    (ALL + "Disallow: /a\nAllow: /a/b", "/a/b/c", True),
    (ALL + "Allow: /a/b\nDisallow: /a", "/a/b/c", True),
    (ALL + "Allow: /a/b\nDisallow: /a", "/a/c", False),
    (ALL + "Disallow: /a\nAllow: /a", "/a", True),
    (ALL + "Allow: /a\nDisallow: /a", "/a", True),
    (ALL + "Disallow: /example/\nAllow: /example/page", "/example/page.html", True),
    (ALL + "Disallow: /a", "/A", True),
    (ALL + "Disallow: /a", "/ab", False),
    (ALL + "Disallow: /a/", "/a", True),
    (ALL + "Disallow: /a?b", "/a?b=1", False),
    (ALL + "Disallow: /a?b", "/a?c", True),
    (ALL + "Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
    (ALL + "Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
    (ALL + "Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    (ALL + "Disallow: /a%3cd.html", "/a%3Cd.html", False),
    # 2.2.3: * and $
    (ALL + "Disallow: *.gif$", "/a/b.gif", False),
    (ALL + "Disallow: *.gif$", "/a/b.gif?x", True),
    (ALL + "Disallow: /*/private/", "/x/private/y", False),
    (ALL + "Disallow: /*/private/", "/private/y", True),
    (ALL + "Disallow: /a$", "/a", False),
    (ALL + "Disallow: /a$", "/ab", True),
    (ALL + "Disallow: /*?", "/a?b", False),
    (ALL + "Disallow: /*?", "/a", True),
    (ALL + "Disallow: /\nAllow: /$", "/", True),
    (ALL + "Disallow: /\nAllow: /$", "/a", False),
    # Lines: comments, spaces, ends, what is unknown
    (ALL + "Disallow: /a # not this", "/a", False),
    ("User-agent: Dateline # us\nDisallow: /a", "/a", False),
    ("# all\n" + ALL + "# but\nDisallow: /a", "/a", False),
    ("  User-agent :  *  \n  Disallow :  /a  ", "/a", False),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    (ALL + "Noindex: /a\nDisallow: /b", "/b", False),
    (ALL + "Crawl-delay: 5\nDisallow: /b", "/b", False),
]


@pytest.mark.parametrize(("robots", "path", "allowed"), SAYS)
def test_what_robots_txt_says(robots: str, path: str, allowed: bool) -> None:
    assert parse(robots.encode()).allows(f"https://a.example{path}") is allowed


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        (ALL + "Crawl-delay: 7", 7),
        (ALL + "Crawl-delay: 0.5", 0.5),
        (ALL + "Crawl-delay: 86400", 30),
        (ALL + "Crawl-delay: soon", 0),
        (ALL + "Crawl-delay: -1", 0),
        (ALL + "Crawl-delay: 9\n\nUser-agent: dateline\nDisallow: /a", 0),
        ("", 0),
    ],
)
def test_the_delay_that_it_asks_for(robots: str, delay: float) -> None:
    assert parse(robots.encode()).delay == delay


def test_the_first_500_kib_are_read_and_no_half_line() -> None:
    start = b"User-agent: *\nDisallow: /first\n"
    filler = b"#" * (LONGEST - len(start) - len(b"\nDisallow: /") - 1) + b"\n"
    rules = parse(start + filler + b"Disallow: /last-one\nDisallow: /beyond\n")
    assert not rules.allows("https://a.example/first")
    assert rules.allows("https://a.example/last")
    assert rules.allows("https://a.example/beyond")


@pytest.mark.parametrize("body", [bytes(range(256)) * 10, b"\xff\xfe\x00U", b"\n" * 100_000])
def test_nonsense_allows(body: bytes) -> None:
    assert parse(body).allows("https://a.example/")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_a_robots_txt_that_is_missing_allows(site: Site, client: Clients, status: int) -> None:
    site.says |= {"/robots.txt": Answer(status), "/": text("page")}
    assert client().get(f"{site.url}/").body == b"page"


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Disallowed), (502, Disallowed), (504, Disallowed), (503, Busy), (429, Busy)],
)
def test_a_robots_txt_that_fails_forbids(
    site: Site, client: Clients, status: int, error: type[FetchError]
) -> None:
    site.says |= {"/robots.txt": Answer(status), "/": text("page")}
    with pytest.raises(error):
        client().get(f"{site.url}/")
    assert (site.robots, site.paths) == (3, [])


def test_a_robots_txt_that_never_comes_forbids(site: Site, client: Clients) -> None:
    asked = threading.Event()
    site.says["/robots.txt"] = lambda _: Answer(
        raw=[b"HTTP/1.1 200 OK\r\n" if asked.wait(1) else b""]
    )
    with pytest.raises(TimedOut):
        client(deadline=0.2).get(f"{site.url}/")
    asked.set()
    assert site.paths == []


def test_a_host_that_is_gone_is_told_as_such_and_not_asked_again_soon(time: Time) -> None:
    gone = Site()
    gone.close()
    tried: list[str] = []

    def addresses(host: str, _: int) -> list[str]:
        tried.append(host)
        return ["127.0.0.1"]

    outside = time.outside(addresses=addresses)
    client = Client(allow_private=["127.0.0.1"], outside=outside, limits=Limits(jitter=0))
    for page in range(5):
        with pytest.raises(Unreachable, match="the connection failed"):
            client.get(f"{gone.url}/{page}")
    assert len(tried) == 3  # one get() with its retries
    time.passed += 700
    with pytest.raises(Unreachable):
        client.get(f"{gone.url}/")
    assert len(tried) == 6


@pytest.mark.parametrize(("hops", "allowed"), [(1, False), (5, False), (6, True)])
def test_redirects_to_it_are_followed_five_times(
    site: Site, client: Clients, hops: int, allowed: bool
) -> None:
    for hop in range(1, hops):
        site.says[f"/{hop}"] = moved(f"/{hop + 1}", 301)
    site.says["/robots.txt"] = moved("/1")
    site.says[f"/{hops}"] = text(ALL + "Disallow: /")
    site.says["/page"] = text("page")
    if allowed:
        assert client().get(f"{site.url}/page").status == 200
    else:
        with pytest.raises(Disallowed, match="does not allow"):
            client().get(f"{site.url}/page")


def test_a_redirect_that_leads_nowhere_forbids(site: Site, client: Clients) -> None:
    site.says["/robots.txt"] = Answer(302)
    with pytest.raises(Disallowed, match="not where to"):
        client().get(f"{site.url}/")


def test_rules_found_at_another_host_bind_the_first(site: Site, client: Clients) -> None:
    site.says["/robots.txt"] = lambda headers: (
        moved(f"http://b.example:{site.port}/robots.txt")
        if headers["host"].startswith("a.")
        else text("User-agent: dateline\nDisallow: /a")
    )
    site.says |= {"/a": text("page"), "/b": text("page")}
    asking = client()
    with pytest.raises(Disallowed):
        asking.get(f"http://a.example:{site.port}/a")
    assert asking.get(f"http://a.example:{site.port}/b").status == 200


def test_it_is_asked_once_a_day_and_host(site: Site, client: Clients, time: Time) -> None:
    site.says["/"] = text("page")
    asking = client()
    for _ in range(3):
        asking.get(f"{site.url}/")
    assert site.robots == 1
    asking.get(f"http://a.example:{site.port}/")
    assert site.robots == 2
    time.passed += 24 * 3600 + 1
    asking.get(f"{site.url}/")
    assert site.robots == 3


def test_many_threads_ask_for_it_once(site: Site, client: Clients) -> None:
    site.says["/"] = text("page")
    asking = client(gap=0)
    with ThreadPoolExecutor(8) as threads:
        assert all(r.status == 200 for r in threads.map(asking.get, [f"{site.url}/"] * 8))
    assert site.robots == 1


def test_an_old_copy_holds_while_the_host_fails(site: Site, client: Clients, time: Time) -> None:
    rules = text(ALL + "Disallow: /a")
    site.says |= {"/robots.txt": [rules, Answer(500)], "/b": text("page")}
    asking = client()
    asking.get(f"{site.url}/b")
    time.passed += 48 * 3600
    assert asking.get(f"{site.url}/b").status == 200
    with pytest.raises(Disallowed, match="does not allow"):
        asking.get(f"{site.url}/a")


def test_a_compressed_one_is_read_and_a_huge_one_is_cut(site: Site, client: Clients) -> None:
    rules = (ALL + "Disallow: /a\n").encode()
    body = gzip.compress(rules + b"# long\n" * 1_000_000)
    site.says["/robots.txt"] = text(body, content_encoding="gzip")
    with pytest.raises(Disallowed, match="does not allow"):
        client().get(f"{site.url}/a")


def test_a_broken_one_forbids(site: Site, client: Clients) -> None:
    site.says["/robots.txt"] = text(b"not gzip", content_encoding="gzip")
    with pytest.raises(Disallowed, match="could not be had"):
        client().get(f"{site.url}/a")


def test_every_hop_asks_the_robots_txt_of_its_host(site: Site, client: Clients) -> None:
    site.says["/robots.txt"] = lambda headers: (
        text(ALL + "Disallow: /end") if headers["host"].startswith("b.") else Answer(404)
    )
    site.says["/start"] = moved(f"http://b.example:{site.port}/end", 301)
    with pytest.raises(Disallowed, match=r"b\.example"):
        client().get(f"http://a.example:{site.port}/start")
    assert site.paths == ["/start"]


def test_a_redirect_loop_of_robots_txt_ends(site: Site, client: Clients) -> None:
    site.says |= {"/robots.txt": moved("/robots.txt"), "/": moved("/")}
    with pytest.raises(BadReply, match="redirects more than 5 times"):
        client().get(f"{site.url}/")
    assert (site.robots, len(site.paths)) == (6, 6)
