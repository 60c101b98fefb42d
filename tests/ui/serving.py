"""The whole web app on a real loopback port, for clients that want an address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from chatbot import build_chain
from ui.web.app import build_app
from ui.web.listening import listen
from vectorstore import Archive


@contextmanager
def served(archive: Archive, chain: Any = None) -> Iterator[str]:
    app = build_app(archive, chain or build_chain(archive), examples=())
    with listen("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for _ in range(600):
            if server.started:
                break
            threading.Event().wait(0.05)
        yield address
        server.should_exit = True
        thread.join(30)
