"""What stands before every request: who may ask, for what, how much, and with which headers.

Gradio serves far more than a chat needs (uploads, a file proxy, a code editor) and sets no
security headers of its own (RELIABILITY.md), so only the routes named here get through.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from anyio import to_thread
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.operations.access import CALLER, Access, caller_of
from ui.operations.limits import RETRY_AFTER, Rates
from ui.store import Forbidden, Role
from ui.store.owner import COOKIE, new_session, owner_of, set_cookie
from ui.web.authorization import refusal_of
from ui.web.bodies import TooLong, read_body, replayed
from ui.web.policy import policy, with_headers
from ui.web.refusals import REFUSALS, refusal
from ui.web.requests import with_request_id
from ui.web.revocation import while_admitted
from ui.web.routes import PROBES, is_question, is_served

log = logging.getLogger(__name__)

SLOWEST_BODY = 30.0
"""Seconds that a body may take to arrive."""

MOST_AT_ONCE = 500
"""Requests with a body that are worked on at the same time; more are asked to come again."""

ENDING = frozenset({"login", "token", "machine"})
"""Ways to be known that can end while something streams."""

PEER = "dateline.peer"
"""The key in a scope under which the address stands that the connection itself comes from."""


@dataclass(slots=True)
class Load:
    """How many requests are being worked on that may change something, or cost something."""

    busy: int = 0


@dataclass(frozen=True, slots=True)
class Guard:
    """ASGI middleware around the whole app.

    `hosts` are names it may be asked for, besides localhost and IP addresses: a foreign
    name that resolves to us (DNS rebinding) is refused, and so is a foreign page's script.
    `head` is put into the page's head. `refused` is told the status of each refusal.
    `rates` is how often a person and an address may ask. `access` tells who asks.
    """

    app: ASGIApp
    hosts: Sequence[str] = ()
    head: str = ""
    load: Load = field(default_factory=Load)
    refused: Callable[[int], None] | None = None
    rates: Rates = field(default_factory=Rates)
    access: Access | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = self._with_count(scope, with_request_id(scope, send))
        if refused := self._refusal(scope) or await self._authenticate(scope):
            await refused(scope, receive, with_headers(send, policy()))
        elif scope["path"] == "/":
            await self._page(scope, receive, send)
        else:
            await self._limited(scope, receive, with_headers(send, policy()))

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on; what streams ends once who asked may not ask any more."""
        access = self.access
        caller = caller_of(scope)
        if access is None or caller.way not in ENDING:
            await self.app(scope, receive, send)
            return

        async def still() -> bool:
            try:
                found = await to_thread.run_sync(access.caller, *_credentials(scope))
            except Forbidden:
                return False
            except SQLAlchemyError:
                return True  # what has begun goes on while nobody can be looked up
            return (found.way, found.name) == (caller.way, caller.name) and found.may(Role.reader)

        await while_admitted(self.app, scope, receive, send, still)

    def _with_count(self, scope: Scope, send: Send) -> Send:
        count = self.refused
        if count is None or scope["path"] == "/readyz":  # whose 503 refuses nobody
            return send

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in REFUSALS:
                count(message["status"])
            await send(message)

        return wrapped

    def _refusal(self, scope: Scope) -> Response | None:
        """Refuses a host name that is not ours, a foreign page, and a path that is not served."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_our_host(host):
            return refusal(scope, 421, "This address is not served here.")
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != host
        site = headers.get("sec-fetch-site", "none")
        if foreign or (scope["method"] != "GET" and site in {"cross-site", "same-site"}):
            return refusal(scope, 403, "Requests from other sites are refused.")
        path = scope["path"]
        if not is_served(path):
            return refusal(scope, 404, "Not found.")
        return None

    async def _authenticate(self, scope: Scope) -> Response | None:
        """Finds out who asks, and keeps it in the request; refuses who may do nothing here."""
        if self.access is None or scope["path"] in PROBES:
            return None
        try:
            caller = await to_thread.run_sync(self.access.caller, *_credentials(scope))
        except Forbidden as error:
            return refusal(scope, 403, f"{str(error).capitalize()}.")
        except OperationalError as error:  # a server that is away comes back
            log.warning("who asks cannot be looked up: %s", error)
            words = "Who you are cannot be looked up at the moment. Please try again."
            response = refusal(scope, 503, words)
            response.headers["Retry-After"] = str(RETRY_AFTER)
            return response
        except SQLAlchemyError:  # damaged: whoever it is may what everybody may, until it is mended
            log.exception("who asks cannot be looked up: `dateline doctor` says what is wrong")
            caller = self.access.anybody
        scope[CALLER] = caller
        refused = refusal_of(caller, scope["path"])
        if refused is None:
            return None
        return refusal(scope, *refused) if refused[0] else RedirectResponse("/login", 303)

    def _too_often(self, scope: Scope) -> int:
        """Seconds to wait for who asks too often; 0 for all others, and for what is no asking."""
        path, reads = scope["path"], scope["method"] in {"GET", "HEAD"}
        if not is_question(path, reads=reads):
            return 0
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        person = caller_of(scope).key or owner_of(cookies)
        client = scope.get("client")
        return self.rates.wait(person, client[0] if client else "")

    def _is_our_host(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name == "localhost" or name in self.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body first, so that what is too long or too slow never gets further."""
        if wait := self._too_often(scope):
            words = f"You ask more often than is allowed here. Please wait {wait} seconds."
            response = refusal(scope, 429, words)
            response.headers["Retry-After"] = str(wait)
            await response(scope, receive, send)
            return
        if scope["method"] in {"GET", "HEAD"}:
            await self._served(scope, receive, send)
            return
        if self.load.busy >= MOST_AT_ONCE:
            await refusal(scope, 503, "Too many are asking at the moment. Please try again.")(
                scope, receive, send
            )
            return
        self.load.busy += 1
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                body = await read_body(scope, receive)
        except TimeoutError:
            await refusal(scope, 408, "This request took too long to arrive.")(scope, receive, send)
        except TooLong:
            await refusal(scope, 413, "This request is too long.")(scope, receive, send)
        else:
            if body is not None:
                await self._served(scope, replayed(body, receive), send)
        finally:
            self.load.busy -= 1

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's page, with our head in it and a policy for the scripts it came with."""
        start: Message = {}
        body = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                body.extend(message.get("body", b""))

        await self.app(scope, receive, collect)
        page = bytes(body).replace(b"</head>", self.head.encode() + b"</head>", 1)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(page))
        headers["cache-control"] = "no-store"
        headers.append("set-cookie", _session_cookie(scope))
        framed = with_headers(send, policy(page, gradio=True))
        await framed({**start, "headers": headers.raw})
        await framed({"type": "http.response.body", "body": page})


def _credentials(scope: Scope) -> tuple[Headers, dict[str, str], str]:
    """What a request shows of who sends it: headers, cookies, the address of its connection."""
    headers = Headers(scope=scope)
    peer = scope.get(PEER) or (scope.get("client") or ("",))[0]
    return headers, cookie_parser(headers.get("cookie", "")), peer


def _session_cookie(scope: Scope) -> str:
    """The browser's session cookie, a new one or renewed."""
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    token = cookies.get(COOKIE, "") if owner_of(cookies) else new_session()
    return set_cookie(token, secure=scope.get("scheme") == "https")
