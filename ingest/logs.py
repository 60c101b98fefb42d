"""Logs of what runs unattended: a line an event, its fields as `key=value` or as JSON."""

from __future__ import annotations

import json
import logging
import os
import time
from contextvars import ContextVar
from typing import Any

OURS = ("ingest", "vectorstore", "ui")

FORM = "DATELINE_LOG"
"""The variable that says how: `text` or `json`. A run that is started inherits it."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""What the request that is being answered is called; "" outside of any."""


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
    handler.setFormatter(as_json() if os.environ.get(FORM) == "json" else Fields())
    handler.addFilter(_with_request)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)


def as_json() -> logging.Formatter:
    """A JSON object a line: `time` (UTC), `level`, `logger`, `message`, the record's fields,
    `request` if it was made for one, and `exc_info` with an error's traceback."""
    from pythonjsonlogger.json import JsonFormatter

    form = JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp="time",
        json_ensure_ascii=False,
    )
    form.converter = time.gmtime
    return form


def _with_request(record: logging.LogRecord) -> bool:
    if (named := request_id.get()) and not hasattr(record, "request"):
        record.request = named
    return True


def _shown(value: Any) -> str:
    text = str(value)
    if text and text.isascii() and text.isidentifier():
        return text
    return json.dumps(value, default=str)
