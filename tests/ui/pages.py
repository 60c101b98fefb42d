"""What browser tests share: the app on a free port, and the steps of a reader."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from ui.web.app import build_app
from vectorstore import Archive

Open = Callable[..., Any]


@contextmanager
def served(archive: Archive, chain: Any, **given: Any) -> Iterator[str]:
    """The app on a free port of loopback, in a thread; its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = build_app(archive, chain, **given)
    config = uvicorn.Config(
        app, log_level="critical", timeout_graceful_shutdown=1, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def ask(page: Any, question: str) -> None:
    page.fill("#dl-question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(f".dl-question:text-is('{question}')")


def answered(page: Any) -> None:
    page.wait_for_selector(".dl-turn:last-child:not([data-progress=asking])")


def go(page: Any, view: str) -> None:
    """Open a view by its address, and wait until it is there."""
    page.evaluate("view => { location.hash = view }", f"#/{view}")
    name = re.split(r"[?]", view)[0]
    page.wait_for_selector(f":root[data-view={name}] #dl-view:not([aria-busy]) h1")
