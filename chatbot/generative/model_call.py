"""One call of a chat model: streamed, within a deadline, cancelled when nobody listens."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import aclosing
from functools import cache
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from chatbot.generative.failures import RETRYABLE, ModelFailed, failure
from chatbot.generative.settings import ChatSettings
from chatbot.values import Usage

log = logging.getLogger(__name__)

HEARTBEAT = 0.5
"""Seconds after which a waiting stream gives a sign of life, and can be stopped."""

BACKOFF = 0.5
"""Seconds before the second try where the server names none; doubled for each further one."""

LONGEST_REPLY = 12_000
"""Characters of a reply after which it is stopped; an answer is a few hundred."""

GRACE = 5.0
"""Seconds beyond the deadline for a model that cannot be interrupted."""

MILLION = 1_000_000


class ModelCall:
    """One question to the model. Iterate once: pieces of text as they arrive, None for a beat.

    Raises ModelFailed, also where the reply is longer than any answer ("endless"). When the
    iterator is closed the request is cancelled and its connection closed. `usage` has what
    was used until then, `declined` whether the model's safety system held the reply back.
    """

    def __init__(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], settings: ChatSettings
    ) -> None:
        self._model, self._messages, self._settings = model, list(messages), settings
        self._inbox: queue.SimpleQueue[str | ModelFailed | None] = queue.SimpleQueue()
        self._tokens: list[int | None] = [None, None]
        self._calls = 0
        self._length = 0
        self._finish: str | None = None
        self.declined = False

    def __iter__(self) -> Generator[str | None]:
        give_up = time.monotonic() + self._settings.timeout + GRACE
        job = asyncio.run_coroutine_threadsafe(self._run(), _loop())
        try:
            while True:
                try:
                    item = self._inbox.get(timeout=HEARTBEAT)
                except queue.Empty:
                    if time.monotonic() > give_up:
                        raise ModelFailed("timeout") from None
                    yield None
                    continue
                if item is None:
                    return
                if isinstance(item, ModelFailed):
                    raise item
                yield item
        finally:
            job.cancel()

    def text(self) -> str:
        """The whole reply; raises ModelFailed."""
        return "".join(piece for piece in self if piece)

    @property
    def usage(self) -> Usage:
        """Tokens as the model counted them, and their cost by the prices of the settings."""
        s, (used_in, used_out) = self._settings, self._tokens
        cost = None
        priced = s.price_in is not None and s.price_out is not None
        if priced and used_in is not None and used_out is not None:
            cost = (used_in * (s.price_in or 0) + used_out * (s.price_out or 0)) / MILLION
        return Usage(
            model=name_of(self._model, s),
            calls=self._calls,
            input_tokens=used_in,
            output_tokens=used_out,
            cost=cost,
            currency=s.currency if cost is not None else "",
        )

    async def _run(self) -> None:
        """Puts the reply into the inbox, and behind it None or what went wrong."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                await self._tries(time.monotonic() + self._settings.timeout)
        except Exception as error:
            failed = (
                error
                if isinstance(error, ModelFailed)
                else failure(error, begun=bool(self._length))
            )
            # Never the message: it may hold the key or the prompt
            log.warning("the model failed: %s (%s)", failed.kind, type(error).__name__)
            self._inbox.put(failed)
        else:
            self._inbox.put(None)

    async def _tries(self, deadline: float) -> None:
        for attempt in range(self._settings.retries + 1):
            try:
                await self._once()
                return
            except Exception as error:
                failed = self._failure(error)
                wait = failed.wait if failed.wait is not None else BACKOFF * 2**attempt
                last = attempt == self._settings.retries or self._length
                if last or failed.kind not in RETRYABLE or time.monotonic() + wait > deadline:
                    raise
                log.info("the model failed: %s; again in %.1f s", failed.kind, wait)
            await asyncio.sleep(wait)

    def _failure(self, error: Exception) -> ModelFailed:
        return failure(error, begun=self._length > 0)

    async def _once(self) -> None:
        self._calls += 1
        stream: Any = self._model.astream(self._messages)
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                self._note(chunk)
                if text := str(chunk.text):
                    self._length += len(text)
                    self._inbox.put(text)
                    if self._length > LONGEST_REPLY:
                        raise ModelFailed("endless")
        if self._finish is None and self._model._llm_type == "openai-chat":
            raise ModelFailed("broken" if self._length else "empty")

    def _note(self, chunk: AIMessageChunk) -> None:
        if used := chunk.usage_metadata:
            self._tokens[0] = (self._tokens[0] or 0) + used["input_tokens"]
            self._tokens[1] = (self._tokens[1] or 0) + used["output_tokens"]
        about = chunk.response_metadata
        self._finish = about.get("finish_reason") or about.get("stop_reason") or self._finish
        if chunk.additional_kwargs.get("refusal") or self._finish in {
            "content_filter",
            "refusal",
            "SAFETY",
        }:
            self.declined = True


def name_of(model: BaseChatModel, settings: ChatSettings) -> str:
    """The model's name for a reader: as it was set, else as its class knows it."""
    given: Any = getattr(model, "model_name", None) or getattr(model, "model", None)
    return settings.model or str(given or model._llm_type)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop on which models are called: one for good, for their connection pools."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="dateline-models", daemon=True).start()
    return loop
