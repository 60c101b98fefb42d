"""A probe of the web surface: what strangers, floods and slow clients get (RELIABILITY.md).

S10: sessions do not leak into each other, foreign hosts and origins are refused; S11: no
secret is shown and nothing is asked of other machines; S13: overload is refused politely.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatbot import Answer, Claim
from tests.ui.serving import served
from ui.store import Store
from ui.store.operators import Operators, Throttled
from ui.store.owner import owner_of
from ui.store.passwords import hash_password
from ui.web import guard as web_guard
from ui.web.page import WAITING
from vectorstore import Archive

CANARY = "sk-canary-7f3a9c"


class Slow:
    """A chain that answers when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    async def ainvoke(self, _inputs: Any) -> Answer:
        await asyncio.to_thread(self.go.wait, 60)
        return Answer(claims=(Claim(text="Done.", citations=()),))

    async def astream(self, inputs: Any) -> AsyncIterator[Answer]:
        yield await self.ainvoke(inputs)


@pytest.fixture(scope="module")
def chain() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def base(newsroom: Archive, chain: Slow) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATELINE_LOGIN", "ed:hunter2")
        with served(newsroom, chain) as address:
            yield address
            chain.go.set()


def test_twenty_browsers_see_nothing_of_each_other(base: str, newsroom: Archive) -> None:
    store = Store.beside(newsroom)

    def visit(n: int) -> tuple[httpx.Client, str]:
        client = httpx.Client(base_url=base, timeout=60)
        client.get("/")
        kept = store.create(owner_of(dict(client.cookies)), f"secret-{n:02}-")
        return client, kept.id

    with ThreadPoolExecutor(5) as pool:
        browsers = list(pool.map(visit, range(20)))
    leaks = []
    for n, (client, own) in enumerate(browsers):
        shown = client.get("/view/conversations").text
        leaks += [m for m in range(20) if (f"secret-{m:02}-" in shown) != (m == n)]
        other = browsers[(n + 7) % 20][1]
        assert client.get(f"/keep/{own}/export/json").status_code == 200
        for response in (
            client.get(f"/keep/{other}/export/json"),
            client.post(f"/keep/{other}/rename", json={"name": "mine"}),
            client.post(f"/keep/{other}/share", json={}),
            client.post(f"/keep/{other}/delete", json={}),
        ):
            assert response.status_code == 404
        client.close()
    assert leaks == []
    bare = httpx.get(f"{base}/keep/{browsers[0][1]}/export/json")
    assert bare.status_code == 403
    store.close()


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp", "/keep/feedback"])
def test_foreign_hosts_and_sites_are_refused(base: str, path: str) -> None:
    for headers, status in (
        ({"host": "evil.example"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ):
        refused = httpx.post(base + path, json={}, headers=headers)
        assert refused.status_code == status
        assert "access-control-allow-origin" not in refused.headers
        assert refused.headers["x-frame-options"] == "DENY"


def test_uploads_are_only_for_operators(base: str) -> None:
    files = {"files": ("a.txt", b"x" * 1000)}
    assert httpx.post(f"{base}/gradio_api/upload", files=files).status_code == 404
    assert httpx.post(f"{base}/operate/upload/a.txt", content=b"x").status_code == 403
    assert httpx.post(f"{base}/operate/run", json={"names": []}).status_code == 403


def test_a_question_of_a_megabyte_is_refused(base: str) -> None:
    long = "x" * 1_000_000
    for path, body in (
        ("/api/ask", {"question": long}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": long}]}),
        ("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"x": long}}),
        ("/gradio_api/queue/join", {"data": [long], "fn_index": 0, "session_hash": "x"}),
    ):
        refused = httpx.post(base + path, json=body)
        assert refused.status_code == 413, path
        assert "too long" in refused.text
    almost = {"messages": [{"role": "user", "content": "x" * 17_000}]}
    refused = httpx.post(f"{base}/v1/chat/completions", json=almost)
    assert refused.status_code == 400
    assert "16 kB" in refused.text


def test_a_body_that_drips_is_given_up(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_guard, "SLOWEST_BODY", 0.2)
    host, port = base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as drip:
        head = f"POST /api/ask HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 100\r\n\r\n"
        drip.sendall(head.encode() + b"{")
        assert b" 408 " in drip.recv(4096).split(b"\r\n")[0]


def test_when_too_many_ask_more_are_told_to_come_again(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_guard, "MOST_AT_ONCE", 0)
    refused = httpx.post(f"{base}/api/ask", json={"question": "x"})
    assert refused.status_code == 503
    assert "try again" in refused.json()["error"]["message"]
    assert httpx.get(f"{base}/api/health").status_code == 200


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_full_queue_is_refused_politely(base: str, chain: Slow, count: int) -> None:
    with httpx.Client(base_url=base, timeout=60) as client:
        events = client.get("/config").json()["dependencies"]
        ask = next(e["id"] for e in events if e["api_name"] == "ask")
        body = {"data": ["question", "", "", "", None], "fn_index": ask}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answers: Counter[int] = Counter()
        said = ""
        for n in range(count):
            joined = client.post("/gradio_api/queue/join", json=body | {"session_hash": f"s{n}"})
            answers[joined.status_code] += 1
            said = joined.text if joined.status_code != 200 else said
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert set(answers) == {200, 503}
        assert answers[200] <= WAITING + 50
        assert "full" in json.loads(said)["detail"].lower()
        assert client.get("/api/health").status_code == 200
        assert grown < 200 * 1024
        chain.go.set()


def test_no_secret_is_shown_and_nothing_leaves_the_machine(
    newsroom: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DATELINE_API_TOKEN", CANARY)
    monkeypatch.setenv("DATELINE_LOGIN", f"ed:{CANARY}")
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    reached: list[Any] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1")):
            reached.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    caplog.set_level(logging.DEBUG, logger="ui")
    shown = []
    with served(newsroom) as address, httpx.Client(base_url=address, timeout=120) as client:
        token = {"Authorization": f"Bearer {CANARY}"}
        for path in ("/", "/config", "/login", "/api/status", "/api/openapi.json", "/view/sources"):
            shown.append(client.get(path, headers=token).text)
            shown.append(client.get(path, headers={"Authorization": f"Basic {CANARY}"}).text)
        shown.append(client.post("/api/ask", json={"question": "tariff"}, headers=token).text)
        shown.append(client.post("/api/ask", json={"question": 1}, headers=token).text)
        shown.append(client.post("/login", data={"name": "ed", "password": "no"}).text)
    assert CANARY not in "".join(shown)
    assert CANARY not in caplog.text
    assert reached == []


def test_passwords_are_hashed_and_tries_are_counted(tmp_path: Path) -> None:
    now = [0.0]
    store = Store(tmp_path / "conversations.db")
    operators = Operators(store, {"ed": hash_password("hunter2")}, clock=lambda: now[0])
    assert "hunter2" not in repr(operators) + str(operators.hashes)
    token = operators.login("ed", "hunter2", "a")
    assert token
    assert operators.who({"dateline_operator": token}) == "ed"
    assert operators.who({"dateline_operator": token + "x"}) == ""
    for _ in range(5):
        assert operators.login("nobody", "hunter2", "b") is None
    with pytest.raises(Throttled):
        operators.login("ed", "hunter2", "b")
    assert operators.login("ed", "hunter2", "c")
    now[0] = 400.0
    assert operators.login("ed", "hunter2", "b")
    now[0] = 13 * 3600
    assert operators.who({"dateline_operator": token}) == ""
    assert Operators(store, {}, local=False).who({}) == ""
    store.close()
