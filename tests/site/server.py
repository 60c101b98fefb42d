"""The simulated world over HTTP: a loopback server for each outlet, one clock, one log."""

from __future__ import annotations

import gzip
import hashlib
import select
import socket
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.site.answers import Answer, Answers
from tests.site.pieces import Script

PACE = 0.002
"""Seconds that an answer takes at least, so that requests at the same time are seen."""

DRIP = 0.05
"""Seconds between two bytes of a slow page."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request as the server saw it. `start` and `end` are on the monotonic clock; `end`
    is taken before the last byte leaves, so that gaps are never measured too long."""

    outlet: str
    target: str
    now: datetime
    start: float
    conditional: bool
    agent: str
    status: int = 0
    end: float = 0.0
    digest: str = ""
    retry_after: str = ""
    wasted: bool = False
    """Whether a validator of this URL was known, and the client did not send it."""
    style: str = "whole"


class World:
    """All the sites, from `with` to its end. Set the time with `turn`."""

    def __init__(self, script: Script) -> None:
        self.script, self.now = script, script.ticks[0]
        self.log: list[Asked] = []
        self.canary = 0
        self._lock = threading.Lock()
        self._given: set[tuple[str, str]] = set()
        self._servers = {key: _Server(self, key) for key in script.outlets}
        self._trap = _Server(self, "")
        self.bases = {key: server.base for key, server in self._servers.items()}
        self.hosts = tuple(base.removeprefix("http://") for base in self.bases.values())
        self.answers = Answers(script, self.bases | {"trap": self._trap.base})

    def __enter__(self) -> World:
        for server in (*self._servers.values(), self._trap):
            server.begin()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (*self._servers.values(), self._trap):
            server.end()

    def turn(self, now: datetime) -> None:
        """Set the clock; outlets whose time has come stop listening."""
        self.now = now
        for key, dies in self.script.dead.items():
            if dies <= now:
                self._servers[key].die()

    def lost(self, since: int) -> None:
        """What was sent from this entry of the log on may have been lost by its reader."""
        self._given -= {(asked.outlet, asked.target) for asked in self.log[since:]}

    def serve(self, key: str, asked: Asked, headers: Any) -> tuple[Answer, dict[str, str]]:
        """The answer to a request, with its headers as they are sent; logs the request."""
        with self._lock:
            self.log.append(asked)
            if not key:
                self.canary += 1
                return Answer(200, b"private"), {}
            answer = self.answers.get(key, asked.target, self.now)
            sent = dict(answer.headers)
            place = (key, asked.target)
            asked.wasted = place in self._given and not asked.conditional
            if answer.status == 200 and asked.target != "/robots.txt" and answer.style == "whole":
                given = self.answers.validators(key, asked.target, answer, self.now)
                sent |= given
                if given:
                    self._given.add(place)
                if _same(given, headers):
                    answer = Answer(304)
                    sent = given
            elif answer.status in {404, 410}:  # what was known of it is void
                self._given.discard(place)
        asked.status, asked.style = answer.status, answer.style
        asked.digest = hashlib.sha256(answer.body).hexdigest()[:16] if answer.body else ""
        asked.retry_after = sent.get("Retry-After", "")
        return answer, sent


def _same(given: dict[str, str], headers: Any) -> bool:
    """Whether a conditional request is answered with 304; an ETag counts before a date."""
    if asked := headers.get("If-None-Match"):
        return bool(given.get("ETag")) and given["ETag"] in asked
    since = headers.get("If-Modified-Since")
    return bool(since) and since == given.get("Last-Modified")


class _Server:
    """One outlet's server on a port of its own."""

    def __init__(self, world: World, key: str) -> None:
        self.world, self.key = world, key
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (_Site,), {"server_": self}))
        self.http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.stopped = threading.Event()
        self._thread = threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._held: socket.socket | None = None

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        if self._held:
            self._held.close()
        elif not self.stopped.is_set():
            self._stop()

    def die(self) -> None:
        """Refuse connections from now on; the port stays taken, so that nobody else gets it."""
        if self._held:
            return
        self._stop()
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(self.http.server_address)  # type: ignore[arg-type]

    def _stop(self) -> None:
        self.stopped.set()
        self.http.shutdown()
        self.http.server_close()
        self._thread.join()


class _Site(BaseHTTPRequestHandler):
    """One connection to an outlet."""

    server_: _Server
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_GET(self) -> None:
        start = time.monotonic()
        world = self.server_.world
        asked = Asked(
            outlet=self.server_.key,
            target=self.path,
            now=world.now,
            start=start,
            conditional=bool(
                self.headers.get("If-None-Match") or self.headers.get("If-Modified-Since")
            ),
            agent=self.headers.get("User-Agent", ""),
        )
        answer, headers = world.serve(self.server_.key, asked, self.headers)
        body = answer.body
        if (
            len(body) > 1000
            and "Content-Encoding" not in headers
            and "gzip" in self.headers.get("Accept-Encoding", "")
            and answer.style == "whole"
        ):
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        try:
            self._send(answer.status, headers, body, asked)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, status: int, headers: dict[str, str], body: bytes, asked: Asked) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        time.sleep(PACE)
        asked.end = time.monotonic()
        if asked.style == "drip":
            self.end_headers()
            self._drip(body, asked)
        else:
            self._headers_buffer.append(b"\r\n")  # type: ignore[attr-defined]
            self.wfile.write(b"".join(self._headers_buffer) + body)  # type: ignore[attr-defined]
            self._headers_buffer = []

    def _drip(self, body: bytes, asked: Asked) -> None:
        """A byte at a time until the client hangs up."""
        self.close_connection = True
        for byte in body:
            readable, _, _ = select.select([self.connection], [], [], DRIP)
            if readable or self.server_.stopped.is_set():
                return
            asked.end = time.monotonic()
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: object) -> None:
        """The world keeps the log."""
