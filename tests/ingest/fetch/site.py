"""A loopback web server that says what its test wrote, and logs every request.

The log is made so that what it shows is never better than what happened: a request starts
when its head was read, and ends before the last of its answer is sent.
"""

from __future__ import annotations

import itertools
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OK = 200


@dataclass
class Answer:
    """A status, headers and body; or `raw` pieces that are sent as they are."""

    status: int = OK
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: Iterable[bytes] | None = None


Says = Answer | list[Answer] | Callable[[Mapping[str, str]], Answer]


@dataclass
class Asked:
    """A logged request; times are in seconds of the monotonic clock."""

    host: str
    path: str
    headers: dict[str, str]
    start: float
    end: float = 0.0


class Site:
    """`site.says["/path"]` is one answer, a list (the last one repeats) or a function."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.says: dict[str, Says] = {"/robots.txt": Answer(404)}
        self.log: list[Asked] = []
        self.most_connections = self._connections = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [a.path for a in self.log if a.path != "/robots.txt"]

    @property
    def robots(self) -> int:
        """How often robots.txt was asked for."""
        return sum(a.path == "/robots.txt" for a in self.log)

    def gaps(self) -> list[float]:
        """Seconds between the end of each request and the start of the next."""
        log = sorted(self.log, key=lambda a: a.start)
        return [b.start - a.end for a, b in itertools.pairwise(log)]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _connected(self, change: int) -> None:
        with self._lock:
            self._connections += change
            self.most_connections = max(self.most_connections, self._connections)

    def _answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        with self._lock:
            says = self.says.get(path, Answer(404))
            if isinstance(says, list):
                return says.pop(0) if len(says) > 1 else says[0]
        return says if isinstance(says, Answer) else says(headers)

    def _handler(site: Site) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {k.lower(): v for k, v in self.headers.items()}
                asked = Asked(headers.get("host", ""), self.path, headers, time.monotonic())
                site.log.append(asked)
                site._connected(1)
                self.close_connection = True
                answer = site._answer(self.path, headers)
                try:
                    if answer.raw is not None:
                        for piece in answer.raw:
                            self.wfile.write(piece)
                    whole = b"" if answer.raw is not None else _whole(answer)
                    self.wfile.write(whole[:-1])
                    asked.end = time.monotonic()
                    site._connected(-1)
                    self.wfile.write(whole[-1:])
                except OSError:  # the client hung up
                    asked.end = time.monotonic()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def _whole(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), "Connection": "close", **answer.headers}
    lines = [f"HTTP/1.1 {answer.status} Said", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + answer.body


def text(body: str | bytes, **headers: str) -> Answer:
    """200 with this body; `etag="…"` and the like become headers."""
    content = body.encode() if isinstance(body, str) else body
    return Answer(headers={k.replace("_", "-"): v for k, v in headers.items()}, body=content)


def moved(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status, {"Location": location})
