"""Documents that are not text: PDF, EPUB, Word, mails. Each is known by how it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from ingest.decode import Unreadable
from ingest.fields import Draft
from ingest.readers.documents import docx, epub, mail, pdf
from ingest.readers.documents.kinds import NAMES, OLE, ZIP, kind_of
from ingest.readers.file import File
from ingest.values import Problem

_HEAD = 64_000

READERS: dict[str, Callable[[File], Iterator[Draft | Problem]]] = {
    ".pdf": pdf.read,
    ".epub": epub.read,
    ".docx": docx.read,
    ".eml": mail.read,
    ".mbox": mail.read_box,
}

ZIPPED = frozenset({".epub", ".docx"})
"""Kinds that are ZIP files, of which one may begin with any of its files."""


def read(file: File) -> Iterator[Draft | Problem]:
    """The articles of a document, as what it is and not as what it is called.

    Raises Unreadable for what is none of them, is damaged, or needs a library that is not
    installed.
    """
    with closing(file.open()) as opened:
        head = opened.read(_HEAD)
    if not head.strip():
        raise Unreadable("is empty")
    if head.startswith(OLE):
        raise Unreadable(
            "is an encrypted or old office document (.doc): save it as .docx without a password"
        )
    kind = kind_of(head)
    if not kind and head.startswith(ZIP) and file.kind in ZIPPED:
        kind = file.kind
    if not kind:
        raise Unreadable(f"is no {NAMES[file.kind]}, though its name says so")
    yield from READERS[kind](file)


def unnamed(path: Path) -> str:
    """The kind of a document whose name does not say it, as mailboxes are kept; else ""."""
    try:
        with path.open("rb") as opened:
            return kind_of(opened.read(_HEAD))
    except OSError:
        return ""


__all__ = ["READERS", "kind_of", "read", "unnamed"]
