"""An OpenAI-compatible server on loopback that does what a script says, for each request."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = re.compile(r'<source key="(\w+)"')
ANSWER = re.compile(r"reply with \[(\w+)\] alone")


@dataclass
class Asked:
    """A request as it came: its headers and messages, and the keys of its sources."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def prompt(self) -> str:
        return str(self.body["messages"][-1]["content"])

    @property
    def keys(self) -> list[str]:
        return KEY.findall(self.prompt)

    @property
    def nothing(self) -> str:
        found = ANSWER.search(self.system)
        return found[1] if found else ""


@dataclass
class Reply:
    """What the server does: a status other than 200, or a stream of `text` in pieces."""

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "no"}}'
    piece: int = 7
    break_after: int | None = None
    """Pieces after which the connection is reset."""
    end_after: int | None = None
    """Pieces after which it is closed as if all were well, without a finish."""
    wait: float = 0.0
    """Seconds between pieces."""
    forever: bool = False
    drip: bool = False
    """Nothing but keep-alive comments, for ever."""
    raw: str | None = None
    usage: tuple[int, int] = (100, 20)
    finish: str = "stop"


Script = Callable[[Asked], Reply]


class Server:
    """Listens on loopback; `asked` are the requests so far, `gone` those that were dropped."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.gone = threading.Event()
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                asked = Asked(dict(self.headers), json.loads(self.rfile.read(length)))
                server.asked.append(asked)
                try:
                    server.answer(self, server.script(asked))
                except (BrokenPipeError, ConnectionResetError):
                    server.gone.set()
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, handler: Any, reply: Reply) -> None:
        if reply.status != 200:
            self._whole(handler, reply)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for number, event in enumerate(self._events(reply)):
            if self.closing.is_set():
                return
            if reply.break_after is not None and number >= reply.break_after:
                # Linger 0 sends a reset instead of an orderly end
                off = struct.pack("ii", 1, 0)
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
                handler.connection.shutdown(socket.SHUT_RDWR)
                return
            if reply.end_after is not None and number >= reply.end_after:
                return
            handler.wfile.write(event.encode())
            handler.wfile.flush()
            if reply.wait:
                self.closing.wait(reply.wait)

    def _whole(self, handler: Any, reply: Reply) -> None:
        content = reply.body.encode()
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _events(self, reply: Reply) -> Iterator[str]:
        if reply.raw is not None:
            yield reply.raw
            return
        while reply.drip:
            yield ": still here\n\n"
        while True:
            for at in range(0, len(reply.text), reply.piece):
                yield _event({"content": reply.text[at : at + reply.piece]})
            if not reply.forever:
                break
        yield _event({}, finish=reply.finish)
        used_in, used_out = reply.usage
        counted = {"prompt_tokens": used_in, "completion_tokens": used_out}
        yield _event(None, usage=counted | {"total_tokens": used_in + used_out})
        yield "data: [DONE]\n\n"


def _event(delta: dict[str, Any] | None, **about: Any) -> str:
    finish = about.pop("finish", None)
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    whole = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": "stub",
        "choices": choices,
        **about,
    }
    return f"data: {json.dumps(whole, ensure_ascii=False)}\n\n"
