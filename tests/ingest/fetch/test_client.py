"""What a reply holds, and how long a request may last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from ingest.fetch import BadReply, Client, FetchError, Limits, Outside, TimedOut, Unreachable
from ingest.fetch.client import user_agent
from tests.ingest.fetch.conftest import Clients, Time
from tests.ingest.fetch.site import Answer, Site, moved, text

ETAG, CHANGED = '"v1"', "Tue, 01 Sep 2026 10:00:00 GMT"


def test_a_reply(site: Site, client: Clients) -> None:
    site.says["/a?b=1"] = text(
        "page",
        Content_Type="text/html; charset=utf-8",
        ETag=ETAG,
        Last_Modified=CHANGED,
        Set_Cookie="id=1",
        X_Tag="한국",
    )
    reply = client().get(f"  {site.url}/a?b=1#part ")
    assert (reply.status, reply.body) == (200, b"page")
    assert reply.final_url == reply.permanent_url == f"{site.url}/a?b=1"
    assert reply.content_type == "text/html; charset=utf-8"
    assert (reply.etag, reply.last_modified) == (ETAG, CHANGED)
    assert reply.headers["x-tag"] == "한국"
    assert "set-cookie" not in reply.headers


def test_the_user_agent_is_honest(site: Site) -> None:
    site.says["/"] = text("page")
    contact = "desk@example.org\r\nX: (한국) 1"
    with Client(contact=contact, allow_private=["127.0.0.1"], limits=Limits(gap=0)) as client:
        client.get(f"{site.url}/")
    agents = {a.headers["user-agent"] for a in site.log}
    assert agents == {user_agent("desk@example.orgX:1")}
    assert user_agent("desk@example.org").endswith(" (+desk@example.org)")
    assert user_agent().startswith("Dateline/")


def test_what_was_seen_before_is_not_sent_again(site: Site, client: Clients) -> None:
    def conditional(headers: object) -> Answer:
        asked = dict(headers)  # type: ignore[call-overload]
        same = asked.get("if-none-match") == ETAG or asked.get("if-modified-since") == CHANGED
        return Answer(304, {"ETag": ETAG}) if same else text("page", ETag=ETAG)

    site.says["/"] = conditional
    asking = client()
    assert asking.get(f"{site.url}/").status == 200
    for kept in ({"etag": ETAG}, {"last_modified": CHANGED}):
        reply = asking.get(f"{site.url}/", **kept)
        assert (reply.status, reply.body, reply.etag) == (304, b"", ETAG)
    assert "if-none-match" not in site.log[1].headers


def test_validators_that_no_header_may_hold_are_not_sent(site: Site, client: Clients) -> None:
    site.says["/"] = text("page")
    client().get(f"{site.url}/", etag='"a"\r\nX-Evil: 1', last_modified="화요일")
    assert not {"x-evil", "if-none-match", "if-modified-since"} & set(site.log[-1].headers)


def test_no_cookies_or_credentials_are_sent(
    site: Site, client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.says |= {"/1": Answer(302, {"Location": "/2", "Set-Cookie": "a=b"}), "/2": text("page")}
    asking = client()
    asking.get(f"{site.url}/1")
    asking.get(f"{site.url}/1")
    assert not any({"cookie", "authorization"} & set(a.headers) for a in site.log)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_other_refusals_are_replies(site: Site, client: Clients, status: int) -> None:
    site.says["/"] = Answer(status, body=b"sorry")
    reply = client().get(f"{site.url}/")
    assert (reply.status, reply.body) == (status, b"")


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([301], 1),
        ([308], 1),
        ([302], 0),
        ([303], 0),
        ([307], 0),
        ([301, 308, 301], 3),
        ([301, 302, 301], 1),
        ([302, 301], 0),
        ([301] * 5, 5),
    ],
)
def test_permanent_redirects_are_told(
    site: Site, client: Clients, statuses: list[int], permanent: int
) -> None:
    for hop, status in enumerate(statuses):
        site.says[f"/{hop}"] = moved(f"{hop + 1}", status)
    site.says[f"/{len(statuses)}"] = text("page")
    reply = client().get(f"{site.url}/0")
    assert reply.url == f"{site.url}/0"
    assert reply.final_url == f"{site.url}/{len(statuses)}"
    assert reply.permanent_url == f"{site.url}/{permanent}"


def test_a_redirect_may_name_another_host_and_be_written_badly(site: Site, client: Clients) -> None:
    site.says |= {
        "/1": moved(f"//a.example:{site.port}/한 국?q=é#x"),
        "/%ED%95%9C%20%EA%B5%AD?q=%C3%A9": text("page"),
    }
    reply = client().get(f"{site.url}/1")
    assert reply.final_url == f"http://a.example:{site.port}/%ED%95%9C%20%EA%B5%AD?q=%C3%A9"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(300),
        Answer(302),
        Answer(306, {"Location": "/"}),
        Answer(999),
        Answer(raw=[b"HTTP/1.1 two hundred\r\n\r\n"]),
        Answer(raw=[b"220 mail.example ESMTP\r\n\r\n"]),
        Answer(raw=[b"HTTP/1.1 200 OK\r\nA: " + b"a" * 200_000 + b"\r\n\r\n"]),
        Answer(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"]),
        Answer(raw=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"]),
        Answer(raw=[b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"]),
    ],
)
def test_what_is_not_http_is_told(site: Site, client: Clients, answer: Answer) -> None:
    site.says["/"] = answer
    with pytest.raises(BadReply):
        client().get(f"{site.url}/")


@pytest.mark.parametrize(
    "raw", [[], [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], [b"HTTP/1.1 200 OK\r\n"]]
)
def test_a_connection_that_ends_early_is_told(
    site: Site, client: Clients, raw: list[bytes]
) -> None:
    site.says["/"] = Answer(raw=raw)
    with pytest.raises(Unreachable, match="closed the connection early"):
        client().get(f"{site.url}/")
    assert len(site.paths) == 3


DRIPS: dict[str, Callable[[], Iterator[bytes]]] = {
    "status": lambda: (b for b in [b"H", *[b"T"] * 10_000]),
    "header": lambda: (b for b in [b"HTTP/1.1 200 OK\r\nA: ", *[b"a"] * 10_000]),
    "interim": lambda: (b"HTTP/1.1 103 Early Hints\r\n\r\n" for _ in range(10_000)),
    "body": lambda: (b for b in [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 10_000]),
    "chunks": lambda: (
        b
        for b in [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            *[b"1\r\nx\r\n"] * 10_000,
        ]
    ),
    "redirect": lambda: (b for b in [b"HTTP/1.1 302 Found\r\nLocation: /", *[b"a"] * 10_000]),
}


@pytest.mark.parametrize("where", DRIPS)
def test_a_drip_ends_at_the_deadline(site: Site, client: Clients, where: str) -> None:
    """A byte every 20 ms, for minutes: no read is ever late, only the whole is."""
    hung_up = threading.Event()

    def drip() -> Iterator[bytes]:
        try:
            for piece in DRIPS[where]():
                yield piece
                hung_up.wait(0.02)
        finally:
            hung_up.set()

    site.says["/"] = Answer(raw=drip())
    with pytest.raises(TimedOut, match=r"longer than 0\.3 s"):
        client(deadline=0.3).get(f"{site.url}/")
    assert len(site.paths) == 1


def test_the_deadline_holds_for_all_hops_together(site: Site, client: Clients) -> None:
    waiting = threading.Event()

    def slow(_: object) -> Answer:
        waiting.wait(0.15)
        return moved("/")

    site.says["/"] = slow
    with pytest.raises(TimedOut):
        client(deadline=0.3).get(f"{site.url}/")
    assert len(site.paths) <= 3


def test_a_name_that_is_never_resolved_ends_at_the_deadline(time: Time) -> None:
    never = threading.Event()

    def hang(*_: object) -> list[str]:
        never.wait(30)
        return []

    client = Client(outside=time.outside(addresses=hang), limits=Limits(deadline=0.2))
    with pytest.raises(TimedOut):
        client.get("http://slow.example/")
    never.set()


def test_closing_wakes_who_waits(site: Site) -> None:
    site.says["/"] = text("page")
    client = Client(allow_private=["127.0.0.1"], limits=Limits(gap=3600))
    said: list[str] = []

    def ask() -> None:
        with pytest.raises(FetchError) as caught:
            client.get(f"{site.url}/")
        said.append(caught.value.reason)

    thread = threading.Thread(target=ask)
    thread.start()
    while not site.robots:
        pass
    client.close()
    thread.join(30)
    assert said == ["the client was closed"]


def test_the_real_outside_knows_this_machine() -> None:
    assert "127.0.0.1" in Outside().addresses("localhost", 80)
