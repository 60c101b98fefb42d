"""Whether who asked may still have what streams to them: a stream outlives the look at its request.

A page holds a stream open as long as it is open, and an answer streams for as long as it takes.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOK = 5.0
"""Seconds at least between two looks at who a stream goes to: each is a query, for each open page.
Gradio sends something every 15 s where there is nothing to say."""


class _Ended(Exception):
    """The stream was ended, as who it goes to may not have it any more."""


async def while_admitted(
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    still: Callable[[], Awaitable[bool]],
) -> None:
    """Serve a request; if it streams, end the stream before the next part once `still` is false."""
    looked, over = time.monotonic(), False

    async def noted(message: Message) -> None:
        nonlocal looked, over
        if over:  # what an app says of its being ended is nobody's business
            raise _Ended
        if message.get("more_body") and time.monotonic() - looked >= LOOK:
            looked = time.monotonic()
            if not await still():
                over = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                raise _Ended
        await send(message)

    try:
        await app(scope, receive, noted)
    except Exception:  # alone, or in the group of the tasks that a response is made by
        if not over:
            raise
