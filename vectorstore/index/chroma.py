"""The connection to a Chroma server: made when first asked, let go when it fails."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vectorstore.errors import IndexAway
from vectorstore.index.serving import Serving

READING = 5.0
"""Seconds that a question waits for the server, before words alone answer it."""

WRITING = 120.0
"""Seconds that a batch of rows may take to be written."""

PAUSE = 5.0
"""Seconds in which a server that did not answer is not asked again by questions."""


class Connection:
    """A client of one server with one limit of time, shared between threads."""

    def __init__(self, serving: Serving, seconds: float, *, pause: float = 0.0) -> None:
        self.serving = serving
        self._seconds, self._pause = seconds, pause
        self._client: Any = None
        self._lock = threading.Lock()
        self._away_until, self._said = 0.0, ""

    @contextmanager
    def client(self) -> Iterator[Any]:
        """Chroma's client; IndexAway in place of what it raises when the server is away."""
        import httpx
        from chromadb import errors

        if time.monotonic() < self._away_until:
            raise IndexAway(self._said)
        try:
            yield self._connected()
        except (httpx.HTTPError, OSError, errors.ChromaAuthError, errors.InternalError) as error:
            self._said = f"the Chroma server at {self.serving.root} does not answer: {_told(error)}"
            self._away_until = time.monotonic() + self._pause
            raise IndexAway(self._said) from error

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        import chromadb
        import httpx
        from chromadb.config import Settings

        serving = self.serving
        settings = Settings(anonymized_telemetry=False)
        if serving.ca:
            settings.chroma_server_ssl_verify = serving.ca
        # Chroma's client waits for ever for a server that accepts and says nothing
        alive = httpx.get(
            f"{serving.root}/api/v2/heartbeat",
            headers=serving.headers,
            timeout=self._seconds,
            verify=ssl.create_default_context(cafile=serving.ca) if serving.ca else True,
        )
        alive.raise_for_status()
        try:
            client = chromadb.HttpClient(
                host=serving.host,
                port=serving.port,
                ssl=serving.tls,
                headers=serving.headers,
                settings=settings,
                tenant=serving.tenant,
                database=serving.database,
            )
        except ValueError as error:
            raise OSError(str(error)) from error
        session: Any = getattr(getattr(client, "_server", None), "_session", None)
        if session is not None:
            session.timeout = httpx.Timeout(self._seconds)
        return client


def _told(error: Exception) -> str:
    """An error in words; some of a network's have none."""
    return str(error) or type(error).__name__
