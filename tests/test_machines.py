"""All parts of a larger house as plain processes on loopback: two web nodes, a schedule,
PostgreSQL and Chroma. A feed changes, both nodes answer with the new article; one is killed,
nothing is lost, and its readers go on at the other."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.chroma import ChromaServer
from tests.conftest import article, put
from tests.nodes import free_port, node, process, within
from tests.postgres import Server
from tests.ui.command import dateline
from vectorstore import Archive

SECONDS = 600.0
"""How long a step may take on the slowest machine before it counts as never."""

NEWS = {
    "docks": "Hanwha will build two more docks in Philadelphia this year, its chairman said.",
    "whales": "Nine grey whales were counted off Ulsan on Sunday morning by the fishery institute.",
}
PAGE = (
    "<html lang='en'><head><title>{name}</title>"
    "<meta property='article:published_time' content='2025-09-0{n}T08:00:00Z'></head>"
    "<body><article><h1>News of {name}</h1><p>{text}</p>"
    "<p>The harbour office in Busan confirmed it in a letter to this newspaper, and said that "
    "more would be told in the course of the week.</p></article></body></html>"
)


class Wire:
    """A feed and its pages; what is not `shown` yet is not there."""

    def __init__(self) -> None:
        self.shown = ["docks"]
        wire = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = wire.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> tuple[str, str]:
        name = path.strip("/")
        if name == "rss":
            items = "".join(
                f"<item><title>News of {n}</title><link>http://{self.host}/{n}</link></item>"
                for n in self.shown
            )
            feed = f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
            return "application/rss+xml", feed
        if name in self.shown:
            number = list(NEWS).index(name) + 1
            return "text/html", PAGE.format(name=name, text=NEWS[name], n=number)
        return "text/plain", ""


def finds(port: str, text: str, headline: str) -> bool:
    """Whether a node's search shows an article."""
    found = httpx.get(
        f"http://127.0.0.1:{port}/api/v1/search", params={"q": text, "k": 1}, timeout=60
    )
    return found.is_success and headline in found.text


class Reader:
    """A browser tab without a screen: its cookies, and its events as the page sends them."""

    def __init__(self) -> None:
        self.client = httpx.Client(timeout=300)
        self.tab = secrets.token_hex(6)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def get(self, port: str, path: str) -> httpx.Response:
        return self.client.get(f"http://127.0.0.1:{port}{path}")

    def ask(self, port: str, question: str, **wanted: object) -> str:
        """What a node sends of the conversation until the answer is done."""
        config = self.get(port, "/config").json()
        (button,) = [
            one["id"] for one in config["components"] if one["props"].get("elem_id") == "dl-ask"
        ]
        (event,) = [d["id"] for d in config["dependencies"] if [button, "click"] in d["targets"]]
        body = {"data": [question, json.dumps(wanted), None], "fn_index": event}
        tab = {"session_hash": self.tab}
        queue = f"http://127.0.0.1:{port}/gradio_api/queue"
        self.client.post(f"{queue}/join", json=body | tab).raise_for_status()
        said = ""
        with self.client.stream("GET", f"{queue}/data", params=tab) as events:
            for line in events.iter_lines():
                said += line
                if '"process_completed"' in line:
                    break
        return said


def asked(port: str, question: str) -> dict[str, Any]:
    body = {"question": question}
    done = httpx.post(f"http://127.0.0.1:{port}/api/v1/ask", json=body, timeout=300)
    found: dict[str, Any] = done.raise_for_status().json()
    return found


