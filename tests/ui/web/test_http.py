"""The web app's HTTP surface: what it serves, what it refuses, and its headers."""

from __future__ import annotations

import base64
import gc
import hashlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from chatbot import build_chain
from tests.conftest import article, put
from ui.store.owner import COOKIE, owner_of
from ui.web.app import _warm, build_app, serve
from ui.web.bodies import MAX_BODY
from ui.web.listening import check_port
from vectorstore import Archive, InputError

BODY = "The talks began.\n\nThe rate is <b>15</b> percent.\n\nThey end."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("http") / "archive", create=True) as opened:
        put(opened, [article("a.md", BODY, headline="Talks", published="2025-07-31")])
        yield opened


@pytest.fixture(scope="module")
def client(archive: Archive) -> Iterator[TestClient]:
    app = build_app(archive, SimpleNamespace(), hosts=["news.example"])
    with TestClient(app, base_url="http://127.0.0.1:7860") as opened:
        yield opened


def test_health_says_that_it_lives_and_nothing_else(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"ok": True}


def test_every_response_has_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/healthz", "/dateline/dateline.css", "/gradio_api/upload", "/nowhere"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert headers["referrer-policy"] == "same-origin", path
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe-inline" not in policy.split("style-src")[0], path
        assert "access-control-allow-origin" not in headers, path


def test_the_page_may_run_its_own_inline_scripts_and_no_others(client: TestClient) -> None:
    response = client.get("/")
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", response.text, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in response.headers["content-security-policy"]


def test_the_page_names_the_files_that_it_needs_and_they_come_compressed(
    client: TestClient,
) -> None:
    page = client.get("/").text
    named = re.findall(r'(?:modulepreload|as="style")[^>]* href="([^"]+)"', page)
    ours = re.findall(r'(?:src|href)="(/dateline/[^"]+)"', page)
    assert len(ours) == 3
    assert {"js", "css"} == {path.rsplit(".", 1)[1] for path in named}
    for path in named + ours:
        response = client.get(path)
        assert response.headers["content-encoding"] == "gzip", path
        assert "immutable" in response.headers["cache-control"], path
        plain = client.get(path, headers={"accept-encoding": "identity"})
        assert plain.content == response.content, path
        assert "content-encoding" not in plain.headers, path
    for odd in ("/assets/nowhere.js", "/assets/../index.html", "/assets/%2e%2e/index.html"):
        assert client.get(odd).status_code in {403, 404}, odd


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "news.example"])
def test_known_hosts_are_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io"])
def test_other_names_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_other_sites_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/gradio_api/queue/join", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["upload", "file=/etc/passwd", "proxy=http://x/", "component_server", "vibe-edit", "call/ask"],
)
def test_what_a_chat_does_not_need_is_not_there(client: TestClient, path: str) -> None:
    files = {"files": ("a.txt", b"x" * 1000)}
    assert client.post(f"/gradio_api/{path}", files=files).status_code == 404
    assert client.get(f"/gradio_api/{path}").status_code == 404


def test_a_body_that_is_too_long_is_refused_before_gradio_sees_it(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(2 * MAX_BODY // 1024):
            yield b" " * 1024

    response = client.post("/gradio_api/queue/join", content=chunks())
    assert response.status_code == 413


def test_an_article_has_a_page_with_the_quote_marked(client: TestClient, archive: Archive) -> None:
    stored = archive.article(article("a.md", "").id)
    start = BODY.index("The rate")
    page = client.get(f"/article/{stored.id}/{stored.version}?start={start}&end={start + 32}").text
    assert "<mark>The rate is &lt;b&gt;15&lt;/b&gt; percent.</mark>" in page
    for odd in ("start=5&end=1", "start=-3&end=4", "start=0&end=99999"):
        assert "<mark>" not in client.get(f"/article/{stored.id}/{stored.version}?{odd}").text
    assert client.get("/article/0000/0000").status_code == 404
    assert client.get("/dateline/web.py").status_code == 404


def test_a_port_in_use_is_the_users_to_know(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is in use.*--port"):
            serve(archive, port=port)
        with pytest.raises(InputError, match="in use"):
            check_port("127.0.0.1", port)
    with pytest.raises(InputError, match=r"Cannot listen on 192\.0\.2\.1"):
        serve(archive, host="192.0.2.1")


def test_what_is_loaded_is_left_out_of_garbage_collection(archive: Archive) -> None:
    before = gc.get_freeze_count()
    try:
        _warm(archive, build_chain(archive), None)
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_importing_the_web_chat_loads_no_model() -> None:
    code = (
        "import sys, ui.web.app; assert not {'torch', 'sentence_transformers'} & set(sys.modules)"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_each_browser_has_a_session_of_its_own_that_no_script_reads(archive: Archive) -> None:
    app = build_app(archive, SimpleNamespace())
    with TestClient(app, base_url="http://127.0.0.1") as one:
        header = one.get("/").headers["set-cookie"]
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header
        first = one.cookies[COOKIE]
        one.get("/")
        assert one.cookies[COOKIE] == first
        assert owner_of(one.cookies)
        assert first not in owner_of(one.cookies)
        chosen = one.get("/", headers={"cookie": f"{COOKIE}=chosen"}).headers["set-cookie"]
        assert not chosen.startswith((f"{COOKIE}=chosen", f"{COOKIE}={first}"))
