"""Questions to go on with, looked for while nobody waits for an answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chatbot import Answer
from chatbot.answering.suggestions import follow_ups
from vectorstore import Archive

log = logging.getLogger(__name__)


class Suggester:
    """Finds what may be asked next for one reader at a time, and yields to every answer."""

    def __init__(self) -> None:
        self._answers = 0
        self._counting = threading.Lock()
        self._finding = threading.Lock()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While an answer is being written; suggestions wait for none, they are given up."""
        with self._counting:
            self._answers += 1
        try:
            yield
        finally:
            with self._counting:
                self._answers -= 1

    def after(
        self,
        archive: Archive,
        answer: Answer,
        ask: Callable[[str], Answer],
        *,
        gone: Callable[[], bool],
    ) -> tuple[str, ...]:
        """`chatbot.answering.suggestions.follow_ups` of an answer, as far as it gets before another
        answer is asked for or its own reader is `gone` on."""

        def overtaken() -> bool:
            return self._answers > 0 or gone()

        if overtaken() or not self._finding.acquire(blocking=False):
            return ()
        try:
            return follow_ups(archive, answer, ask, stop=overtaken)
        except Exception:
            log.exception("no questions could be suggested")
            return ()
        finally:
            self._finding.release()
