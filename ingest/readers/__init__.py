"""The readers, one module a format, and which file name endings each reads.

A reader takes a `File` and yields drafts of articles and problems. It may raise `Unreadable`
and OSError, which end the file and are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.fields import Draft
from ingest.readers import documents, html, json_file, jsonl, markdown, parquet, plain, table, warc
from ingest.readers.file import File
from ingest.readers.packed import PACKINGS
from ingest.values import Problem

Reader = Callable[[File], Iterator[Draft | Problem]]

READERS: dict[str, Reader] = {
    ".txt": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".json": json_file.read,
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".parquet": parquet.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".warc": warc.read,
    ".wacz": warc.read_wacz,
    **dict.fromkeys(documents.READERS, documents.read),
}

PAGES = frozenset({".html", ".htm", ".xhtml"})
"""Endings of saved web pages, which `html.read_all` reads many at a time."""

ROWS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv"})
"""Endings of files with an article a line."""


def format_of(path: Path) -> tuple[str, str]:
    """The ending that says how a file is read, and that of its packing: `.jsonl`, `.gz`."""
    ending = path.suffix.lower()
    if ending in PACKINGS:
        return Path(path.stem).suffix.lower(), ending
    return ending if ending in READERS else documents.unnamed(path) or ending, ""


__all__ = ["PAGES", "READERS", "ROWS", "File", "Reader", "format_of"]
