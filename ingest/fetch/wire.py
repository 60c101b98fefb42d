"""One request over one connection: to an address that was judged, before a deadline.

httpcore asks its network backend for every connection, so the name is resolved there,
once; every address that it has is judged, and the connection is made to one of those very
addresses. Host header, SNI and the certificate's check keep the name. The stream holds each
read, write and handshake to what is left until the deadline, so a byte a second ends there.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any

import httpcore
import httpx

from ingest.fetch.addresses import Allowlist, refusal
from ingest.fetch.errors import BadReply, Forbidden, TimedOut, Unreachable
from ingest.fetch.urls import PORTS, RESERVED, Target
from ingest.fetch.values import Outside

_CLOSED = re.compile("disconnected|closed connection")
"""In h11's and httpcore's words: the connection ended before the answer did."""

TRIED = 4
"""Addresses of a host that are tried, one after the other."""


class Deadline:
    """A time by the wall after which nothing more is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most `most`; raises httpcore.ReadTimeout when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline passed")
        return left if most is None else min(left, most)

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end


class Wire:
    """How requests leave: which hosts are allowed, how names are resolved, how long it lasts."""

    def __init__(self, allowlist: Allowlist, outside: Outside, connect: float) -> None:
        self._allowlist, self._outside, self._connect = allowlist, outside, connect

    @contextmanager
    def get(
        self, target: Target, headers: Mapping[str, str], seconds: float
    ) -> Iterator[httpx.Response]:
        """The response to a GET, its body not read yet; the connection is closed afterwards.

        Proxies and credentials of the environment are not used. Raises Forbidden,
        Unreachable, TimedOut and BadReply, also while the body is read.
        """
        deadline = Deadline(seconds)
        backend = _Backend(target, self._allowlist, self._outside, deadline, self._connect)
        request = httpx.Request("GET", target.url, headers=dict(headers))
        with (
            _told(target, deadline, seconds),
            httpcore.ConnectionPool(
                ssl_context=_tls() if target.scheme == "https" else None,
                max_connections=1,
                max_keepalive_connections=0,
                network_backend=backend,
            ) as pool,
        ):
            url = httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            )
            with pool.stream("GET", url, headers=request.headers.raw) as response:
                yield httpx.Response(
                    response.status,
                    headers=response.headers,
                    stream=_Stream(response.iter_stream()),
                )


class _Stream(httpx.SyncByteStream):
    """The body as it is sent, chunk by chunk."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks


@contextmanager
def _told(target: Target, deadline: Deadline, seconds: float) -> Iterator[None]:
    """httpcore's errors in our own words."""
    try:
        yield
    except httpcore.TimeoutException as error:
        if deadline.passed:
            raise TimedOut(target.url, f"it took longer than {seconds:.3g} s") from error
        raise Unreachable(target.url, f"no connection to {target.host} in time") from error
    except httpcore.NetworkError as error:
        raise Unreachable(target.url, f"the connection failed ({error})") from error
    except httpcore.ProtocolError as error:
        if _CLOSED.search(str(error)):
            raise Unreachable(target.url, "the host closed the connection early") from error
        raise BadReply(target.url, f"it did not answer in proper HTTP ({error})") from error


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked: by certifi's roots, or those SSL_CERT_FILE names."""
    return httpx.create_ssl_context()


class _Backend(httpcore.NetworkBackend):
    """Connects to judged addresses of one target."""

    def __init__(
        self,
        target: Target,
        allowlist: Allowlist,
        outside: Outside,
        deadline: Deadline,
        connect: float,
    ) -> None:
        self._target, self._allowlist, self._outside = target, allowlist, outside
        self._deadline, self._connect = deadline, connect
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """The host and port are the target's: a pool asks for nothing else."""
        addresses = self._judged()[:TRIED]
        for left in range(len(addresses), 0, -1):
            address = addresses[-left]
            share = self._deadline.left(self._connect) / left
            try:
                stream = self._plain.connect_tcp(address, self._target.port, share)
                return _Timed(stream, self._deadline, self._connect)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
        raise httpcore.ConnectError("the name has no address")

    def _judged(self) -> list[str]:
        """The target's addresses; raises Forbidden if a single one is not allowed."""
        target = self._target
        found = _resolve(self._outside, target, self._deadline)
        if (target.host, target.port) in self._allowlist:
            return found
        if target.port < RESERVED and target.port not in PORTS.values():
            raise Forbidden(target.url, f"port {target.port} belongs to another service")
        for address in found:
            if reason := refusal(address):
                yours = f'if it is yours, add "{target.place}" to allow_private, under [fetch]'
                raise Forbidden(target.url, f"{reason}; {yours} in sources.toml")
        return found


def _resolve(outside: Outside, target: Target, deadline: Deadline) -> list[str]:
    """The addresses of a name, in a thread of its own: getaddrinfo cannot be told to stop."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(outside.addresses(target.host, target.port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name=f"resolve {target.host}").start()
    try:
        answer = answers.get(timeout=deadline.left())
    except Empty:
        raise httpcore.ConnectTimeout("the name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise Unreachable(target.url, f"the name {target.host} was not found ({answer})")
    return answer


class _Timed(httpcore.NetworkStream):
    """A stream whose every step ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline, connect: float) -> None:
        self._inner, self._deadline, self._connect = inner, deadline, connect

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(
            ssl_context, server_hostname, self._deadline.left(self._connect)
        )
        return _Timed(inner, self._deadline, self._connect)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
