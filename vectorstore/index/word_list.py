"""The list of an archive's words beside its lexical index, with how many passages had each.

It lies in two files: one of the whole list, and one with a line for each update since that was
written. What `vocabulary` says of it holds: it is a help and no truth.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

from vectorstore.durable import write_json

MORE = 100_000
"""Bytes of words in lines of their own that are few in any case."""


class WordList:
    """The words beside the lexical index in a folder; one writer at a time.

    How many bytes of lines count is told by `more`, which the index keeps in its seal.
    """

    def __init__(self, folder: Path) -> None:
        self._whole = folder.with_name(f"{folder.name}-words.json")
        self._lines = folder.with_name(f"{folder.name}-words-more.jsonl")

    def exists(self) -> bool:
        """Whether the file of the whole list is there."""
        return self._whole.exists()

    def read(self, more: int) -> Counter[str]:
        """The words in both files; raises FileNotFoundError or ValueError."""
        met = Counter[str](dict(json.loads(self._whole.read_text("utf-8"))))
        if more:
            lines = self._lines.read_bytes()
            if len(lines) < more:
                raise ValueError(f"{self._lines.name} is cut short")
            for line in lines[:more].splitlines():
                met.update(json.loads(line))
        return met

    def known(self, more: int) -> Counter[str]:
        """The words that were met so far; none if the file is not there or cannot be read."""
        try:
            return self.read(more)
        except (FileNotFoundError, ValueError):
            return Counter()

    def add(self, new: Counter[str], more: int) -> int:
        """Count the words of an update, in a line of their own until these take a quarter of what
        the whole list does, so that an update costs what is new; returns how many bytes of lines
        count now."""
        whole = self._whole.stat().st_size if self._whole.exists() else 0
        if not whole or more > MORE + whole // 4:
            write_json(self._whole, self.known(more) + new)
            self._lines.unlink(missing_ok=True)
            return 0
        with self._lines.open("ab") as file:
            file.truncate(min(more, file.tell()))  # an update that was cut short is done again
            file.write(json.dumps(new).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return self._lines.stat().st_size

    def clear(self) -> None:
        """Remove both files."""
        self._whole.unlink(missing_ok=True)
        self._lines.unlink(missing_ok=True)
