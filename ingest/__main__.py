"""`python -m ingest`: one turn of an archive's sources, as the schedule starts it.

    python -m ingest --archive news --sources news/sources.toml [--due] [NAME …]

Exit codes as the command line's: 0 done, 1 an error, 3 something failed, 5 another process
collects, 130 interrupted. SIGTERM is a clean stop, like Ctrl-C. Logs one line an event, with
its fields as `key=value`, to stderr.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ingest.logs import log_lines
from ingest.process import lower_priority

ERROR, LOCKED, INTERRUPTED = 1, 5, 130

log = logging.getLogger("ingest")


def main(words: Sequence[str] | None = None) -> int:
    """Read the sources that the words name; returns the exit code."""
    options = _parser().parse_args(words)
    signal.signal(signal.SIGTERM, _interrupt)
    if options.tied:
        lower_priority()
        threading.Thread(target=_end_with_input, daemon=True).start()
    from vectorstore import ArchiveLocked, DatelineError

    try:
        return _turn(options)
    except ArchiveLocked as error:
        log.warning("%s", error)
        return LOCKED
    except (DatelineError, OSError) as error:
        log.error("%s", error)
        return ERROR
    except KeyboardInterrupt:
        return INTERRUPTED


def _turn(options: argparse.Namespace) -> int:
    from ingest.freshen import exit_code, freshen
    from ingest.sources.declared import read
    from vectorstore import RUN_COUNTS, Archive, default_archive

    declared = read(options.sources)
    with Archive.open(options.archive or default_archive(), create=True) as archive:
        reports = freshen(archive, declared, options.names, only_due=options.due)
    for report in reports:
        run, level = report.run, logging.INFO if report.run.ok else logging.ERROR
        counts = (*RUN_COUNTS, "error")
        shown = {name: value for name in counts if (value := getattr(run, name))}
        log.log(level, "source read", extra={"source": run.source, **shown})
    return exit_code(reports)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m ingest", description="One turn of the sources.")
    parser.add_argument("--archive", metavar="DIR", help="[default: DATELINE_ARCHIVE]")
    parser.add_argument("--sources", type=Path, required=True, metavar="FILE")
    parser.add_argument("--due", action="store_true", help="only those whose time has come")
    parser.add_argument(
        "--tied", action="store_true", help="end when standard input closes: the parent has gone"
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser


def _interrupt(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: what follows is already the end
    raise KeyboardInterrupt


def _end_with_input() -> None:
    """Interrupt the main thread once standard input closes."""
    while os.read(0, 4096):
        pass
    if os.name == "posix":
        os.kill(os.getpid(), signal.SIGTERM)  # also wakes a waiting system call
    else:
        signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    log_lines()
    sys.exit(main())
