"""What a request is called, from the proxy before us to the log (`X-Request-ID`), and whose
conversations it is about."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

from ingest.logs import request_id
from ui.operations.access import caller_of
from ui.store.owner import owner_of

HEADER = "X-Request-ID"

_NAME = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def request_id_of(headers: Mapping[str, str]) -> str:
    """The request's name as its headers have it; "" if there is none that may stand in a log."""
    found = headers.get(HEADER.lower(), "")
    return found if _NAME.fullmatch(found) else ""


def with_request_id(scope: Scope, send: Send) -> Send:
    """Names the request, as the proxy did or anew, for the log, the app and the response."""
    headers = MutableHeaders(scope=scope)
    name = request_id_of(headers) or secrets.token_hex(8)
    headers[HEADER] = name
    request_id.set(name)

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[HEADER] = name
        await send(message)

    return wrapped


def owner_of_request(scope: Mapping[str, object], cookies: Mapping[str, str]) -> str:
    """Whose conversations a request is about: a user's own wherever they are logged in, else
    those of the browser's session; "" without either."""
    return caller_of(scope).owner or owner_of(cookies)
