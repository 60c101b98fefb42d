"""Loopback sites, names that mean what a test says, time that passes by itself."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.fetch import Client, Limits, Outside
from tests.ingest.fetch.site import Site

START = datetime(2026, 9, 1, 12, tzinfo=UTC)

Clients = Callable[..., Client]


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.passed

    def utcnow(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds

    def outside(self, **others: Any) -> Outside:
        """No chance, no waiting, and every name is this machine."""
        given = {"addresses": lambda *_: ["127.0.0.1"], "chance": lambda: 1.0, **others}
        return Outside(clock=self.clock, utcnow=self.utcnow, sleep=self.sleep, **given)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def client(site: Site, time: Time) -> Clients:
    """Makes a client that may ask the site, under any name, and that never really waits."""

    def make(outside: Outside | None = None, **limits: Any) -> Client:
        return Client(
            limits=Limits(**{"jitter": 0.0, **limits}),
            allow_private=[f"{n}:{site.port}" for n in ("127.0.0.1", "a.example", "b.example")],
            outside=outside or time.outside(),
        )

    return make


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Records the address of every attempt to connect; only loopback gets through."""
    tried: list[str] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        tried.append(str(address[0]))
        if not str(address[0]).startswith("127."):
            raise ConnectionRefusedError("no network in tests")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return tried
