"""The command line, called in this process: a process of its own costs seconds of imports."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from ui.cli.main import main

_SETTINGS = ("DATELINE_ARCHIVE", "DATELINE_SOURCES")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def dateline(*words: object, archive: Path | None = None, stdin: str = "") -> Done:
    """Run `dateline WORDS` with this archive as the default one."""
    env = {k: v for k, v in os.environ.items() if k not in _SETTINGS}
    if archive:
        env["DATELINE_ARCHIVE"] = str(archive)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, env, clear=True),
        mock.patch.object(sys, "argv", ["dateline", *map(str, words)]),
        mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    return Done(code, out.getvalue(), err.getvalue())
