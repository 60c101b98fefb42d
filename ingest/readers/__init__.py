"""The readers, one module a format, and which file name endings each reads.

A reader takes a `File` and yields drafts of articles and problems. It may raise `Unreadable`
and OSError, which end the file and are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.decode import Unreadable
from ingest.fields import Draft
from ingest.readers import (
    archived,
    documents,
    html,
    json_file,
    jsonl,
    markdown,
    news,
    parquet,
    plain,
    table,
    warc,
)
from ingest.readers.file import File
from ingest.readers.kinds import NEWS, detect_kind, kind_by_name
from ingest.values import OTHER, Problem, Withdrawal

Reader = Callable[[File], Iterator[Draft | Problem | Withdrawal]]


def _member(file: File) -> Iterator[Draft | Problem | Withdrawal]:
    """What a file in an archive holds, by its name or else its content; nothing if that is of
    no kind that is read."""
    kind, packing = detect_kind(Path(file.member), file.open, MEMBERS)
    if kind not in MEMBERS:
        yield Problem(file.shown, None, "is of a kind that is not read", fatal=False, kind=OTHER)
        return
    try:
        yield from READERS[kind](replace(file, kind=kind, packing=packing))
    except Unreadable as error:
        yield Problem(file.shown, error.line, error.reason)


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
    ".zip": lambda file: archived.read_zip(file, _member),
    ".tar": lambda file: archived.read_tar(file, _member),
    NEWS: news.read,
}

MEMBERS = frozenset(READERS) - {".zip", ".tar", ".wacz"}
"""Kinds of files that are read in an archive: no archives in archives."""

READABLE = tuple(ending for ending in READERS if ending != NEWS)
"""Endings of names that say how a file is read."""

PAGES = frozenset({".html", ".htm", ".xhtml"})
"""Endings of saved web pages, which `html.read_all` reads many at a time."""

ROWS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv"})
"""Endings of files with an article a line."""


def format_of(path: Path) -> tuple[str, str]:
    """The ending that says how a file is read, and that of its packing: `.jsonl`, `.gz`.

    Where the name does not say, the content does: `.news` for the news industry's formats.
    """
    return detect_kind(path, lambda: path.open("rb"), READERS)


__all__ = ["PAGES", "READABLE", "READERS", "ROWS", "File", "Reader", "format_of", "kind_by_name"]
