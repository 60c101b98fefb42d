"""Whether who asked may still have what streams to them: a stream outlives the look at its request.

A page holds a stream open as long as it is open, and an answer streams for as long as it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK = 5.0
"""Seconds between two looks at who a stream goes to: each is a query, for each open page."""


async def while_known(
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    still: Callable[[], Awaitable[bool]],
) -> None:
    """Serve a request; if it streams, end the stream once `still` is false."""
    streams, whole, over = False, False, False

    async def noted(message: Message) -> None:
        nonlocal streams, whole
        if over:  # what an app says of its being ended is nobody's business
            return
        if message["type"] == "http.response.start":
            streams = all(name.lower() != b"content-length" for name, _ in message["headers"])
        elif not message.get("more_body"):
            whole = True
        await send(message)

    work = asyncio.ensure_future(_run(app, scope, receive, noted))
    try:
        while not (await asyncio.wait({work}, timeout=LOOK))[0]:
            if streams and not whole and not await still():
                over = True
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work
                if not whole:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
        await work
    finally:
        work.cancel()


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
