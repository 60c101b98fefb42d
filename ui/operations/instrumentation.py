"""A chain whose answers are counted, timed and logged: when, how long, and what became of each.

What was asked, and what articles say, is in none of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing, contextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import Runnable

from chatbot import Answer
from ingest.logs import request_id
from ui.operations.metrics import Metrics, StageTimer
from vectorstore import InputError

log = logging.getLogger(__name__)


class Run:
    """One question on its way through the chain."""

    def __init__(self, chain: InstrumentedChain) -> None:
        self._chain, self._began = chain, time.perf_counter()
        self.timer = StageTimer(chain.metrics)
        self._whole: Answer | None = None
        self._first = True
        self._request = request_id.get()
        chain.metrics.answering.inc()

    def config(self) -> dict[str, Any]:
        """How the chain is called, so that its stages are timed."""
        runnable = isinstance(self._chain.inner, Runnable)
        return {"config": {"callbacks": [self.timer]}} if runnable else {}

    def part(self, part: Answer) -> None:
        """Take note of a part as it comes."""
        if self._first:
            took = time.perf_counter() - self._began
            self._chain.metrics.first.labels(self._chain.route).observe(took)
        self._first = False
        self._whole = self._whole + part if self._whole is not None else part

    def end(self, outcome: str = "") -> None:
        """Count what became of it: answered, abstained, refused, stopped or failed."""
        self._chain.metrics.answering.dec()
        whole = self._whole
        found = outcome or ("abstained" if whole is None or whole.abstained else "answered")
        took = time.perf_counter() - self._began
        self._chain.metrics.questions.labels(self._chain.route, found).inc()
        self._chain.metrics.answers.labels(self._chain.route).observe(took)
        stages = {f"{n}_seconds": round(s, 3) for n, s in self.timer.seconds.items()}
        extra = {"route": self._chain.route, "outcome": found, "seconds": round(took, 3)} | stages
        extra["claims"] = len(whole.claims) if whole is not None else 0
        if self._request:
            extra["request"] = self._request
        log.info("question", extra=extra)


@dataclass(frozen=True, slots=True)
class InstrumentedChain:
    """`inner`, called as a chain is; `route` is the way that its questions come."""

    inner: Any
    metrics: Metrics
    route: str

    def stream(self, inputs: Any) -> Iterator[Answer]:
        """The parts of the answer, as `inner` streams them."""
        with self._run() as run, closing(self.inner.stream(inputs, **run.config())) as parts:
            for part in parts:
                run.part(part)
                yield part

    async def astream(self, inputs: Any) -> AsyncIterator[Answer]:
        """The same, where nothing may wait."""
        with self._run() as run:
            async with aclosing(self.inner.astream(inputs, **run.config())) as parts:
                async for part in parts:
                    run.part(part)
                    yield part

    async def ainvoke(self, inputs: Any) -> Answer:
        """The whole answer."""
        with self._run() as run:
            answer: Answer = await self.inner.ainvoke(inputs, **run.config())
            run.part(answer)
        return answer

    @contextmanager
    def _run(self) -> Iterator[Run]:
        """A question on its way, whose end is counted however it comes."""
        run = Run(self)
        try:
            yield run
        except BaseException as error:
            run.end(_outcome(error))
            raise
        run.end()


def _outcome(error: BaseException) -> str:
    if isinstance(error, InputError):
        return "refused"
    return "failed" if isinstance(error, Exception) else "stopped"
