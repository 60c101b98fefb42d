"""What an interrupt does to a command: Ctrl-C, and SIGTERM."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ui.cli.shared import INTERRUPTED


@contextmanager
def report_interrupt() -> Iterator[None]:
    """Say what an interrupt left, where it came before there was a report to say it."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write(
            "dateline: interrupted before this run could report. What was stored is kept; "
            "the same command goes on from there\n"
        )
        raise


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM ends what is inside as Ctrl-C does, so that what has begun is brought to an end."""

    def interrupt(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def exit_while_loading(code: object) -> None:
    """End an interrupted process now if a model is still being loaded: nothing can stop that, and
    the interpreter would tear down what the thread uses. Does nothing otherwise."""
    if code != INTERRUPTED:
        return
    from vectorstore.models.embedder import LOADING

    if any(thread.name == LOADING for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(INTERRUPTED)
