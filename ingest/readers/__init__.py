"""The readers, one module a format, and which file name endings each reads.

A reader takes a `File` and yields drafts of articles and problems. It may raise `Unreadable`
and OSError, which end the file and are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.fields import Draft
from ingest.readers import jsonl, markdown, plain, table
from ingest.readers.file import File
from ingest.values import Problem

Reader = Callable[[File], Iterator[Draft | Problem]]

READERS: dict[str, Reader] = {
    ".txt": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".csv": table.read,
}

ROWS = frozenset({".jsonl", ".ndjson", ".csv"})
"""Endings of files with an article a line."""

__all__ = ["READERS", "ROWS", "File", "Reader"]
