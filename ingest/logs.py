"""Logs of what runs unattended: a line an event, its fields as `key=value`."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

OURS = ("ingest", "vectorstore", "ui")


class Fields(logging.Formatter):
    """A line of time (UTC), level, message and the record's extra fields."""

    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = ""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.converter = time.gmtime
        self._own = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        extra = {k: v for k, v in vars(record).items() if k not in self._own}
        said = "".join(f" {name}={_shown(value)}" for name, value in extra.items())
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else " " for c in line) + said


def log_lines(level: int = logging.INFO) -> None:
    """Log to stderr, a line an event: ours from `level` on, warnings of what we use."""
    handler = logging.StreamHandler()
    handler.setFormatter(Fields())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def _shown(value: Any) -> str:
    text = str(value)
    if text and text.isascii() and text.isidentifier():
        return text
    return json.dumps(value, default=str)
