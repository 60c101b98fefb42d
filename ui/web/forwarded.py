"""What a proxy before us tells: by which names we are reached, and whom it speaks for."""

from __future__ import annotations

import os
import re

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.web.guard import PEER
from vectorstore import InputError

HOSTS = "DATELINE_HOSTS"
TRUSTED = "FORWARDED_ALLOW_IPS"
"""Whose X-Forwarded-For and X-Forwarded-Proto count; this machine's unless set."""

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def host_names() -> tuple[str, ...]:
    """The names of DATELINE_HOSTS, by which readers reach us through a proxy; InputError for
    what is no host's name."""
    found = os.environ.get(HOSTS, "").lower().replace(",", " ").split()
    if wrong := [name for name in found if not _NAME.fullmatch(name)]:
        raise InputError(f"{HOSTS} has no host's name: {wrong[0]!r}; write it as news.example.org")
    return tuple(found)


class ForwardedHeaders:
    """ASGI middleware that takes the reader's address and scheme from a trusted proxy, and
    remembers the address of the connection itself: that of the proxy."""

    def __init__(self, app: ASGIApp) -> None:
        trusted = os.environ.get(TRUSTED, "127.0.0.1,::1")
        self._app = ProxyHeadersMiddleware(app, trusted_hosts=trusted)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            client = scope.get("client")
            scope[PEER] = client[0] if client else ""
        await self._app(scope, receive, send)  # type: ignore[arg-type]