@dataclass(frozen=True)
class House:
    """Nodes on one ledger: each has a folder, and who answers a port."""

    folders: dict[str, Path]
    ports: dict[str, str]

    def web(self, name: str, *more: str | Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """A node's web server, running."""
        words = ("serve", "--no-schedule", "--port", self.ports[name], *more)
        return process(*words, archive=self.folders[name])

    def all_find(self, text: str, headline: str) -> bool:
        """Whether the search of each node shows an article."""
        return all(finds(port, text, headline) for port in self.ports.values())


@pytest.fixture
def house(tmp_path: Path, postgres: Server) -> House:
    """Two web nodes and a schedule, none of which runs yet."""
    url, web = postgres.new(), ("one", "two")
    folders = {name: node(tmp_path / name, url) for name in (*web, "schedule")}
    return House(folders, {name: free_port() for name in web})


@pytest.mark.slow
def test_two_nodes_answer_with_what_the_schedule_brings_and_one_may_die(
    tmp_path: Path, house: House, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CHROMA_URL", chroma.url)
    wire, ports = Wire(), house.ports
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[fetch]\ngap = 0\nallow_private = ["{wire.host}"]\n'
        f'[sources.wire]\nurl = "http://{wire.host}/rss"\nevery = "1m"\njitter = "0s"\n'
    )
    known = ("--sources", sources)

    with ExitStack() as parts:
        parts.enter_context(process("schedule", *known, archive=house.folders["schedule"]))
        first = parts.enter_context(house.web("one", *known))
        parts.enter_context(house.web("two", *known))
        assert within(SECONDS, lambda: house.all_find("docks in Philadelphia", "News of docks"))
        wire.shown.append("whales")
        assert within(SECONDS, lambda: house.all_find("grey whales off Ulsan", "News of whales"))
        for port in ports.values():
            answer = asked(port, "How many grey whales were counted off Ulsan?")
            assert "Nine grey whales" in str(answer["claims"])
            ready = httpx.get(f"http://127.0.0.1:{port}/readyz").json()
            assert ready == {"ready": True, "missing": [], "without": []}
        first.kill()
        first.wait()
        assert finds(ports["two"], "grey whales off Ulsan", "News of whales")
        assert finds(ports["two"], "docks in Philadelphia", "News of docks")
        parts.enter_context(house.web("one", *known))
        assert within(SECONDS, lambda: house.all_find("grey whales off Ulsan", "News of whales"))
    with Archive.open(house.folders["two"]) as archive:
        (segment,) = archive._dense.manifest()["segments"]
        passages = archive.status().passages
        assert len(archive._dense.ids(segment["name"])) == segment["rows"] == passages > 1
    assert not any((folder / "dense").exists() for folder in house.folders.values())


PASSWORD = "correct horse battery"  # noqa: S105


@pytest.mark.slow
def test_who_a_node_knew_the_other_knows_and_goes_on_with_when_it_dies(
    house: House,
) -> None:
    folders, one, two = house.folders, house.ports["one"], house.ports["two"]
    with Archive.open(folders["one"], create=True) as archive:
        put(archive, [article(f"{n}.md", text, outlet=n) for n, text in NEWS.items()])

    def run(node: str, *words: str, stdin: str = "") -> str:
        done = dateline(*words, archive=folders[node], stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def statuses(token: str) -> list[int]:
        shown = {"Authorization": f"Bearer {token}"}
        paths = [f"http://127.0.0.1:{port}/api/v1/feedback" for port in (one, two)]
        return [httpx.get(path, headers=shown, timeout=60).status_code for path in paths]

    with ExitStack() as parts:
        first = parts.enter_context(house.web("one"))
        parts.enter_context(house.web("two"))
        reader, editor = parts.enter_context(Reader()), parts.enter_context(Reader())
        assert within(SECONDS, lambda: house.all_find("grey whales off Ulsan", "whales"))

        token = run("one", "tokens", "add", "wire", "--role", "editor")
        assert statuses(token) == [200, 200]
        run("two", "tokens", "revoke", token.split("_")[1])
        assert statuses(token) == [401, 401]

        run("two", "users", "add", "ed", "--role", "editor", "--password-stdin", stdin=PASSWORD)
        login = {"name": "ed", "password": PASSWORD}
        editor.client.post(f"http://127.0.0.1:{one}/login", data=login)
        assert editor.get(one, "/operate/state").status_code == 200
        assert reader.get(one, "/operate/state").status_code == 403

        begun = reader.get(one, "/").cookies["dateline_session"]
        said = reader.ask(one, "How many grey whales were counted off Ulsan?")
        assert "Nine grey whales" in said
        kept = re.findall(r"data-kept=\W*([0-9a-f]{32})", said)[-1]
        first.kill()
        first.wait()

        assert reader.client.cookies["dateline_session"] == begun
        assert "grey whales" in reader.get(two, "/view/conversations").text
        said = reader.ask(two, "And where will Hanwha build docks?", kept=kept)
        assert "Philadelphia" in said
        told = reader.get(two, f"/keep/{kept}/export/markdown").text
        assert told.index("off Ulsan?") < told.index("Hanwha build docks?")
        assert editor.get(two, f"/keep/{kept}/export/markdown").status_code in {403, 404}
        assert editor.get(two, "/operate/state").status_code == 200
        editor.client.post(f"http://127.0.0.1:{two}/logout")
        assert editor.get(two, "/operate/state").status_code == 403
        deeds = run("two", "audit")
        for deed in ("token made", "token revoked", "user added", "login"):
            assert deed in deeds
