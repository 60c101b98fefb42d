"""Bodies of requests: read whole before anything works on them, and no longer than MAX_BODY."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

MAX_BODY = 256 * 1024
"""Bytes of a request's body: a 16 kB question with every character escaped, and room."""


class TooLong(Exception):
    """A request's body is longer than MAX_BODY."""


async def read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, None if the client went away; raises TooLong."""
    named = Headers(scope=scope).get("content-length", "0")
    if not named.isdigit() or int(named) > MAX_BODY:
        raise TooLong
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise TooLong
        if not message.get("more_body"):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body again, then whatever else the client sends."""
    replay: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return replay.pop() if replay else await receive()

    return again
