"""A scripted server behind the real client, and a chain that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chatbot import build_chain
from chatbot.generative import ChatSettings
from tests.chatbot.generative.server import Asked, Reply, Script, Server
from vectorstore import Archive

CANARY = "sk-canary-41c9e0"
"""The key that the client is given; it must not come out anywhere."""


@pytest.fixture
def serving() -> Iterator[Callable[[Script | str | Reply], Server]]:
    """Starts servers; each is given a script, one reply, or the text of one."""
    started: list[Server] = []

    def start(script: Script | str | Reply) -> Server:
        def same(_: Asked) -> Reply:
            return script if isinstance(script, Reply) else Reply(str(script))

        server = Server(script if callable(script) else same)
        started.append(server)
        return server

    yield start
    for server in started:
        server.close()


def settings(server: Server, **given: Any) -> ChatSettings:
    """Settings for a server, with little patience."""
    given = {"timeout": 5.0, "retries": 0} | given
    return ChatSettings(model="openai:stub", base_url=server.url, api_key=CANARY, **given)


def chain_of(archive: Archive, server: Server, **given: Any) -> Any:
    """A chain whose model is the server."""
    return build_chain(archive, settings=settings(server, **given))
